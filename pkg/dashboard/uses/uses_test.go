package uses_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

var sorts = map[uses.Sort]string{
	uses.Metric: "metric", uses.MetricPattern: "pattern", uses.PerhapsMetric: "perhaps", uses.Datasource: "datasource",
	uses.DefaultDatasource: "default", uses.OwnDatasource: "own datasource", uses.Variable: "variable", uses.OwnVariable: "own variable", uses.Plugin: "plugin",
}

// list returns the uses of a dashboard, one per line.
func list(d *uses.Dashboard) string {
	var lines []string
	for _, u := range d.Uses {
		lines = append(lines, fmt.Sprintf("%s %s: %s", sorts[u.Sort], u.Name, d.Where(u.Place)))
	}
	return strings.Join(lines, "\n")
}

// panelWith returns a dashboard with one panel with one query of a plugin.
func panelWith(plugin, spec string) string {
	return `{"spec":{"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"StatChart"},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"` +
		plugin + `","spec":` + spec + `}}}]}}}}}`
}

func TestOf(t *testing.T) {
	for name, c := range map[string]struct{ document, want string }{
		"nothing": {`{}`, ``},
		"a query": {
			panelWith("PrometheusTimeSeriesQuery", `{"query":"sum(rate(a_total{job=~\"$job\"}[$__rate_interval])) / a_total"}`),
			"plugin StatChart: panel p\nplugin PrometheusTimeSeriesQuery: panel p, queries[0]\nvariable job: panel p, queries[0]\nvariable __rate_interval: panel p, queries[0]\n" +
				"default PrometheusDatasource: panel p, queries[0]\nmetric a_total: panel p, queries[0]",
		},
		"a query of a named datasource": {
			panelWith("PrometheusTimeSeriesQuery", `{"query":"{__name__=~\"b_.+\"}","datasource":{"kind":"PrometheusDatasource","name":"prom"}}`),
			"plugin StatChart: panel p\nplugin PrometheusTimeSeriesQuery: panel p, queries[0]\ndatasource prom: panel p, queries[0]\nplugin PrometheusDatasource: panel p, queries[0]\npattern b_.+: panel p, queries[0]",
		},
		"a datasource by a variable": {
			panelWith("LokiLogQuery", `{"query":"up","datasource":"$ds"}`),
			"plugin StatChart: panel p\nplugin LokiLogQuery: panel p, queries[0]\nvariable ds: panel p, queries[0]\ndatasource $ds: panel p, queries[0]",
		},
		"what is no PromQL": {
			panelWith("PrometheusTimeSeriesQuery", `{"query":"a_total $op 2 $op x"}`),
			"plugin StatChart: panel p\nplugin PrometheusTimeSeriesQuery: panel p, queries[0]\nvariable op: panel p, queries[0]\ndefault PrometheusDatasource: panel p, queries[0]\n" +
				"perhaps a_total: panel p, queries[0]\nperhaps op: panel p, queries[0]",
		},
		"an unknown plugin": {panelWith("Odd", `{"query":"up"}`), "plugin StatChart: panel p\nplugin Odd: panel p, queries[0]"},
		"a group of label_replace": {
			panelWith("PrometheusTimeSeriesQuery", `{"query":"label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")","datasource":{"kind":"PrometheusDatasource","name":"p"}}`),
			"plugin StatChart: panel p\nplugin PrometheusTimeSeriesQuery: panel p, queries[0]\ndatasource p: panel p, queries[0]\nplugin PrometheusDatasource: panel p, queries[0]\nmetric a: panel p, queries[0]",
		},
		"variables": {
			`{"spec":{"variables":[{"kind":"ListVariable","spec":{"name":"job","plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"job","matchers":["up{env=\"$env\"}"]}}}},` +
				`{"kind":"TextVariable","spec":{"name":"env","value":"$team-x"}},` +
				`{"kind":"ListVariable","spec":{"name":"node","plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":"node_info","labelName":"node"}}}}]}}`,
			"own variable job: variable job\nplugin PrometheusLabelValuesVariable: variable job\nvariable env: variable job\ndefault PrometheusDatasource: variable job\nmetric up: variable job\n" +
				"own variable env: variable env\nvariable team: variable env\n" +
				"own variable node: variable node\nplugin PrometheusPromQLVariable: variable node\ndefault PrometheusDatasource: variable node\nmetric node_info: variable node",
		},
		"its own datasource, links, display, annotations": {
			`{"spec":{"display":{"name":"Of $team"},"links":[{"url":"x"},{"url":"http://x/$job"}],"datasources":{"prom":{"default":true,"plugin":{"kind":"PrometheusDatasource"}}},` +
				`"annotations":[{"display":{"name":"deploys"},"plugin":{"kind":"PrometheusAnnotation","spec":{"expr":"deploys_total"}}}]}}`,
			"variable team: its title or description\nvariable job: links[1]\nown datasource prom: datasource prom\nplugin PrometheusDatasource: datasource prom\n" +
				"plugin PrometheusAnnotation: annotation deploys\ndefault PrometheusDatasource: annotation deploys\nmetric deploys_total: annotation deploys",
		},
		"rows and panels that are repeated, texts": {
			`{"spec":{"panels":{"p":{"kind":"Panel","spec":{"display":{"name":"Of $a"},"links":[{"url":"$b"}],"plugin":{"kind":"Markdown","spec":{"text":"${c:csv}"}}}}},` +
				`"layouts":[{"kind":"Grid","spec":{"repeatVariable":"d","display":{"title":"$e"},"items":[{"content":{"$ref":"#/spec/panels/p"},"repeatVariable":{"value":"f"}}]}},{"kind":"Grid","spec":{"repeatVariable":"g","items":[]}}]}}`,
			"variable d: row $e\nvariable e: row $e\nvariable g: rows[1]\nplugin Markdown: panel p (Of $a)\nvariable a: panel p (Of $a)\nvariable b: panel p (Of $a)\nvariable c: panel p (Of $a)\nvariable f: panel p (Of $a)",
		},
		"panels in the cells of a table": {
			`{"spec":{"panels":{"t":{"kind":"Panel","spec":{"plugin":{"kind":"Table","spec":{"columnSettings":[{"name":"x"},{"plugin":{"kind":"StatChart","spec":{}}}]}}}}}}}`,
			"plugin Table: panel t\nplugin StatChart: panel t",
		},
	} {
		d, err := uses.Of(worktest.Budget(), json.RawMessage(c.document))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := list(d); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	d, err := uses.Of(worktest.Budget(), json.RawMessage(`{"kind":"Dashboard","metadata":{"name":"d","project":"p","tags":["b","a",7],"updatedAt":"2026-01-01T00:00:00Z"},`+
		`"spec":{"display":{"name":"D","description":"says it"},"datasources":{"x":{"plugin":{"kind":"K"}},"y":{"default":true,"plugin":{"kind":"K"}}},"panels":{"q":{"spec":{}},"p":{"spec":{"display":{"name":"P"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d.Project != "p" || d.Name != "d" || d.Title != "D" || d.Description != "says it" || d.Updated != "2026-01-01T00:00:00Z" || d.Defaults["K"] != "y" ||
		!slices.Equal(d.Tags, []string{"b", "a"}) || !slices.Equal(d.Panels, []uses.Panel{{Key: "p", Title: "P"}, {Key: "q"}}) {
		t.Errorf("got %+v", d)
	}
	for _, wrong := range []string{`[]`, `{`, `{"kind":"Folder"}`} {
		if _, err := uses.Of(worktest.Budget(), json.RawMessage(wrong)); err == nil {
			t.Errorf("%s is taken for a dashboard", wrong)
		}
	}
}

// TestResultSharesNoMemory overwrites the document after it was read. The result must not change.
func TestResultSharesNoMemory(t *testing.T) {
	document := json.RawMessage(panelWith("PrometheusTimeSeriesQuery", `{"query":"some_metric"}`))
	d, err := uses.Of(worktest.Budget(), document)
	if err != nil {
		t.Fatal(err)
	}
	before := list(d)
	for i := range document {
		document[i] = 'x'
	}
	if list(d) != before {
		t.Errorf("got %s", list(d))
	}
}

func FuzzOf(f *testing.F) {
	f.Add(panelWith("PrometheusTimeSeriesQuery", `{"query":"sum(a{b=\"$c\"})","datasource":"$d"}`))
	f.Add(`{"spec":{"display":"$","links":{"a":"$b"},"annotations":[7],"variables":[{"kind":"ListVariable","spec":{"name":"v"}}],"panels":{"":{},"p":null},"layouts":[{"spec":{"items":[null]}}]}}`)
	f.Add(`{"metadata":7,"spec":{"datasources":{"x":7},"panels":[{"spec":{"queries":{"a":1}}}]}}`)
	f.Fuzz(func(t *testing.T, document string) {
		budget := worktest.Budget()
		d, err := uses.Of(budget, json.RawMessage(document))
		if used := budget.Used(); used > int64(1000+30*len(document)) {
			t.Errorf("%d units for %d bytes", used, len(document))
		}
		if err != nil {
			return
		}
		for _, u := range d.Uses {
			if u.Name == "" || d.Where(u.Place) == "" {
				t.Errorf("a use without words: %+v", u)
			}
		}
		if d.Size() <= 0 {
			t.Error("no size")
		}
	})
}

// Of a megabyte, and of 10 KB.
func BenchmarkOf(b *testing.B) {
	for _, panels := range []int{1000, 10} {
		document := json.RawMessage(withPanels(panels))
		b.Run(fmt.Sprintf("%d KB", len(document)>>10), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := uses.Of(worktest.Budget(), document)
				if err != nil || len(d.Uses) < panels {
					b.Fatal(err)
				}
			}
		})
	}
}

// withPanels returns a dashboard with n panels of one kilobyte each.
func withPanels(n int) string {
	var panels, items []string
	for i := range n {
		query := fmt.Sprintf(`{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"sum by (job) (rate(requests_%d_total{job=~\"$job\",code!~\"5..\"}[$__rate_interval])) / on (job) up"}}}}`, i)
		panels = append(panels, fmt.Sprintf(`"p%d":{"kind":"Panel","spec":{"display":{"name":"Panel %d","description":%q},"plugin":{"kind":"TimeSeriesChart","spec":{"yAxis":{"format":{"unit":"bytes"}}}},"queries":[%s,%s]}}`, i, i, strings.Repeat("words ", 50), query, query))
		items = append(items, fmt.Sprintf(`{"x":0,"y":%d,"width":8,"height":6,"content":{"$ref":"#/spec/panels/p%d"}}`, i, i))
	}
	return `{"kind":"Dashboard","metadata":{"name":"d"},"spec":{"panels":{` + strings.Join(panels, ",") + `},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.Join(items, ",") + `]}}]}}`
}
