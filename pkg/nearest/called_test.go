package nearest_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/nearest"
)

func TestMeant(t *testing.T) {
	known := []string{"max", "mean", "min", "percent", "percent-decimal"}
	for name, want := range map[string]string{"avg": "mean", "Percent": "percent", "percentunit": "percent-decimal", "maxx": "max", "weight": "", "x": ""} {
		if got := nearest.Meant(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestMeantPlugin(t *testing.T) {
	known := []string{"LokiLogQuery", "LokiTimeSeriesQuery", "PrometheusTimeSeriesQuery", "TimeSeriesChart"}
	for name, want := range map[string]string{"PrometheusQuery": "PrometheusTimeSeriesQuery", "LokiQuery": "LokiLogQuery", "TempoQuery": "", "TimeSeries": "TimeSeriesChart", "graph": "TimeSeriesChart"} {
		if got := nearest.Meant(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{
		"1 hour": "1h", "now-6h": "6h", "30 seconds": "30s", "1 day, 12 hours": "1d12h", "90": "", "soon": "", "": "", "1 month": "", "5 MIN": "5m",
	} {
		if got := nearest.Duration(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
