package perses_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelapi "github.com/perses/perses/pkg/model/api"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

const token = "t0ken-of-the-caller"

// connect makes the way to a Perses at url, with the identity of a token unless configure says otherwise.
func connect(t testing.TB, url string, configure ...func(*clientconfig.RestConfigClient)) *perses.Server {
	t.Helper()
	cfg := clientconfig.RestConfigClient{URL: common.MustParseURL(url), Authorization: secret.NewBearerToken(token)}
	for _, c := range configure {
		c(&cfg)
	}
	s, err := perses.Connect(cfg, perses.Trust{"global", "project"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve runs a Perses that does what no real one does.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// hurried is the context of a call that has no time to wait for a Perses that is gone.
func hurried(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

var aDashboard = perses.Ref{Kind: modelv1.KindDashboard, Project: "p", Name: "d"}

func TestTheEndOfACallEndsItsRequest(t *testing.T) {
	arrived, left := make(chan struct{}), make(chan struct{})
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	c := connect(t, slow.URL).Client(ctx)
	go func() {
		_, err := c.V1().Dashboard("p").Get("d")
		failed <- err
	}()
	<-arrived
	cancel()
	<-left
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

// TestManyCallsShareAPool: the transport of Perses' own client keeps two idle connections, and with more
// callers than that nearly every call would open one.
func TestManyCallsShareAPool(t *testing.T) {
	const callers, calls = 32, 20
	var mu sync.Mutex
	opened := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			opened++
			mu.Unlock()
		}
	}
	s.Start()
	defer s.Close()
	backend := connect(t, s.URL)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range calls {
				if _, err := backend.Client(t.Context()).List(perses.Ref{Kind: modelv1.KindProject}, "", true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	mu.Lock()
	defer mu.Unlock()
	if opened > 2*callers {
		t.Errorf("%d connections for %d callers", opened, callers)
	}
}

func TestNothingFollowsARedirect(t *testing.T) {
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request went elsewhere, with Authorization %q", r.Header.Get("Authorization"))
	})
	moved := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	c := connect(t, moved.URL).Client(t.Context())
	_, err := c.Get(aDashboard)
	want := `cannot get Dashboard "d" in project "p": ` + moved.URL + " redirects to " + elsewhere.URL +
		"/api/v1/projects/p/dashboards/d, and credentials do not follow a redirect. If that is your Perses, set --perses-server-url to it."
	if got := c.Explain("get", aDashboard, err); got == nil || got.Error() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
	if _, err := c.V1().Dashboard("p").Create(&modelv1.Dashboard{}); err == nil {
		t.Error("a write was redirected")
	}
}

// TestFailuresInWords is about answers that a real Perses does not give, or only on a bad day.
func TestFailuresInWords(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		doing  string
		want   []string
	}{
		"its own words for a 500": {
			answer: status(500, `{"message":"disk full"}`), doing: "create",
			want: []string{"cannot create Dashboard", "Perses failed on it (status 500: disk full)."},
		},
		"no words at all": {
			answer: status(503, ""), doing: "get",
			want: []string{"Perses failed on it (status 503 Service Unavailable)."},
		},
		"a proxy's page": {
			answer: page(502), doing: "get",
			want: []string{"Perses failed on it (status 502: an HTML page, not the JSON of Perses' API)."},
		},
		"a login page": {
			answer: page(200), doing: "get",
			want: []string{"answered with an HTML page, not the JSON of Perses' API. Is --perses-server-url the address of Perses itself?"},
		},
		"garbage": {
			answer: status(200, "{{{"), doing: "create",
			want: []string{"is not what its client understands (invalid character '{'", "--perses-server-url", "Whether Perses has done it is unknown"},
		},
		"a body that announces too much": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "2147483648")
				w.Header().Set("Content-Type", "application/json")
			}, doing: "get",
			want: []string{"larger than the 8 MiB that are read (2147483648 bytes)"},
		},
		"a body that does not end": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				chunk := strings.Repeat(" ", 1<<20)
				for range 2048 {
					if _, err := io.WriteString(w, chunk); err != nil {
						return
					}
				}
			}, doing: "get",
			want: []string{"larger than the 8 MiB that are read."},
		},
		"a connection cut in a write": {
			answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, doing: "update",
			want: []string{"broke off", "Whether Perses has done it is unknown: get it before you try again."},
		},
		"a password in the words": {
			answer: status(400, `{"message":"bad request: bad request: dial http://me:hunter2@prom.example failed"}`), doing: "create",
			want: []string{": dial http://<secret>@prom.example failed."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			odd := serve(t, c.answer)
			client := connect(t, odd.URL).Client(hurried(t))
			_, err := client.Get(aDashboard)
			if err == nil {
				t.Fatal("got no error")
			}
			got := client.Explain(c.doing, aDashboard, err).Error()
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %q\nwant %q in it", got, want)
				}
			}
			if strings.Contains(got, token) || strings.Contains(got, "hunter2") {
				t.Errorf("a secret is in %q", got)
			}
		})
	}
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func page(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<html><title>Sorry</title></html>")
	}
}

func TestEachIdentityReachesPerses(t *testing.T) {
	tokens := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "id" || password != "pw" {
			t.Errorf("the token was asked for by %q", user)
		}
		status(200, `{"access_token":"from-oauth","token_type":"Bearer","expires_in":3600}`)(w, r)
	})
	for want, configure := range map[string]func(*clientconfig.RestConfigClient){
		"Bearer " + token: func(*clientconfig.RestConfigClient) {},
		"Basic dTpw": func(c *clientconfig.RestConfigClient) {
			c.Authorization, c.BasicAuth = nil, &secret.BasicAuth{Username: "u", Password: "p"}
		},
		"Bearer from-oauth": func(c *clientconfig.RestConfigClient) {
			c.Authorization, c.OAuth = nil, &secret.OAuth{ClientID: "id", ClientSecret: "pw", TokenURL: tokens.URL}
		},
		"Bearer from-header": func(c *clientconfig.RestConfigClient) {
			c.Authorization, c.Headers = nil, map[string]string{"Authorization": "Bearer from-header"}
		},
		"": func(c *clientconfig.RestConfigClient) { c.Authorization = nil },
	} {
		got := make(chan string, 1)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got <- r.Header.Get("Authorization")
			status(200, "[]")(w, r)
		})
		if _, err := connect(t, s.URL, configure).Client(t.Context()).List(perses.Ref{Kind: modelv1.KindProject}, "", true); err != nil {
			t.Error(err)
		} else if got := <-got; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestANativeLoginOutlivesItsToken waits until Perses no longer takes the first token.
func TestANativeLoginOutlivesItsToken(t *testing.T) {
	p, err := persestest.Start(t.Context(), persestest.Options{Auth: true, AccessTokenTTL: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	as := func(password string) *perses.Server {
		return connect(t, p.URL, func(c *clientconfig.RestConfigClient) {
			c.Authorization, c.NativeAuth = nil, &modelapi.Auth{Login: persestest.AdminName, Password: password}
		})
	}
	server := as(persestest.AdminPassword)
	if _, err := server.Client(t.Context()).List(projects, "", true); err != nil {
		t.Fatal(err)
	}
	first, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	static := connect(t, p.URL, func(c *clientconfig.RestConfigClient) { c.Authorization = secret.NewBearerToken(first) })
	for {
		if _, err := static.Client(t.Context()).List(projects, "", true); err != nil {
			break // the token has ended
		}
	}
	if _, err := server.Client(t.Context()).List(projects, "", true); err != nil {
		t.Errorf("after the token's end: %v", err)
	}

	wrong := as("not the password").Client(t.Context())
	_, err = wrong.List(projects, "", true)
	if got, want := wrong.Explain("list", projects, err).Error(), `cannot list projects: the login as "admin" failed: wrong login or password. Check perses_server.native_auth.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
