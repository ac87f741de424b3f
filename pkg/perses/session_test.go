package perses_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/credentials"
	"github.com/perses/mcp-server/pkg/persestest"
)

// percliFile is what percli keeps, here with a field that only a newer one knows.
func percliFile(url, credentials, refresh string) string {
	return fmt.Sprintf(`{"rest_client_config":{"url":%q,"authorization":{"type":"Bearer","credentials":%q},"tls_config":{}},"project":"shop","refresh_token":%q,"dac":{"output_folder":"built"},"newer":[1, 2]}`,
		url, credentials, refresh)
}

// jwt is a token that says itself when it ends. Nobody has signed it.
func jwt(id string, end time.Time) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"none"}`) + "." + part(fmt.Sprintf(`{"sub":%q,"exp":%d}`, id, end.Unix())) + ".x"
}

// sessionOf makes the way to a Perses with the login in percli's file.
func sessionOf(t testing.TB, url, path string) *perses.Server {
	t.Helper()
	found, err := credentials.FindSession(path, common.MustParseURL(url))
	if err != nil {
		t.Fatal(err)
	}
	s, err := perses.Open(perses.Options{Perses: found, Session: path})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// logIn logs in as percli does, and returns the path of its file, which is a link to the real one.
func logIn(t testing.TB, url string) (path string) {
	t.Helper()
	response, err := http.Post(url+"/api/auth/providers/native/login", "application/json",
		strings.NewReader(fmt.Sprintf(`{"login":%q,"password":%q}`, persestest.AdminName, persestest.AdminPassword)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil || tokens.Access == "" {
		t.Fatal(err, tokens)
	}
	dir := t.TempDir()
	path = filepath.Join(dir, "config.json")
	write(t, path, percliFile(url, tokens.Access, tokens.Refresh))
	return path
}

// TestPerclisSessionIsKeptAlive with its refresh token, and written as percli would.
func TestPerclisSessionIsKeptAlive(t *testing.T) {
	f := before(t, shortLived(t))
	path := logIn(t, f.url)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "config.json")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	s := sessionOf(t, f.url, link)
	written := map[string]bool{string(first): true}
	for len(written) < 3 { // what has been asked for is not yet written
		if got := failure(t, s); got != "" {
			t.Fatal(got)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		written[string(content)] = true
	}
	if got := failure(t, s); got != "" {
		t.Fatal(got)
	}
	last, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const credentials = "rest_client_config.authorization.credentials"
	before, after := gjson.GetBytes(first, credentials).Raw, gjson.GetBytes(last, credentials).Raw
	if before == after || !bytes.Equal(bytes.Replace(first, []byte(before), []byte(after), 1), last) {
		t.Errorf("got %s\nof  %s", last, first)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	var cfg struct {
		Rest clientconfig.RestConfigClient `json:"rest_client_config"`
	}
	if err := json.Unmarshal(last, &cfg); err != nil {
		t.Error(err)
	}
	if n := f.count("/api/auth/providers/native/login"); n != 1 {
		t.Errorf("%d logins", n)
	}
}

// sessions is a Perses that takes one token, and makes the next of one refresh token.
type sessions struct {
	url                string
	accepted, made     atomic.Value
	refreshed, refused atomic.Int64
}

func newSessions(t *testing.T) *sessions {
	t.Helper()
	s := &sessions{}
	s.url = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/refresh"):
			s.refreshed.Add(1)
			var body struct {
				RefreshToken string `json:"refresh_token"`
			}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.RefreshToken != "refresh" {
				status(400, `{"message":"token is expired"}`)(w, r)
				return
			}
			status(200, fmt.Sprintf(`{"access_token":%q,"token_type":"bearer","expires_in":900}`, s.made.Load()))(w, r)
		case r.Header.Get("Authorization") != "Bearer "+s.accepted.Load().(string):
			s.refused.Add(1)
			status(401, `{"message":"invalid or expired jwt"}`)(w, r)
		default:
			status(200, "[]")(w, r)
		}
	}).URL
	return s
}

// TestPerclisSessionAndOthers is about what others do with the file, what they leave in it, and about clocks.
func TestPerclisSessionAndOthers(t *testing.T) {
	ended, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		first     string                                       // the token in the file at the start
		change    func(t *testing.T, s *sessions, path string) // after a call that works; without, Perses takes the token "new" alone
		refreshes int64
		fails     []string // the words of the second call
	}{
		"it holds":                      {jwt("new", later), nil, 0, nil},
		"it has ended":                  {jwt("old", ended), nil, 1, nil},
		"their clock is an hour behind": {jwt("old", later), nil, 1, nil}, // it seems to hold, and Perses refuses it
		"another has refreshed it":      {jwt("old", later), newLogin, 0, nil},
		"percli has logged out":         {jwt("new", later), replaced(`{"rest_client_config":{"url":"URL"}}`), 0, []string{"no longer has a login", "Run `percli login URL`"}},
		"percli went to another Perses": {jwt("new", later), replaced(percliFile("http://other.example", "x", "y")), 0, []string{"belongs to another Perses (http://other.example)"}},
		"half written":                  {jwt("new", later), replaced(`{"rest_client_config":{"url":"URL","autho`), 0, nil},
		"not there":                     {jwt("new", later), removed, 0, nil},
		"not there, and refused":        {jwt("new", later), removedAndRefused, 0, []string{"percli's file cannot be read", "no such file"}},
		"half written, and refused":     {jwt("new", later), halfAndRefused, 0, []string{"is not JSON, or only partly written"}},
		"the session has ended":         {jwt("new", later), sessionEnded, 1, []string{"has ended (token is expired)", "Run `percli login URL`; this server then uses the new session."}},
		"a token with a line break":     {jwt("new", later), replaced(percliFile("URL", "a\nX-Admin: yes", "refresh")), 0, []string{"has a token with invalid characters"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSessions(t)
			s.accepted.Store(jwt("new", later))
			s.made.Store(jwt("new", later))
			if test.change != nil {
				s.accepted.Store(test.first)
			}
			path := filepath.Join(t.TempDir(), "config.json")
			write(t, path, percliFile(s.url, test.first, "refresh"))
			server := sessionOf(t, s.url, path)
			if test.change != nil {
				if got := failure(t, server); got != "" {
					t.Fatal(got)
				}
				test.change(t, s, path)
			}
			got := strings.ReplaceAll(failure(t, server), s.url, "URL")
			if test.fails == nil && got != "" {
				t.Error(got)
			}
			if test.fails != nil {
				holdsWords(t, name, got, append(test.fails, "cannot list projects: ", "Run `percli login URL`; this server then uses the new session.")...)
			}
			if strings.Contains(got, "..") {
				t.Errorf("got %q", got)
			}
			if n := s.refreshed.Load(); n != test.refreshes {
				t.Errorf("%d refreshes, want %d", n, test.refreshes)
			}
			if strings.Contains(got, "eyJ") || strings.Contains(got, "X-Admin") {
				t.Errorf("a token is in %q", got)
			}
		})
	}
}

func replaced(content string) func(*testing.T, *sessions, string) {
	return func(t *testing.T, s *sessions, path string) {
		write(t, path, strings.ReplaceAll(content, "URL", s.url))
	}
}

func removed(t *testing.T, _ *sessions, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func removedAndRefused(t *testing.T, s *sessions, path string) {
	removed(t, s, path)
	s.accepted.Store("another")
}

func halfAndRefused(t *testing.T, s *sessions, path string) {
	write(t, path, `{"rest_client_config"`)
	s.accepted.Store("another")
}

func sessionEnded(t *testing.T, s *sessions, path string) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.Replace(string(content), `"refresh_token":"refresh"`, `"refresh_token":"old"`, 1))
	s.accepted.Store("another")
}

func newLogin(t *testing.T, s *sessions, path string) {
	next := jwt("next", time.Now().Add(time.Hour))
	s.accepted.Store(next)
	write(t, path, percliFile(s.url, next, "refresh"))
}

// TestASessionThatCannotBeWritten serves nevertheless.
func TestASessionThatCannotBeWritten(t *testing.T) {
	s := newSessions(t)
	made := jwt("new", time.Now().Add(time.Hour))
	s.accepted.Store(made)
	s.made.Store(made)
	path := filepath.Join(t.TempDir(), strings.Repeat("x", 250)) // beside it there is no room for a name that is longer
	write(t, path[:len(path)-4], percliFile(s.url, jwt("old", time.Now().Add(-time.Hour)), "refresh"))
	path = path[:len(path)-4]
	server := sessionOf(t, s.url, path)
	for range 3 {
		if got := failure(t, server); got != "" {
			t.Error(got)
		}
	}
	if n := s.refreshed.Load(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestSessionsThatAreNotFound(t *testing.T) {
	u := common.MustParseURL("https://perses.example/base")
	for content, want := range map[string]string{
		percliFile("https://perses.example/base/", "t", "r"):     "",
		percliFile("HTTPS://Perses.example:443/base", "t", "r"):  "",
		percliFile("http://perses.example/base", "t", "r"):       "belongs to another Perses (http://perses.example/base)",
		percliFile("https://u:hunter2@other.example", "t", "r"):  "belongs to another Perses (https://",
		percliFile("", "t", "r"):                                 "belongs to another Perses ()",
		percliFile("https://perses.example/base", "t", "r")[:50]: "is not JSON, or only partly written",
		`[]`: "belongs to another Perses",
		`{"rest_client_config":{"url":"https://perses.example/base"}}`:                           "has no login",
		`{"rest_client_config":{"url":"https://perses.example/base","authorization":"hunter2"}}`: "is invalid",
	} {
		path := filepath.Join(t.TempDir(), "config.json")
		write(t, path, content)
		_, err := credentials.FindSession(path, u)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: got %v, want %q", content, err, want)
		}
	}
}
