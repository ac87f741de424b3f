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

// What is left of a URL still shows which part of it is a secret.
func TestClipOfURLs(t *testing.T) {
	const text = "of https://ann:p@ss@prom.example/a and more"
	for most, want := range map[int]string{7: "of http…", 12: "of https://…", 14: "of https://…", 20: "of https://…", 24: "of https://…", 34: "of https://ann:p@ss@prom.example/a…", 38: "of https://ann:p@ss@prom.example/a and…"} {
		if got := dashboard.Clip(text, most); got != want {
			t.Errorf("%d: got %q, want %q", most, got, want)
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
