package nearest_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/nearest"
)

func TestMeant(t *testing.T) {
	known := []string{"max", "mean", "min", "percent", "percent-decimal"}
	for name, want := range map[string]string{"Percent": "percent", "maxx": "max", "weight": "", "x": ""} {
		if got := nearest.Meant(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestMeantPlugin(t *testing.T) {
	known := []string{"LokiLogQuery", "LokiTimeSeriesQuery", "PrometheusTimeSeriesQuery", "TimeSeriesChart"}
	for name, want := range map[string]string{"PrometheusQuery": "PrometheusTimeSeriesQuery", "LokiQuery": "LokiLogQuery", "TempoQuery": "", "TimeSeries": "TimeSeriesChart"} {
		if got := nearest.Meant(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
