package sketch_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

// expand expands a valid sketch.
func expand(t testing.TB, raw []byte, env sketch.Env) []byte {
	t.Helper()
	s, err := sketch.Parse(worktest.Budget(), raw)
	if err != nil {
		t.Fatal(err)
	}
	document, err := s.Expand(worktest.Budget(), "shop", "dashboard", env)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// TestPersesAccepts checks that Perses accepts panels of each chart whose plugin is available as a Go module, with all
// fields that the chart accepts, and variables of each kind.
func TestPersesAccepts(t *testing.T) {
	const query = `"query":"sum by (job) (up{job=~\"$job\"})","legend":"{{job}}","min_step":"30s","datasource":"prom"`
	env := sketch.Env{Datasources: map[string]string{"prom": "PrometheusDatasource", "loki": "LokiDatasource"}}
	for name, given := range map[string]string{
		"timeseries": `{"panels":[{"title":"a","description":"b","chart":"timeseries",` + query + `,"unit":"req/s","decimals":1,"thresholds":[1,{"value":2,"name":"hot"},3,{"value":4,"color":"#123456"}],"stack":true,"min":0,"max":2,"links":[{"url":"https://example.org","targetBlank":true}]}]}`,
		"several":    `{"panels":[{"queries":[{` + query + `},{"query":"sum(rate({a=\"b\"}[5m]))","datasource":"loki"},{"query":"up","options":{"resolution":1}}]}]}`,
		"stat":       `{"panels":[{"chart":"stat",` + query + `,"unit":"%","decimals":0,"calculation":"avg","thresholds":[50],"options":{"sparkline":{},"metricLabel":"job"}}]}`,
		"gauge":      `{"panels":[{"chart":"gauge",` + query + `,"unit":"percent (0-1)","calculation":"max","thresholds":[0.7,0.9]},{"chart":"gauge","query":"up","max":7}]}`,
		"bar":        `{"panels":[{"chart":"bar",` + query + `,"unit":"GiB","calculation":"total","options":{"sort":"desc"}}]}`,
		"markdown":   `{"panels":[{"text":"# Hi"},{"chart":"markdown"}]}`,
		"logs":       `{"panels":[{"chart":"logs","query":"{a=\"b\"}","datasource":"loki","options":{"showTime":true}}]}`,
		"repeats":    `{"variables":[{"name":"job","label":"job"}],"panels":[{"query":"up","repeat":"job"}],"rows":[{"title":"$job","repeat":"job","panels":[{"query":"up"}]},{"title":"empty","collapsed":true}]}`,
		"variables": `{"datasource":"prom","variables":[{"name":"t","text":"x"},{"name":"c","text":"x","constant":true,"hidden":true,"title":"C","description":"d"},
			{"name":"v","values":["a",{"value":"b","label":"B"}],"default":"a","sort":"numerical"},{"name":"l","label":"job"},{"name":"m","metric":"up","multiple":true,"all":true,"all_value":".*"},
			{"name":"n","matchers":["up","{a=\"b\"}"],"regex":"(.*)","multiple":true,"default":["x","y"],"sort":"alphabetical-ci-desc"},{"name":"names","label_names":true,"metric":"up"},{"name":"q","query":"count by (q) (up{job=\"$m\"})","datasource":"$t"},
			{"name":"plugged","plugin":"PrometheusLabelNamesVariable","options":{"matchers":["up"]}}]}`,
		"all": `{"title":"a","description":"b","tags":["c"],"duration":"1d12h","refresh":"30s","timezone":"Europe/Berlin","links":[{"url":"https://example.org","name":"x","tooltip":"y","renderVariables":true}],
			"datasources":{"own":{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://localhost:9090"}}}},"panels":[{"query":"up","datasource":"own"}]}`,
		"nothing": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			document := expand(t, []byte(given), env)
			if refusal := persestest.Refusal(t, document); refusal != "" {
				t.Errorf("%s\n%s", refusal, document)
			}
			roundTrip(t, document)
		})
	}
}

// TestPersesAcceptsAliases checks that Perses accepts units and calculations given by alias.
func TestPersesAcceptsAliases(t *testing.T) {
	var panels []sketch.Panel
	for _, name := range []string{"avg", "latest", "current", "last", "total", "first", "minimum", "Max", "mean"} {
		panels = append(panels, sketch.Panel{Chart: "stat", Query: "up", Calculation: name})
	}
	for _, name := range []string{"percent (0-1)", "percent(0-100)", "%", "s", "sec", "ms", "req/s", "rps", "ops", "B", "bytes", "KiB", "B/s", "bps", "Bps", "short", "none", "celsius", "reqps", "percentunit", "decbytes", "Percent", "$"} {
		panels = append(panels, sketch.Panel{Query: "up", Unit: name})
	}
	document, err := sketch.Sketch{Panels: panels}.Expand(worktest.Budget(), "shop", "units", sketch.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if refusal := persestest.Refusal(t, document); refusal != "" {
		t.Error(refusal)
	}
}
