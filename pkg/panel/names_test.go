package panel

import (
	"testing"

	"github.com/prometheus/common/model"
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
		if got := kinds[c.kind].name(c.format, c.labels); got != c.want {
			t.Errorf("%s of %v as %q: got %s, want %s", c.kind, c.labels, c.format, got, c.want)
		}
	}
}
