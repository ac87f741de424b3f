package perses_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses"
)

func TestMaskMessage(t *testing.T) {
	for text, want := range map[string]string{
		// What has no secret stays as it is.
		"Perses at http://localhost:8080 cannot be reached (dial tcp [::1]:8080). Ask me@example.com":   "",
		`parse error: job:up:sum@1609746000 and http_requests{path="/a:b"} @ end()`:                     "",
		"https://a.example/x?y=z, http://[::1]:80/ and http://$host:$port/path or http://host:{{port}}": "",
		"Basic auth or a Bearer token, basic authentication, bearer tokens: Basic login":                "",
		"the Authorization header is none: want a scheme and credentials, as in \"Bearer <token>\"":     "",
		"perses_server.authorization: the credentials have line breaks":                                 "",
		"image repo:tag@sha256:abc, mailto:me@example.com":                                              "",
		// URLs, in the ways in which they are written.
		"dial HTTP://me:pw@a.example/x failed":                                             "dial HTTP://<secret>@a.example/x failed",
		"http://u:p@ss@h, https://tok@h":                                                   "http://<secret>@h, https://<secret>@h",
		`parse "http://u:p\"w@h/": invalid userinfo`:                                       `parse "http://<secret>@h/": invalid userinfo`,
		`parse "http://u:pa/ss?x#y@h": invalid port ":pa"`:                                 `parse "http://<secret>@h": invalid port ":pa"`,
		"http://u:p w@h/x":                                                                 "http://<secret>@h/x",
		`{"url":"http:\/\/u:pw\u0040h\/"}`:                                                 `{"url":"http:\/\/<secret>\u0040h\/"}`,
		"https://x/?next=http%3A%2F%2Fu%3Apw%40h%2F and http%253a%252f%252fu%253Apw%2540h": "https://x/?next=http%3A%2F%2F<secret>%40h%2F and http%253a%252f%252f<secret>%2540h",
		"http:%2F%2Fu:p%40w@h%2F":                                                          "http:%2F%2F<secret>@h%2F",
		"see http://u:secr…(+12 bytes)":                                                    "see http://<secret> bytes)",
		"user:pass@db.example.com:5432, user:pass@10.0.0.1":                                "<secret>@db.example.com:5432, <secret>@10.0.0.1",
		// Credentials, as somebody repeats them.
		"GET / HTTP/1.1\nAuthorization: Bearer abc\nCookie: a=b; c=d\n":        "GET / HTTP/1.1\nAuthorization: <secret>\nCookie: <secret>\n",
		`{"Authorization":["Bearer abc"],"Cookie":"a=b"}`:                      `{"Authorization":["<secret>"],"Cookie":"<secret>"}`,
		`{\"authorization\":\"Basic dTpw\"}`:                                   `{\"authorization\":\"<secret>\"}`,
		"map[Authorization:[token abc] Cookie:[a=b]]":                          "map[Authorization:[<secret>] Cookie:[<secret>]]",
		"got Bearer abc123 and basic dXNlcjpw":                                 "got Bearer <secret> and basic <secret>",
		"invalid token eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl": "invalid token <secret>",
	} {
		if want == "" {
			want = text
		}
		got := perses.MaskMessage(text)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
		if again := perses.MaskMessage(got); again != got {
			t.Errorf("masking it again changes %s to %s", got, again)
		}
	}
}

// TestMaskLog gives a log secrets in each place that a line has.
func TestMaskLog(t *testing.T) {
	const url = "http://u:s3cret@h"
	var b bytes.Buffer
	for name, handler := range map[string]slog.Handler{"text": slog.NewTextHandler(&b, nil), "json": slog.NewJSONHandler(&b, nil)} {
		b.Reset()
		log := slog.New(perses.MaskLog(handler)).With("with", url, slog.Group("group", "in", url))
		log.WithGroup("below").InfoContext(context.Background(), "message "+url, "text", url, "err", errors.New(url), "any", struct{ URL string }{url}, slog.Group("g", "in", url), "number", 7)
		if line := b.String(); strings.Contains(line, "s3cret") || strings.Count(line, "@h") != 7 || !strings.Contains(line, "7") {
			t.Errorf("%s: got %s", name, line)
		}
	}
}

func FuzzMaskMessage(f *testing.F) {
	for _, seed := range []string{"http://u:p@h", "http%3A%2F%2Fu%40h", `:\/\/a@`, "://://@@", "Bearer abc123", "Authorization: Basic dTpw", "@:%2f%2f:%2f%2fa:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := perses.MaskMessage(text)
		if withUser.MatchString(got) {
			t.Errorf("a URL has its user: %q", got)
		}
		if shown := perses.MaskText(text); perses.MaskText(shown) != shown {
			t.Errorf("masking it again changes %q to %q", shown, perses.MaskText(shown))
		}
		if document, message := perses.MaskVisits(text); max(document, message) > maskVisits*(len(text)+1) {
			t.Errorf("%d visits, as a message %d, for %d bytes", document, message, len(text))
		}
	})
}
