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

// What is left of a URL still shows which part of it is a secret.
func TestClipOfURLs(t *testing.T) {
	const text = "of https://ann:p@ss@prom.example/a and more"
	for most, want := range map[int]string{7: "of http…", 12: "of https://…", 14: "of https://…", 20: "of https://…", 24: "of https://…", 34: "of https://ann:p@ss@prom.example/a…", 38: "of https://ann:p@ss@prom.example/a and…"} {
		if got := dashboard.Clip(text, most); got != want {
			t.Errorf("%d: got %q, want %q", most, got, want)
		}
	}
}

// What is kept of a text tells nothing of a password, wherever the text is cut.
func TestClipBeforePasswords(t *testing.T) {
	for _, text := range []string{
		"see https://user:SECRETWORD@host/p and more", "see https%3A%2F%2Fuser%3ASECRETWORD%40host%2Fp and more", `see http:\/\/user:SECRETWORD@host/ and more`,
		"see http%253A%252F%252Fuser%253ASECRETWORD%2540host and more", "see http://user:pa/SECRETWORD@host/x and more", "see http://us%2der:pa?SECRETWORD@host/x and more",
	} {
		for most := range len(text) {
			if end := strings.Index(text, "SECRETWORD") + len("SECRETWORD"); most < end && strings.Contains(dashboard.Clip(text, most), "S") {
				t.Errorf("%d: %s", most, dashboard.Clip(text, most))
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
	for most, want := range map[int]string{4: "a; b; c", 3: "a; b; c", 2: "a; b and 1 more", 1: "a and 2 more"} {
		if got := dashboard.JoinSome(names, most, "; "); got != want {
			t.Errorf("%d: got %q, want %q", most, got, want)
		}
	}
}
