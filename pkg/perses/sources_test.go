package perses_test

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelapi "github.com/perses/perses/pkg/model/api"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
)

// write replaces a file as those do who rotate tokens.
func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// accepting is a Perses that takes the token which is stored in it.
func accepting(t *testing.T) (url string, accepted *atomic.Value) {
	accepted = &atomic.Value{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+accepted.Load().(string) {
			status(401, `{"message":"invalid or expired jwt"}`)(w, r)
			return
		}
		status(200, "[]")(w, r)
	})
	return s.URL, accepted
}

// failure lists the projects, and returns what a model reads if that fails.
func failure(t testing.TB, s *perses.Server) string {
	t.Helper()
	c := s.Client(t.Context())
	if _, err := c.List(projects, "", true); err != nil {
		return c.Explain("list", projects, err).Error()
	}
	return ""
}

func holdsWords(t testing.TB, when, got string, want ...string) {
	t.Helper()
	for _, words := range want {
		if !strings.Contains(got, words) {
			t.Errorf("%s: got %q, want %q in it", when, got, words)
		}
	}
}

// TestATokenFileIsReadAgain when it changes. While it is not there, or empty, the last token serves as long as Perses
// takes it.
func TestATokenFileIsReadAgain(t *testing.T) {
	url, accepted := accepting(t)
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, "one\n")
	accepted.Store("one")
	s := connect(t, url, func(c *clientconfig.RestConfigClient) {
		c.Authorization = &secret.Authorization{Type: "Bearer", CredentialsFile: path}
	})
	works := func(when string) {
		t.Helper()
		if got := failure(t, s); got != "" {
			t.Errorf("%s: %s", when, got)
		}
	}
	works("at the start")
	write(t, path, "two\n") // of the same length, and perhaps of the same time
	accepted.Store("two")
	works("after a change")
	write(t, path, "")
	works("while it is empty")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	works("while it is not there")
	accepted.Store("three")
	holdsWords(t, "gone, and refused", failure(t, s), "the token file cannot be read", path, "no such file")
	write(t, path, "not a token\n")
	holdsWords(t, "nonsense, and refused", failure(t, s), path+" contains more than a token")
	write(t, path, "garbage")
	holdsWords(t, "garbage", failure(t, s), "invalid or expired jwt", "Put a new token into "+path)
	write(t, path, "three")
	works("in the end")
}

func TestATokenFileThatIsNotThereAtTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	try := func() error {
		_, err := perses.Connect(clientconfig.RestConfigClient{
			URL:           common.MustParseURL("http://127.0.0.1:1"),
			Authorization: &secret.Authorization{Type: "Bearer", CredentialsFile: path},
		}, nil)
		return err
	}
	if err := try(); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "perses_server.authorization: ") {
		t.Errorf("got %v", err)
	}
	write(t, path, " \n")
	if err := try(); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("got %v", err)
	}
}

// kubeconfig is the file of kubectl, with a user.
const kubeconfig = `{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":"https://k8s.example"}}],` +
	`"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{USER}}]}`

// TestKubernetesThatIsNotThere: the start says what an identity of Kubernetes needs.
func TestKubernetesThatIsNotThere(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	file := filepath.Join(t.TempDir(), "config")
	for user, want := range map[string]string{
		"": "perses_server.k8s_auth: outside of a Kubernetes pod, a kubeconfig is required: ",
		`"exec":{"command":"login","apiVersion":"client.authentication.k8s.io/v1","interactiveMode":"Never"}`: "perses_server.k8s_auth: the user in " + file + " has no token",
		`"username":"ann","password":"hunter2"`: "has no token",
	} {
		auth := &clientconfig.K8sAuth{}
		if user != "" {
			auth.KubeconfigFile = file
			write(t, file, strings.ReplaceAll(kubeconfig, "USER", user))
		}
		_, err := perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL("http://perses.example"), K8sAuth: auth}, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", user, err, want)
		}
	}
}

// TestAKubeconfigIsReadAgain when it, or the token file that it names, changes.
func TestAKubeconfigIsReadAgain(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir, token string){
		"in it": func(t *testing.T, dir, token string) {
			write(t, filepath.Join(dir, "config"), strings.ReplaceAll(kubeconfig, "USER", `"token":"`+token+`"`))
		},
		"in a file of its own": func(t *testing.T, dir, token string) {
			write(t, filepath.Join(dir, "token"), token)
			write(t, filepath.Join(dir, "config"), strings.ReplaceAll(kubeconfig, "USER", `"tokenFile":"`+filepath.Join(dir, "token")+`"`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, accepted := accepting(t)
			dir := t.TempDir()
			change(t, dir, "one")
			s := connect(t, url, func(c *clientconfig.RestConfigClient) {
				c.Authorization, c.K8sAuth = nil, &clientconfig.K8sAuth{KubeconfigFile: filepath.Join(dir, "config")}
			})
			for _, token := range []string{"one", "two"} {
				change(t, dir, token)
				accepted.Store(token)
				if got := failure(t, s); got != "" {
					t.Errorf("%s: %s", token, got)
				}
			}
		})
	}
}

// front is what stands before a Perses and counts the requests by path.
type front struct {
	url string
	mu  sync.Mutex
	n   map[string]int
}

func before(t *testing.T, p *persestest.Perses) *front {
	t.Helper()
	to, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{n: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}
	f.url = serve(t, func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.n[r.URL.Path]++
		f.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}).URL
	return f
}

func (f *front) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n[path]
}

// shortLived is a Perses whose access tokens last for one to two seconds: their end is said in whole ones, so that a token of
// one second may have ended before it is used.
func shortLived(t *testing.T) *persestest.Perses {
	t.Helper()
	p, err := persestest.Start(t.Context(), persestest.Options{Auth: true, AccessTokenTTL: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

// TestALoginIsRefreshed: one login serves as long as it can be refreshed, and no call of many fails meanwhile.
func TestALoginIsRefreshed(t *testing.T) {
	const refreshes, callers = 3, 8
	p := shortLived(t)
	f := before(t, p)
	s := connect(t, f.url, func(c *clientconfig.RestConfigClient) {
		c.Authorization, c.NativeAuth = nil, &modelapi.Auth{Login: persestest.AdminName, Password: persestest.AdminPassword}
	})
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for f.count("/api/auth/refresh") < refreshes {
				if got := failure(t, s); got != "" {
					t.Error(got)
					return
				}
			}
		})
	}
	group.Wait()
	if logins := f.count("/api/auth/providers/native/login"); logins != 1 {
		t.Errorf("%d logins", logins)
	}
	if n := f.count("/api/auth/refresh"); n > refreshes+2 {
		t.Errorf("%d refreshes by %d callers", n, callers)
	}
}

// TestALoginWhoseRefreshIsRefused is made again.
func TestALoginWhoseRefreshIsRefused(t *testing.T) {
	var logins, refreshes, turn atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/login"):
			logins.Add(1)
			status(200, `{"access_token":"t","refresh_token":"r","token_type":"bearer","expires_in":3600}`)(w, r)
		case strings.HasSuffix(r.URL.Path, "/refresh"):
			refreshes.Add(1)
			status(400, `{"message":"token is expired"}`)(w, r)
		case turn.Add(1) == 2:
			status(401, `{"message":"invalid or expired jwt"}`)(w, r)
		default:
			status(200, "[]")(w, r)
		}
	})
	backend := connect(t, s.URL, func(c *clientconfig.RestConfigClient) {
		c.Authorization, c.NativeAuth = nil, &modelapi.Auth{Login: "u", Password: "p"}
	})
	for range 2 {
		// The second finds the token refused, and gets the same one again: then Perses' refusal stands.
		failure(t, backend)
	}
	if logins.Load() != 2 || refreshes.Load() != 1 {
		t.Errorf("%d logins, %d refreshes", logins.Load(), refreshes.Load())
	}
}

// TestTheSecretOfAnOAuthClientIsNotRedirected, and what an endpoint answers besides its error is not shown.
func TestTheSecretOfAnOAuthClientIsNotRedirected(t *testing.T) {
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s went elsewhere", r.URL) })
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   []string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, []string{`the OAuth client "id" got no token from`, "status 307", "Check perses_server.oauth"}},
		"a refusal": {status(401, `{"error":"invalid_client","error_description":"no such client","echo":"hunter2"}`), []string{"status 401 invalid_client no such client"}},
		"nonsense":  {status(200, `{"hunter2":true}`), []string{"got no token"}},
	} {
		t.Run(name, func(t *testing.T) {
			tokens := serve(t, test.answer)
			s := connect(t, "http://127.0.0.1:1", func(c *clientconfig.RestConfigClient) {
				c.Authorization, c.OAuth = nil, &secret.OAuth{ClientID: "id", ClientSecret: "hunter2", TokenURL: tokens.URL}
			})
			got := failure(t, s)
			holdsWords(t, name, got, test.want...)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret is in %q", got)
			}
		})
	}
}
