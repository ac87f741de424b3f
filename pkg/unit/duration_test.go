package unit_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/unit"
)

func TestSuggestDuration(t *testing.T) {
	for text, want := range map[string]string{
		"1 hour": "1h", "now-6h": "6h", "30 seconds": "30s", "1 day, 12 hours": "1d12h", "90": "", "soon": "", "": "", "1 month": "", "5 MIN": "5m",
	} {
		if got := unit.SuggestDuration(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
