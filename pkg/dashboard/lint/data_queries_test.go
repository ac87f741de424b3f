package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestData(t *testing.T) {
	facts := lint.Facts{
		Metrics: map[string]string{"a_total": "counter", "a_bytes": "gauge", "a_seconds": "histogram", "answers": "", "up": ""},
		Labels:  map[string][]string{"up": {"__name__", "instance", "job"}, "answers": {"code", "vlan"}},
		Values:  map[lint.Label][]string{{Metric: "up", Name: "job"}: {"api", "web"}, {Metric: "answers", Name: "code"}: {"200", "404"}, {Metric: "answers", Name: "vlan"}: {"101", "102"}},
	}
	for query, want := range map[string]string{
		`up{job="api"}`:              "",
		`a_totl`:                     `error panel a, queries[0]: There is no metric a_totl. Nearest: a_total. {"op":"change_query","panel":"a","index":0,"set":{"query":"a_total"}}`,
		`zzzzzzzz`:                   `error panel a, queries[0]: There is no metric zzzzzzzz.`,
		`rate(a_seconds_bucket[5m])`: `error panel a, queries[0]: There is no metric a_seconds_bucket. a_seconds is a native histogram, which has no buckets or le: histogram_quantile(0.9, sum(rate(a_seconds[$__rate_interval]))).`,
		`absent(zzzzzzzz)`:           `info panel a, queries[0]: There is no metric zzzzzzzz.`,
		`b_total`:                    `error panel a, queries[0]: There is no metric b_total. Nearest: a_total. {"op":"change_query","panel":"a","index":0,"set":{"query":"a_total"}}`,
		`rate(a_bytes[5m])`:          `warning panel a, queries[0]: rate expects a counter, but a_bytes is a gauge: every decrease counts as a counter reset. Use deriv for gauges. {"op":"change_query","panel":"a","index":0,"set":{"query":"deriv(a_bytes[5m])"}}`,
		`up{jop="api"}`:              `error panel a, queries[0]: up has no label jop. Nearest: job. {"op":"change_query","panel":"a","index":0,"set":{"query":"up{job=\"api\"}"}}`,
		`up{zzzzz=""}`:               "",
		`up{job="apy"}`:              `error panel a, queries[0]: No series of up matches job="apy". Nearest: "api". {"op":"change_query","panel":"a","index":0,"set":{"query":"up{job=\"api\"}"}}`,
		`up{job=~"nothing.*"}`:       `error panel a, queries[0]: No series of up matches job=~"nothing.*". The values of job: "api", "web".`,
		`up{job=~"w.*",job!="x"}`:    "",
		`up{job=~"$team"}`:           "",
		`up{pod="x"} or vector(0)`:   `info panel a, queries[0]: up has no label pod. Nearest: job.`,
		`{__name__=~"zzz.*"} > 100`:  "",
		`answers{code=~"5.."}`:       `info panel a, queries[0]: No series of answers matches code=~"5.."; perhaps nothing has ended with such a status recently. To show 0 then, use sum(…) or vector(0).`,
		`answers{code="500"}`:        `info panel a, queries[0]: No series of answers matches code="500"; perhaps nothing has ended with such a status recently. To show 0 then, use sum(…) or vector(0).`,
		`answers{code="5xx"}`:        `error panel a, queries[0]: No series of answers matches code="5xx". The values of code: "200", "404".`,
		`answers{code=~"4.."}`:       "",
		`answers{vlan="300"}`:        `error panel a, queries[0]: No series of answers matches vlan="300". The values of vlan: "101", "102".`,
	} {
		lines := found(t, linttest.DashboardWith(object{"a": linttest.PanelWith(query)}), func(r *lint.Report) {
			all := r.Datasources()
			if len(all) != 1 || all[0].Name != "prom" {
				t.Fatalf("the datasources are %+v", all)
			}
			r.CompareData(worktest.Budget(), all[0], facts)
		})
		if got := strings.Join(lines, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", query, got, want)
		}
	}
}

func TestReferences(t *testing.T) {
	found(t, linttest.DashboardWith(object{"a": linttest.PanelWith(`b{x="1",y=~"$team",z!="2"} / a{x="1"} + b{x="2"}`)}), func(r *lint.Report) {
		metrics, labels := r.References(worktest.Budget(), r.Datasources()[0])
		if !slices.Equal(metrics, []string{"a", "b"}) || !slices.Equal(labels, []lint.Label{{Metric: "a", Name: "x"}, {Metric: "b", Name: "x"}}) {
			t.Errorf("got %v, %v", metrics, labels)
		}
	})
}

// TestGroupedFindings checks that equal findings are joined, and many missing metrics are reported in one finding.
func TestGroupedFindings(t *testing.T) {
	facts := lint.Facts{Metrics: map[string]string{"zz": ""}}
	for _, test := range []struct {
		queries []string
		want    string
	}{
		{[]string{"nope_a", "nope_a + nope_b", "zz"}, "error panels a, b: There is no metric nope_a.\nerror panel b, queries[0]: There is no metric nope_b."},
		{[]string{"nope_a + nope_b + nope_c + nope_d", "nope_e + nope_f", "nope_g + nope_h + nope_i + nope_j + nope_k"},
			"error panels a, b, c: The metrics nope_a, nope_b, nope_c, nope_d, nope_e, nope_f, nope_g, nope_h, nope_i, nope_j and 1 more do not exist. Check that their queries use the right datasource."},
	} {
		panels := object{}
		for i, query := range test.queries {
			panels[string(rune('a'+i))] = linttest.Set(linttest.PanelWith(query), "spec/display/name", query)
		}
		lines := found(t, linttest.DashboardWith(panels), func(r *lint.Report) { r.CompareData(worktest.Budget(), r.Datasources()[0], facts) })
		if got := strings.Join(lines, "\n"); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.queries, got, test.want)
		}
	}
}

func TestLabelLists(t *testing.T) {
	facts := lint.Facts{Metrics: map[string]string{"up": ""}, Labels: map[string][]string{"up": {"__name__", "instance", "job"}}}
	for _, test := range []struct{ label, matcher, title, want string }{
		{"job", `up{job="$team"}`, "", ""},
		{"Job", "up", "", `error variable v: It has no values: up has no label Job. Nearest: job. {"op":"change_variable","variable":"v","set":{"label":"job","title":"Job"}}`},
		{"Job", "up", "The job", `error variable v: It has no values: up has no label Job. Nearest: job. {"op":"change_variable","variable":"v","set":{"label":"job"}}`},
		{"jop", "up", "", `error variable v: It has no values: up has no label jop. Nearest: job. {"op":"change_variable","variable":"v","set":{"label":"job"}}`},
		{"region", "up", "", `error variable v: It has no values: up has no label region. Its labels: instance, job.`},
		{"job", "upp", "", `error variable v: It has no values: there is no metric upp. Nearest: up.`},
		{"region", `{job="a"}`, "", ""},
		{"region", `up{`, "", ""},
	} {
		spec := object{"name": "v", "plugin": object{"kind": "PrometheusLabelValuesVariable", "spec": object{"labelName": test.label, "matchers": []any{test.matcher}}}}
		if test.title != "" {
			spec["display"] = object{"name": test.title}
		}
		document := linttest.Set(linttest.DashboardWith(object{"a": linttest.PanelWith(`up{job="$v"}`)}), "spec/variables", []any{object{"kind": "ListVariable", "spec": spec}})
		lines := found(t, document, func(r *lint.Report) { r.CompareData(worktest.Budget(), r.Datasources()[0], facts) })
		if got := strings.Join(lines, "\n"); got != test.want {
			t.Errorf("%+v: got\n%s", test, got)
		}
	}
}
