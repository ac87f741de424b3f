package panel

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

func TestNames(t *testing.T) {
	up := model.Metric{"__name__": "up", "job": "api", "instance": `a"b`}
	none := model.Metric{}
	for _, c := range []struct {
		kind, format string
		labels       model.Metric
		want         string
	}{
		{"PrometheusTimeSeriesQuery", "", up, `up{instance="a"b",job="api"}`},
		{"PrometheusTimeSeriesQuery", "", model.Metric{"__name__": "up"}, `up{}`},
		{"PrometheusTimeSeriesQuery", "", model.Metric{"job": "api"}, `{job="api"}`},
		{"PrometheusTimeSeriesQuery", "", none, `{}`},
		{"PrometheusTimeSeriesQuery", "{{job}} on {{ instance }} {{gone}}!", up, `api on a"b !`},
		{"PrometheusTimeSeriesQuery", "{{__name__}} {{}} {job}", up, `up {{}} {job}`},
		{"LokiTimeSeriesQuery", "", up, `instance=a"b, job=api`},
		{"LokiTimeSeriesQuery", "", none, ``},
	} {
		all := []series.Series{{Labels: c.labels}}
		if err := setNames(work.New(t.Context(), work.Max), all, c.format, defaultName(dashboard.DatasourceOf(c.kind))); err != nil || all[0].Name != c.want {
			t.Errorf("%s of %v as %q: got %s, %v, want %s", c.kind, c.labels, c.format, all[0].Name, err, c.want)
		}
	}
}

// TestManyLongNames names the maximum number of series, with many labels or a long format.
func TestManyLongNames(t *testing.T) {
	labels := model.Metric{"__name__": "up", "long": model.LabelValue(strings.Repeat("x", 1<<20))}
	for i := range 1000 {
		labels[model.LabelName(fmt.Sprintf("label_%d", i))] = "value"
	}
	for format, want := range map[string]error{
		"":                                 nil,
		"{{long}} of {{job}}":              nil,
		strings.Repeat("{{long}}", 1000):   nil,
		strings.Repeat("{{none}}", 50_000): work.ErrExhausted,
	} {
		all := make([]series.Series, 1000)
		for i := range all {
			all[i].Labels = labels
		}
		budget := work.New(t.Context(), work.Max)
		if err := setNames(budget, all, format, metricName); !errors.Is(err, want) {
			t.Errorf("%.20s: got %v", format, err)
		}
		for _, s := range all {
			if len(s.Name) > dashboard.MaxSeriesName+10 {
				t.Fatalf("%.20s: a name has %d bytes", format, len(s.Name))
			}
		}
	}
}
