package dashboard_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

func TestClip(t *testing.T) {
	for text, want := range map[string]string{"": "", "1234": "1234", "12345": "1234…", "123ü": "123…", "äöü": "äö…"} {
		if got := dashboard.Clip(text, 4); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSome(t *testing.T) {
	names := []string{"a", "b", "c"}
	for most, want := range map[int]string{4: "a; b; c", 3: "a; b; c", 2: "a; b and 1 more", 1: "a and 2 more"} {
		if got := dashboard.Some(names, most, "; "); got != want {
			t.Errorf("%d: got %q, want %q", most, got, want)
		}
	}
}
