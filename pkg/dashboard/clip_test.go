package dashboard_test

import (
	"strings"
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

// TestClipURLs checks that a clipped URL can still be masked.
func TestClipURLs(t *testing.T) {
	const text = "of https://ann:p@ss@prom.example/a and more"
	for limit, want := range map[int]string{7: "of http…", 12: "of https://…", 14: "of https://…", 20: "of https://…", 24: "of https://…", 34: "of https://ann:p@ss@prom.example/a…", 38: "of https://ann:p@ss@prom.example/a and…"} {
		if got := dashboard.Clip(text, limit); got != want {
			t.Errorf("%d: got %q, want %q", limit, got, want)
		}
	}
}

// TestClipPasswords checks that no part of a password remains, wherever a text is cut.
func TestClipPasswords(t *testing.T) {
	for _, text := range []string{
		"see https://user:SECRETWORD@host/p and more", "see https%3A%2F%2Fuser%3ASECRETWORD%40host%2Fp and more", `see http:\/\/user:SECRETWORD@host/ and more`,
		"see http%253A%252F%252Fuser%253ASECRETWORD%2540host and more", "see http://user:pa/SECRETWORD@host/x and more", "see http://us%2der:pa?SECRETWORD@host/x and more",
	} {
		for limit := range len(text) {
			if end := strings.Index(text, "SECRETWORD") + len("SECRETWORD"); limit < end && strings.Contains(dashboard.Clip(text, limit), "S") {
				t.Errorf("%d: %s", limit, dashboard.Clip(text, limit))
			}
		}
	}
	for _, text := range []string{"see http://prom:9090/api/v1/query_range?query=up", "see http://[::1]:9090/api/v1/query_range?query=up", "see https://host/a/long/path/to/something"} {
		if got := dashboard.Clip(text, 35); got != text[:35]+"…" {
			t.Error(got)
		}
	}
}

func TestJoinSome(t *testing.T) {
	names := []string{"a", "b", "c"}
	for limit, want := range map[int]string{4: "a; b; c", 3: "a; b; c", 2: "a; b and 1 more", 1: "a and 2 more"} {
		if got := dashboard.JoinSome(names, limit, "; "); got != want {
			t.Errorf("%d: got %q, want %q", limit, got, want)
		}
	}
}
