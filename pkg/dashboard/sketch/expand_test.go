package sketch_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestExpand checks values in the documents of panels.
func TestExpand(t *testing.T) {
	env := sketch.Env{
		Plugins: map[string][]string{
			"Panel": {"TimeSeriesChart", "StatChart", "GaugeChart", "BarChart", "PieChart", "Table", "LogsTable", "TraceTable", "SpecialChart"}, "TimeSeriesQuery": {"PrometheusTimeSeriesQuery", "LokiTimeSeriesQuery", "SpecialQuery"},
			"LogQuery": {"LokiLogQuery"}, "TraceQuery": {"TempoTraceQuery"},
		},
		Datasources: map[string]string{"prom": "PrometheusDatasource", "loki": "LokiDatasource", "special": "SpecialDatasource"},
	}
	const spec, q = "spec.plugin.spec", "spec.queries.0"
	for _, c := range []struct{ panel, byDefault, path, want string }{
		{`{"title":"CPU","query":"up"}`, "", "spec.display", `{"name":"CPU"}`},
		{`{"query":"up"}`, "", spec, `{}`},
		{`{"query":"up"}`, "", q + ".spec.plugin.spec", `{"query":"up"}`},
		{`{"query":"up","legend":"{{job}}"}`, "", spec, `{"legend":{"mode":"table","position":"bottom","values":["last-number","mean","max"]}}`},
		{`{"query":"up","stack":true,"unit":"short","min":0}`, "", spec, `{"visual":{"areaOpacity":0.3,"stack":"all"},"yAxis":{"format":{"unit":"decimal"},"min":0}}`},
		{`{"query":"up","chart":"stat"}`, "", spec, `{"calculation":"last-number","sparkline":{}}`},
		{`{"query":"up","chart":"StatChart","calculation":"avg","decimals":2}`, "", spec, `{"calculation":"mean","format":{"decimalPlaces":2,"unit":"decimal"},"sparkline":{}}`},
		{`{"query":"up","chart":"gauge","unit":"ratio"}`, "", spec, `{"calculation":"last-number","format":{"unit":"percent-decimal"},"max":1}`},
		{`{"query":"up","chart":"gauge","unit":"%"}`, "", spec + ".max", `100`},
		{`{"query":"up","chart":"gauge","unit":"%","max":50}`, "", spec + ".max", `50`},
		{`{"query":"up","chart":"pie"}`, "", spec, `{"calculation":"last-number","radius":50}`},
		{`{"query":"up","chart":"table","unit":"B/s","decimals":1}`, "", spec, `{"columnSettings":[{"format":{"decimalPlaces":1,"unit":"bytes/sec"},"name":"value"}]}`},
		{`{"query":"up","thresholds":[1]}`, "", spec + ".thresholds", `{"defaultColor":"#2FBF71","steps":[{"color":"#EA4747","value":1}]}`},
		{`{"query":"up","thresholds":[1,2,3,{"value":4,"color":"blue","name":"x"}]}`, "", spec + ".thresholds.steps.#.color", `["#FFCC00","#FFCC00","#FF9F1C","blue"]`},
		{`{"query":"up","unit":"bytes","options":{"yAxis":{"label":"L","format":null},"new":[1]}}`, "", spec, `{"new":[1],"yAxis":{"label":"L"}}`},
		// the datasource that the query names, or that of the dashboard if it fits
		{`{"query":"up","datasource":"prom"}`, "loki", q + ".spec.plugin.spec.datasource", `{"kind":"PrometheusDatasource","name":"prom"}`},
		{`{"query":"up"}`, "prom", q + ".spec.plugin.spec.datasource", `{"kind":"PrometheusDatasource","name":"prom"}`},
		{`{"query":"up"}`, "$ds", q + ".spec.plugin.spec.datasource", `"$ds"`},
		{`{"query":"x"}`, "loki", q + ".spec.plugin.kind", `"LokiTimeSeriesQuery"`},
		{`{"query":"x","chart":"logs"}`, "prom", q, `{"kind":"LogQuery","spec":{"plugin":{"kind":"LokiLogQuery","spec":{"query":"x"}}}}`},
		{`{"query":"{}","chart":"traces"}`, "", q, `{"kind":"TraceQuery","spec":{"plugin":{"kind":"TempoTraceQuery","spec":{"query":"{}"}}}}`},
		{`{"queries":[{"name":"n","plugin":"SpecialQuery","datasource":"special","options":{"what":1}}],"chart":"SpecialChart"}`, "prom", q,
			`{"kind":"TimeSeriesQuery","spec":{"name":"n","plugin":{"kind":"SpecialQuery","spec":{"datasource":{"kind":"SpecialDatasource","name":"special"},"what":1}}}}`},
	} {
		p, err := sketch.ParsePanel(worktest.Budget(), json.RawMessage(c.panel))
		if err != nil {
			t.Errorf("%s: %v", c.panel, err)
			continue
		}
		full, err := p.Expand(worktest.Budget(), c.byDefault, env)
		if err != nil {
			t.Errorf("%s: %v", c.panel, err)
			continue
		}
		if got := gjson.GetBytes(full, c.path).Raw; got != c.want {
			t.Errorf("%s\n got: %s\nwant: %s", c.panel, got, c.want)
		}
		if !sketch.IsFull(full) || sketch.IsFull(json.RawMessage(c.panel)) {
			t.Errorf("which of the two is in full? %s and %s", full, c.panel)
		}
	}
}

// TestLayOut checks the places of the panels of a row, as "x,y width x height".
func TestLayOut(t *testing.T) {
	stat := func(more string) string { return `{"chart":"stat"` + more + `}` }
	chart := func(more string) string { return `{"chart":"timeseries"` + more + `}` }
	for _, c := range []struct {
		panels []string
		want   string
	}{
		{[]string{chart("")}, "0,0 24x8"},
		{[]string{chart(""), chart("")}, "0,0 12x8, 12,0 12x8"},
		{[]string{chart(""), chart(""), chart("")}, "0,0 12x8, 12,0 12x8, 0,8 24x8"},
		{[]string{stat(""), stat(""), stat("")}, "0,0 8x4, 8,0 8x4, 16,0 8x4"},
		{[]string{stat(""), stat(""), stat(""), stat(""), chart("")}, "0,0 6x4, 6,0 6x4, 12,0 6x4, 18,0 6x4, 0,4 24x8"},
		{[]string{stat(""), chart("")}, "0,0 9x8, 9,0 15x8"}, // a line is as high as its highest panel
		{[]string{stat(`,"height":3`), chart("")}, "0,0 9x3, 9,0 15x8"},
		{[]string{chart(`,"width":8`), chart(`,"width":8`), chart("")}, "0,0 8x8, 8,0 8x8, 0,8 24x8"},
		{[]string{chart(`,"width":8`), stat("")}, "0,0 8x8, 8,0 6x8"}, // one given width keeps the others at their default
		{[]string{chart(`,"x":6,"y":2`), chart("")}, "6,2 12x8, 0,10 24x8"},
		{[]string{chart(`,"width":12`), chart(`,"x":12,"y":0,"height":4`), chart(`,"x":12,"y":4,"height":4`), stat("")}, "0,0 12x8, 12,0 12x4, 12,4 12x4, 0,8 24x4"},
	} {
		document := expand(t, []byte(`{"panels":[`+strings.Join(c.panels, ",")+`]}`), sketch.Env{})
		var places []string
		for _, item := range gjson.GetBytes(document, "spec.layouts.0.spec.items").Array() {
			places = append(places, fmt.Sprintf("%v,%v %vx%v", item.Get("x"), item.Get("y"), item.Get("width"), item.Get("height")))
		}
		if got := strings.Join(places, ", "); got != c.want {
			t.Errorf("%v\n got: %s\nwant: %s", c.panels, got, c.want)
		}
		roundTrip(t, document)
	}
}

func TestKeys(t *testing.T) {
	document := expand(t, []byte(`{"panels":[{"title":"CPU usage (%)"},{"title":"CPU usage"},{"key":"cpu-usage-3"},{"title":"CPU: Usage"},{},{"title":"日本"},{"title":"`+strings.Repeat("x", 200)+`"}]}`), sketch.Env{})
	var keys []string
	for _, ref := range gjson.GetBytes(document, "spec.layouts.0.spec.items.#.content.$ref").Array() {
		keys = append(keys, strings.TrimPrefix(ref.Str, "#/spec/panels/"))
	}
	if got, want := strings.Join(keys, " "), "cpu-usage cpu-usage-2 cpu-usage-3 cpu-usage-4 panel panel-2 "+strings.Repeat("x", 70); got != want {
		t.Errorf("got %s", got)
	}
	if key := sketch.Key("CPU", func(key string) bool { return key == "cpu" }); key != "cpu-2" {
		t.Error(key)
	}
}
