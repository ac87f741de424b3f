package mask_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		// Texts without a secret stay unchanged.
		"Perses at http://localhost:8080 cannot be reached (dial tcp [::1]:8080). Ask me@example.com":    "",
		`parse error: job:up:sum@1609746000 and http_requests{path="/a:b"} @ end()`:                      "",
		"https://a.example/x?y=z, http://[::1]:80/ and http://$host:$port/path or http://host:{{port}}":  "",
		"Basic auth or a Bearer token, basic authentication, bearer tokens: Basic login":                 "",
		"the Authorization header is invalid: want a scheme and credentials, such as \"Bearer <token>\"": "",
		"perses_server.authorization: the credentials contain line breaks":                               "",
		"image repo:tag@sha256:abc, mailto:me@example.com":                                               "",
		// URLs in various encodings.
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
		// Repeated credentials.
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
		got := mask.Message(text)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
		if again := mask.Message(got); again != got {
			t.Errorf("masking it again changes %s to %s", got, again)
		}
	}
}

// TestLogHandler logs secrets in every part of a record.
func TestLogHandler(t *testing.T) {
	const url = "http://u:s3cret@h"
	var b bytes.Buffer
	for name, handler := range map[string]slog.Handler{"text": slog.NewTextHandler(&b, nil), "json": slog.NewJSONHandler(&b, nil)} {
		b.Reset()
		log := slog.New(mask.LogHandler(handler)).With("with", url, slog.Group("group", "in", url))
		log.WithGroup("below").InfoContext(context.Background(), "message "+url, "text", url, "err", errors.New(url), "any", struct{ URL string }{url}, slog.Group("g", "in", url), "number", 7)
		if line := b.String(); strings.Contains(line, "s3cret") || strings.Count(line, "@h") != 7 || !strings.Contains(line, "7") {
			t.Errorf("%s: got %s", name, line)
		}
	}
}

// withUser matches a URL with a user or a password that is not masked.
var withUser = regexp.MustCompile(`://[^/?#\s"<]+@`)

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{"http://u:p@h", "http%3A%2F%2Fu%40h", `:\/\/a@`, "://://@@", "Bearer abc123", "Authorization: Basic dTpw", "@:%2f%2f:%2f%2fa:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := mask.Message(text)
		if withUser.MatchString(got) {
			t.Errorf("a URL has its user: %q", got)
		}
		if shown := mask.Text(text); mask.Text(shown) != shown {
			t.Errorf("masking it again changes %q to %q", shown, mask.Text(shown))
		}
		if document, message := mask.Visits(text); max(document, message) > maskVisits*(len(text)+1) {
			t.Errorf("%d visits, as a message %d, for %d bytes", document, message, len(text))
		}
	})
}
