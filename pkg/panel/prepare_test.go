package panel

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

func TestPrepare(t *testing.T) {
	start := time.Unix(1_700_000_000, 250_000_000).UTC()
	for _, c := range []struct {
		kind, spec string
		scraped    time.Duration
		want       string // text, start and end in seconds from 1,700,000,000, step
	}{
		{"PrometheusTimeSeriesQuery", `{"query":"rate(x{job=~\"$job\"}[$__rate_interval])"}`, time.Minute, `rate(x{job=~"(a|b)"}[4m]) -20 3580 1m0s`},
		{"PrometheusTimeSeriesQuery", `{"query":"rate(x[$__rate_interval]) $__interval"}`, 15 * time.Second, `rate(x[1m]) 15s -5 3595 15s`},
		{"PrometheusTimeSeriesQuery", `{"query":"x[$__interval]","minStep":"$step"}`, 15 * time.Second, `x[30s] -20 3580 30s`},
		{"PrometheusTimeSeriesQuery", `{"query":"x[$__interval]","minStep":"500ms"}`, 0, `x[5s] 0 3600 5s`},
		{"PrometheusTimeSeriesQuery", `{"query":"x","minStep":"often"}`, 0, `its minStep "often" is not a duration such as 30s or 1m`},
		{"LokiTimeSeriesQuery", `{"query":"rate({job=~\"$job\"}[$__interval])"}`, 0, `rate({job=~"(a|b)"}[$__interval]) 0 3600 15s`},
		{"LokiTimeSeriesQuery", `{"query":"x","step":"90s"}`, 0, `x 0 3600 2m0s`},
		{"LokiTimeSeriesQuery", `{"query":"x","step":"soon"}`, 0, `its step "soon" is not a duration such as 30s or 1m`},
		{"LokiLogQuery", `{"query":"{job=\"$step\"}","direction":"forward"}`, 0, `{job="30s"} 0 3600 0s`},
		{"TempoTraceQuery", `{"query":"{}","limit":5}`, 0, `{} 0 3600 0s limit 5`},
	} {
		plugin, known := dashboard.QueryPluginOf(c.kind)
		if !known {
			t.Fatalf("there is no plugin %s", c.kind)
		}
		a, err := prepare(plugin, conditions{
			panelContext: panelContext{
				suggested: 5 * time.Second,
				values:    dashboard.Values{"job": {Values: []string{"a", "b"}, IsList: true}, "step": dashboard.Single("30s")},
			},
			spec: gjson.Parse(c.spec), start: start, end: start.Add(time.Hour), scrapeInterval: c.scraped, budget: work.New(t.Context(), work.Max),
		})
		got := fmt.Sprint(a.text, " ", a.Start.Unix()-1_700_000_000, " ", a.End.Unix()-1_700_000_000, " ", a.Step)
		if a.limit > 0 {
			got += fmt.Sprint(" limit ", a.limit)
		}
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.kind, c.spec, got, c.want)
		}
	}
}

// TestPreparersAreInTheTable checks that each preparer belongs to a row of dashboard.QueryPlugins.
func TestPreparersAreInTheTable(t *testing.T) {
	for name := range preparers {
		if _, known := dashboard.QueryPluginOf(name); !known {
			t.Errorf("%s is not in dashboard.QueryPlugins", name)
		}
	}
}

// TestEveryDatasourceHasAnEntry compares the datasources of dashboard.QueryPlugins with the languages of pkg/query.
func TestEveryDatasourceHasAnEntry(t *testing.T) {
	asked := map[string]bool{}
	for _, p := range dashboard.QueryPlugins() {
		asked[p.Datasource] = true
	}
	if want, got := slices.Sorted(maps.Keys(asked)), query.Datasources(); !slices.Equal(got, want) {
		t.Errorf("languages of pkg/query has %v; dashboard.QueryPlugins asks %v", got, want)
	}
}

func TestInstant(t *testing.T) {
	for _, c := range []struct {
		kind, spec string
		want       bool
	}{
		{"TimeSeriesChart", `{}`, false},
		{"StatChart", `{}`, false},
		{"TimeSeriesTable", `{}`, true},
		{"HistogramChart", `{}`, true},
		{"Table", `{}`, true},
		{"Table", `{"columnSettings":[{"name":"job"}]}`, true},
		{"Table", `{"columnSettings":[{"name":"job"},{"name":"value","plugin":{"kind":"StatChart"}}]}`, false},
	} {
		if got := instant(dashboard.Panel{Kind: c.kind, Spec: json.RawMessage(c.spec)}); got != c.want {
			t.Errorf("%s %s: got %v", c.kind, c.spec, got)
		}
	}
}

func TestSelectors(t *testing.T) {
	values := dashboard.Values{"ds": dashboard.Single("second"), "many": {Values: []string{"a", "b"}, IsList: true}}
	for spec, want := range map[string]string{
		`{}`: "default",
		`{"datasource":{"kind":"PrometheusDatasource"}}`:               "default",
		`{"datasource":{"kind":"PrometheusDatasource","name":"prom"}}`: "prom",
		`{"datasource":"$ds"}`:                                         "second",
		`{"datasource":"${ds}"}`:                                       "second",
		`{"datasource":"$many"}`:                                       "default",
		`{"datasource":"$gone"}`:                                       "default",
		`{"datasource":"$"}`:                                           `its datasource "$" is not a reference to a variable`,
		`{"datasource":"prom"}`:                                        `its datasource "prom" is neither a variable nor an object with kind and name`,
		`{"datasource":{"kind":"LokiDatasource","name":"loki"}}`:       "its datasource is a LokiDatasource, but it needs a PrometheusDatasource",
	} {
		s, err := selectorOf(dashboard.Dashboard{}, gjson.Parse(spec), "PrometheusDatasource", values)
		got := s.Name
		if got == "" {
			got = "default"
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", spec, got, want)
		}
	}
}
