package dashboard_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

func TestSuggest(t *testing.T) {
	known := []string{"max", "mean", "last-number", "percent", "percent-decimal", "bytes", "bits/sec", "bytes/sec", "TimeSeriesChart", "alphabetical-asc", "query"}
	for name, want := range map[string]string{
		"avg": "mean", "Average": "mean", "current": "last-number", "Percent": "percent", "percentunit": "percent-decimal", "percent (0-1)": "percent-decimal",
		"GiB": "bytes", "bps": "bits/sec", "Bps": "bytes/sec", "graph": "TimeSeriesChart", "asc": "alphabetical-asc", "expr": "query", "maxx": "max", "weight": "", "x": "",
	} {
		if got := dashboard.Suggest(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
