package tools

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

// TestMatchingManyMetrics matches slow expressions against as many metrics as a large Prometheus has.
func TestMatchingManyMetrics(t *testing.T) {
	var all []query.Metric
	length := 0
	for i := range 100_000 {
		m := query.Metric{Name: fmt.Sprintf("team_%d_http_requests_total", i), Metadata: query.Metadata{Help: "Requests that were answered."}}
		all = append(all, m)
		length += len(m.Name) + len(m.Help)
	}
	for match, want := range map[string]string{
		"":                          "100000",
		"team_7_http":               "1",
		"ANSWERED":                  "100000",
		"^team_.*7_http":            "10000",
		"no such thing":             "0",
		strings.Repeat("a.*", 1000): "match: it has 3000 bytes, more than the maximum of 1000",
		`(\w{1000}){1000}`:          "match: \"(\\\\w{1000}){1000}\" is in no name or help, and cannot be used as a regular expression",
		"(?:" + strings.Repeat(`\w*`, 300) + ")!": "on 100000 metrics: the computation budget of this call is spent: no name or help contains it; try a shorter text",
	} {
		budget := work.New(t.Context(), work.Max)
		found, err := matching(budget, all, match)
		got := fmt.Sprint(len(found))
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%.40s: got %s, want %s", match, got, want)
		}
		if used := budget.Used(); err == nil && used > int64(10*length) {
			t.Errorf("%.40s: %d units were used on %d bytes", match, used, length)
		}
	}
}

func TestFirstItems(t *testing.T) {
	items := make([]string, 100_000)
	if got := len(firstItems(items, 1000)); got != 2001 {
		t.Errorf("got %d items of 2 bytes", got)
	}
	if got := len(firstItems(items[:1000], 1000)); got != 1000 {
		t.Errorf("got %d of 1000 items", got)
	}
}
