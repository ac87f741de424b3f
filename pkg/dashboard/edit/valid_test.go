package edit_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

// valid is a dashboard that Perses accepts, with something for every operation to edit.
const valid = `{"kind":"Dashboard","metadata":{"name":"valid","project":"shop","tags":["a"]},"spec":{"display":{"name":"Valid $job"},"duration":"1h",
"links":[{"name":"Runbook","url":"https://example.org/?job=$job"}],
"variables":[{"kind":"TextVariable","spec":{"name":"spare","value":"x"}},{"kind":"TextVariable","spec":{"name":"env","value":"prod"}},{"kind":"ListVariable","spec":{"name":"job","allowAllValue":true,"allowMultiple":true,"plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"job","matchers":["up{env=\"$env\"}"]}}}}],
"panels":{
"cpu":{"kind":"Panel","spec":{"display":{"name":"CPU"},"plugin":{"kind":"TimeSeriesChart","spec":{"yAxis":{"format":{"unit":"bytes","shortValues":true}},"thresholds":{"steps":[{"value":0.8,"color":"#f00"}]}}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"up{job=~\"$job\"}","datasource":{"kind":"PrometheusDatasource","name":"prom"}}}}},{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"down"}}}}]}},
"up":{"kind":"Panel","spec":{"display":{"name":"Up"},"plugin":{"kind":"StatChart","spec":{"calculation":"last-number","sparkline":{}}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"sum(up)"}}}}]}},
"mem":{"kind":"Panel","spec":{"display":{"name":"Mem"},"plugin":{"kind":"GaugeChart","spec":{"calculation":"last-number","format":{"unit":"percent"},"max":100}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"42"}}}}]}},
"notes":{"kind":"Panel","spec":{"display":{"name":"Notes"},"plugin":{"kind":"Markdown","spec":{"text":"# $job"}}}}},
"layouts":[{"kind":"Grid","spec":{"display":{"title":"Row","collapse":{"open":true}},"items":[{"x":0,"y":0,"width":12,"height":8,"content":{"$ref":"#/spec/panels/cpu"}},{"x":12,"y":0,"width":6,"height":8,"content":{"$ref":"#/spec/panels/up"}},{"x":18,"y":0,"width":6,"height":8,"content":{"$ref":"#/spec/panels/mem"},"repeatVariable":{"value":"job"}}]}},
{"kind":"Tabs","spec":{"tabs":[{"name":"Notes","items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/notes"}}]}]}}]}}`

// TestEditedDashboardsStayValid applies random edits, with a fixed seed, to a valid dashboard. Perses must still accept it,
// and each panel must be in a row, within the grid and without overlaps.
func TestEditedDashboardsStayValid(t *testing.T) {
	const rounds, each = 100, 8
	random := rand.New(rand.NewPCG(1, 2))
	done := map[string]int{}
	for range rounds {
		document := json.RawMessage(valid)
		var made []string
		for range each {
			op, one := randomEdit(random, document)
			edited, _, err := edit.Apply(worktest.Budget(), document, []json.RawMessage{json.RawMessage(one)}, env, secrets)
			if err != nil {
				continue // for example, the variable is in use
			}
			done[op]++
			document, made = edited, append(made, one)
		}
		if refusal := persestest.Refusal(t, document); refusal != "" {
			t.Fatalf("after\n%s\nPerses refuses it: %s\n%s", strings.Join(made, "\n"), refusal, document)
		}
		if wrong := layoutFault(document); wrong != "" {
			t.Fatalf("after\n%s\n%s in\n%s", strings.Join(made, "\n"), wrong, document)
		}
	}
	for _, op := range templates {
		if name := gjson.Get(op, "op").String(); done[name] == 0 {
			t.Errorf("%s has never been done", name)
		}
	}
}

// templates are edits with the placeholders PANEL, ROW, VARIABLE, DATASOURCE and NUMBER.
var templates = []string{
	`{"op":"add_panel","panel":{"title":"New","query":"up","unit":"req/s","legend":"{{job}}","thresholds":[1,2]},"row":ROW}`,
	`{"op":"add_panel","panel":{"title":"Text","text":"hi","width":NUMBER,"height":NUMBER},"after":"PANEL"}`,
	`{"op":"change_panel","panel":"PANEL","set":{"title":"Changed","description":"x","width":NUMBER}}`,
	`{"op":"change_panel","panel":"PANEL","set":{"unit":"percent (0-1)","decimals":1,"thresholds":[NUMBER]}}`,
	`{"op":"change_panel","panel":"PANEL","set":{"unit":null,"thresholds":null,"min":null}}`,
	`{"op":"change_panel","panel":"PANEL","set":{"chart":"stat","calculation":"avg"}}`,
	`{"op":"change_panel","panel":"PANEL","set":{"chart":"timeseries","query":"up","datasource":"DATASOURCE"}}`,
	`{"op":"change_panel","panel":"PANEL","set":{"chart":"gauge","unit":"percent"}}`,
	`{"op":"replace_panel","panel":"PANEL","with":{"title":"Other","chart":"bar","query":"up","height":NUMBER}}`,
	`{"op":"rename_panel","panel":"PANEL","title":"Renamed","key":"renamedNUMBER"}`,
	`{"op":"move_panel","panel":"PANEL","row":ROW}`, `{"op":"move_panel","panel":"PANEL","after":"PANEL"}`, `{"op":"move_panel","panel":"PANEL","x":NUMBER,"y":NUMBER}`,
	`{"op":"move_panel","panel":"PANEL","width":NUMBER,"height":NUMBER}`,
	`{"op":"clone_panel","panel":"PANEL","set":{"title":"Clone"}}`, `{"op":"remove_panel","panel":"PANEL"}`,
	`{"op":"add_row","title":"Row NUMBER","panels":[{"title":"In row","query":"up"},{"title":"Beside","text":"x"}],"after":ROW,"repeat":"VARIABLE"}`,
	`{"op":"change_row","row":ROW,"set":{"title":"Renamed"}}`, `{"op":"change_row","row":ROW,"set":{"collapsed":true,"repeat":null}}`, `{"op":"move_row","row":ROW}`, `{"op":"remove_row","row":ROW}`,
	`{"op":"add_variable","variable":{"name":"vNUMBER","values":["a","b"],"multiple":true,"all":true}}`, `{"op":"change_variable","variable":"VARIABLE","set":{"title":"T","description":"d"}}`,
	`{"op":"change_variable","variable":"VARIABLE","set":{"values":["x","y"],"default":"x"}}`, `{"op":"rename_variable","variable":"VARIABLE","to":"wNUMBER"}`, `{"op":"move_variable","variable":"VARIABLE"}`, `{"op":"remove_variable","variable":"VARIABLE"}`,
	`{"op":"add_query","panel":"PANEL","query":{"query":"up","legend":"{{job}}"}}`, `{"op":"change_query","panel":"PANEL","index":0,"set":{"query":"sum(up)","min_step":"30s","options":{"resolution":2}}}`, `{"op":"remove_query","panel":"PANEL","index":0}`,
	`{"op":"add_threshold","panel":"PANEL","value":NUMBER,"color":"#0f0"}`, `{"op":"remove_threshold","panel":"PANEL","value":0.8}`,
	`{"op":"add_link","link":{"url":"https://example.org/NUMBER","name":"Link"}}`, `{"op":"change_link","link":"Runbook","set":{"targetBlank":true,"tooltip":"x"}}`, `{"op":"remove_link","link":"Runbook"}`,
	`{"op":"set","title":"T","description":null,"duration":"6h","refresh":"30s","timezone":"UTC","add_tags":["b"],"remove_tags":["a"],"datasource":"DATASOURCE"}`,
	`{"op":"set","title":null,"refresh":null,"tags":null}`, `{"op":"replace_datasource","from":"prom","to":"thanos"}`,
}

// randomEdit fills in a random template for a document.
func randomEdit(random *rand.Rand, document json.RawMessage) (op, one string) {
	d, _ := dashboard.Parse(document)
	one = templates[random.IntN(len(templates))]
	for strings.Contains(one, "PANEL") {
		key := "none"
		if keys := d.Keys(); len(keys) > 0 {
			key = keys[random.IntN(len(keys))]
		}
		one = strings.Replace(one, "PANEL", key, 1)
	}
	variable := "none"
	if len(d.Variables) > 0 {
		variable = d.Variables[random.IntN(len(d.Variables))].Name
	}
	one = strings.NewReplacer(
		"ROW", fmt.Sprint(random.IntN(max(1, len(d.Rows)))), "VARIABLE", variable, "NUMBER", fmt.Sprint(1+random.IntN(24)),
		"DATASOURCE", []string{"prom", "thanos"}[random.IntN(2)],
	).Replace(one)
	return gjson.Get(one, "op").String(), one
}

// layoutFault returns what is wrong with the layout of a dashboard, or "".
func layoutFault(document json.RawMessage) string {
	d, err := dashboard.Parse(document)
	if err != nil {
		return err.Error()
	}
	placed := map[string]bool{}
	for _, row := range d.Rows {
		for i, it := range row.Items {
			placed[it.Panel] = true
			if it.Panel == "" || it.X < 0 || it.X+it.Width > dashboard.Columns {
				return fmt.Sprintf("an item is not right: %+v", it)
			}
			for _, other := range row.Items[:i] {
				if it.X < other.X+other.Width && other.X < it.X+it.Width && it.Y < other.Y+other.Height && other.Y < it.Y+it.Height {
					return fmt.Sprintf("panel %s overlaps %s", it.Panel, other.Panel)
				}
			}
		}
	}
	for key := range d.Panels {
		if !placed[key] {
			return "panel " + key + " is in no row"
		}
	}
	return ""
}
