package query_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/query"
)

func TestClip(t *testing.T) {
	for text, want := range map[string]string{"12345": "12345", "1234567": "12345…(+2 bytes)", "1234äö": "1234…(+4 bytes)"} {
		if got := query.Clip(text, 5); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	const address = "https://ann:hidden@prom.example/"
	for most := range len(address) + 1 {
		if got := query.Clip(address, most); strings.Contains(got, "ann") {
			t.Errorf("at %d: got %q", most, got)
		}
	}
}
