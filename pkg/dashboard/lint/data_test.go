package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
)

func TestData(t *testing.T) {
	facts := lint.Facts{
		Metrics: map[string]string{"a_total": "counter", "a_bytes": "gauge", "up": ""},
		Labels:  map[string][]string{"up": {"__name__", "instance", "job"}},
		Values:  map[lint.Label][]string{{Metric: "up", Name: "job"}: {"api", "web"}},
	}
	for query, want := range map[string]string{
		`up{job="api"}`:             "",
		`a_totl`:                    `error panel a, query 1: There is no metric a_totl. Nearest: a_total. {"op":"change_query","panel":"a","index":0,"set":{"query":"a_total"}}`,
		`zzzzzzzz`:                  `error panel a, query 1: There is no metric zzzzzzzz.`,
		`absent(zzzzzzzz)`:          `info panel a, query 1: There is no metric zzzzzzzz.`,
		`b_total`:                   `error panel a, query 1: There is no metric b_total. Nearest: a_total. {"op":"change_query","panel":"a","index":0,"set":{"query":"a_total"}}`,
		`rate(a_bytes[5m])`:         `warning panel a, query 1: rate takes a counter, but a_bytes is a gauge: each time it falls counts as a restart. deriv is for gauges. {"op":"change_query","panel":"a","index":0,"set":{"query":"deriv(a_bytes[5m])"}}`,
		`up{jop="api"}`:             `error panel a, query 1: up has no label jop. Nearest: job. {"op":"change_query","panel":"a","index":0,"set":{"query":"up{job=\"api\"}"}}`,
		`up{zzzzz=""}`:              "",
		`up{job="apy"}`:             `error panel a, query 1: No series of up has job="apy". Nearest: "api". {"op":"change_query","panel":"a","index":0,"set":{"query":"up{job=\"api\"}"}}`,
		`up{job=~"nothing.*"}`:      `error panel a, query 1: No series of up has job=~"nothing.*". Its values: "api", "web".`,
		`up{job=~"w.*",job!="x"}`:   "",
		`up{job=~"$team"}`:          "",
		`up{pod="x"} or vector(0)`:  `info panel a, query 1: up has no label pod. Nearest: job.`,
		`{__name__=~"zzz.*"} > 100`: "",
	} {
		lines := found(t, linttest.Showing(object{"a": linttest.Asking(query)}), func(r *lint.Report) {
			all := r.Datasources()
			if len(all) != 1 || all[0].Name != "prom" {
				t.Fatalf("it asks %+v", all)
			}
			r.Data(all[0], facts)
		})
		if got := strings.Join(lines, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", query, got, want)
		}
	}
}

func TestWanted(t *testing.T) {
	found(t, linttest.Showing(object{"a": linttest.Asking(`b{x="1",y=~"$team",z!="2"} / a{x="1"} + b{x="2"}`)}), func(r *lint.Report) {
		metrics, labels := r.Wanted(r.Datasources()[0])
		if !slices.Equal(metrics, []string{"a", "b"}) || !slices.Equal(labels, []lint.Label{{Metric: "a", Name: "x"}, {Metric: "b", Name: "x"}}) {
			t.Errorf("got %v, %v", metrics, labels)
		}
	})
}
