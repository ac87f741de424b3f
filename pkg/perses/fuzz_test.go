package perses_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// withUser is a URL with a user or a password that is not masked.
var withUser = regexp.MustCompile(`://[^/?#\s"<]+@`)

// FuzzExplain has Perses refuse in any words. What a model reads of them is one line of bounded length, in which
// no URL has its user and password.
func FuzzExplain(f *testing.F) {
	for _, seed := range []struct {
		status int
		body   string
	}{
		{400, `{"message":"bad request: bad request: metadata.name is wrong"}`},
		{400, `{"message":"invalid panel p: spec.format.unit: 2 errors in empty disjunction:\nspec.format.unit: conflicting values \"decimal\" and \"Percent\":\n    /plugins/x.cue:12:3\n"}`},
		{400, `{"message":"code=400, message=Unmarshal type error, internal=x"}`},
		{400, `{"message":"dial http://me:pw@h failed\r\nand http://a:b@c\u2028d"}`},
		{400, `{"message":"metadata.project \"p\" doesn't exist"}`},
		{400, `{"message":"schema not found for plugin X"}`},
		{401, `{"message":"missing or malformed jwt"}`}, {403, `{"message":"forbidden access: missing 'read'"}`},
		{404, ``}, {409, `{}`}, {500, "\xff\xfe"}, {503, strings.Repeat("http://u:p@h\n", 500)}, {502, "<html>"}, {429, "slow\rdown"}, {418, `{"message":7}`},
	} {
		f.Add(seed.status, seed.body)
	}
	var status int
	var body string
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	f.Cleanup(odd.Close)
	server := connect(f, odd.URL)
	f.Fuzz(func(t *testing.T, s int, b string) {
		if s < 300 || s > 599 || s == 304 {
			t.Skip("no refusal")
		}
		status, body = s, b
		c := server.Client(hurried(t))
		_, err := c.Get(aDashboard)
		if refused := (*problem.Error)(nil); !errors.As(err, &refused) || refused.Status != s {
			t.Fatalf("got %v for status %d", err, s)
		}
		got := c.Explain("update", aDashboard, err).Error()
		if strings.ContainsAny(got, "\n\r") {
			t.Errorf("more than one line: %q", got)
		}
		if len(got) > 2000 || !utf8.ValidString(got) {
			t.Errorf("%d bytes: %q", len(got), got)
		}
		if withUser.MatchString(got) {
			t.Errorf("a URL has its user: %q", got)
		}
		if !strings.HasPrefix(got, `cannot update Dashboard "d" in project "p": `) {
			t.Errorf("got %q", got)
		}
	})
}
