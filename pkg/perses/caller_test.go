package perses_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/credentials"
)

var projects = perses.Ref{Kind: modelv1.KindProject}

// passingThrough makes the way to a Perses at url to which each caller brings their own credentials.
func passingThrough(t testing.TB, url string) *perses.Server {
	t.Helper()
	s, err := perses.Open(perses.Options{
		Perses:      clientconfig.RestConfigClient{URL: common.MustParseURL(url), Headers: map[string]string{"X-Api-Key": "of the way"}},
		Passthrough: true, Trust: perses.Trust{"global", "project"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// calling is the context of a call with these credentials.
func calling(t testing.TB, authorization string) context.Context {
	t.Helper()
	caller, err := credentials.NewCaller(http.Header{"Authorization": {authorization}})
	if err != nil {
		t.Fatal(err)
	}
	return credentials.WithCaller(t.Context(), caller)
}

// TestCallersAreReadStrictly: what could be read in two ways is read in none.
func TestCallersAreReadStrictly(t *testing.T) {
	for name, values := range map[string][]string{
		"none":                nil,
		"empty":               {""},
		"two":                 {"Bearer a", "Bearer b"},
		"no credentials":      {"Bearer"},
		"blank credentials":   {"Bearer  "},
		"no scheme":           {" abc"},
		"a folded line":       {"Bearer a X-Admin: yes"},
		"a line break":        {"Bearer a\r\nX-Admin: yes"},
		"a line feed":         {"Bearer a\nb"},
		"a carriage return":   {"Bearer a\rb"},
		"a zero":              {"Bearer a\x00"},
		"a tab":               {"Bearer\ta b"},
		"a delete":            {"Bearer a\x7f"},
		"no ASCII":            {"Bearer ä"},
		"no UTF-8":            {"Bearer \xff"},
		"an Unicode new line": {"Bearer a\u2028b"},
	} {
		if caller, err := credentials.NewCaller(http.Header{"Authorization": values}); err == nil || caller != nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "X-Admin") {
			t.Errorf("%s: %v repeats it", name, err)
		}
	}
	for _, value := range []string{"Bearer a.b.c", "Basic dTpw", "Bearer " + strings.Repeat("x", 8000)} {
		caller, err := credentials.NewCaller(http.Header{"Authorization": {value}})
		if err != nil {
			t.Errorf("%.20s: %v", value, err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if got := fmt.Sprintf(verb, caller); got != "a caller" {
				t.Errorf("%s prints %q", verb, got)
			}
		}
	}
}

// TestACallerIsAlone: Perses sees the credentials of each call, and no call goes without.
func TestACallerIsAlone(t *testing.T) {
	seen := make(chan http.Header, 1)
	fake := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header
		status(200, "[]")(w, r)
	})
	s := passingThrough(t, fake.URL)
	for _, authorization := range []string{"Bearer ann", "bearer bob", "Basic dTpw"} {
		if _, err := s.Client(calling(t, authorization)).List(projects, "", true); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; len(got.Values("Authorization")) != 1 || got.Get("Authorization") != authorization || got.Get("X-Api-Key") != "of the way" {
			t.Errorf("%s: got %v", authorization, got)
		}
	}
	nobody := s.Client(t.Context())
	_, err := nobody.List(projects, "", true)
	if !errors.Is(err, credentials.ErrNoCaller) || len(seen) > 0 {
		t.Errorf("got %v and %d requests, want none", err, len(seen))
	}
	if got, want := nobody.Explain("list", projects, err).Error(), "cannot list projects: "+credentials.ErrNoCaller.Error()+"."; got != want {
		t.Errorf("got %s", got)
	}
}

func TestPassthroughHasNoIdentityOfItsOwn(t *testing.T) {
	for name, cfg := range map[string]clientconfig.RestConfigClient{
		"a token":  {Authorization: secret.NewBearerToken("x")},
		"a header": {Headers: map[string]string{"authorization": "Bearer x"}},
		"a cookie": {Headers: map[string]string{"COOKIE": "jwt=x"}},
	} {
		cfg.URL = common.MustParseURL("http://127.0.0.1:1")
		if _, err := perses.Open(perses.Options{Perses: cfg, Passthrough: true}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestCredentialsOfACallerAreTrustedToFew is about a datasource that somebody has put into a dashboard to collect the
// tokens of its readers.
func TestCredentialsOfACallerAreTrustedToFew(t *testing.T) {
	c := passingThrough(t, "http://127.0.0.1:1").Client(calling(t, "Bearer x"))
	spec := []byte(`{"plugin":{"spec":{"proxy":{"spec":{"url":"http://collector.example"}}}}}`)
	if _, err := c.Proxy(perses.Datasource{Scope: perses.ScopeLocal, Project: "p", Dashboard: "d", Name: "n", Spec: spec}); err == nil {
		t.Error("it would be asked")
	}
}

// TestRefusedCredentials: it is Perses that knows whether credentials hold. A datasource is asked with them, and is not.
func TestRefusedCredentials(t *testing.T) {
	refuses := atomic.Bool{}
	fake := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if refuses.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	})
	for _, test := range []struct {
		name, below      string
		refuses, proxied bool
		want             bool
	}{
		{"accepted", "", false, false, false},
		{"refused by Perses", "", true, false, true},
		{"refused by a Perses below a proxy", "/services/perses/proxy/", true, false, true},
		{"refused by a datasource", "", true, true, false},
		{"refused by a datasource, below a proxy", "/services/perses/proxy/", true, true, false},
	} {
		refuses.Store(test.refuses)
		caller, err := credentials.NewCaller(http.Header{"Authorization": {"Bearer a"}})
		if err != nil {
			t.Fatal(err)
		}
		c := passingThrough(t, fake.URL+test.below).Client(credentials.WithCaller(t.Context(), caller))
		if test.proxied {
			r, err := http.NewRequest(http.MethodGet, "/api/v1/query", nil)
			if err == nil {
				_, _, err = c.Ask(t.Context(), "/proxy/globaldatasources/d", r, 0)
			}
			if err != nil {
				t.Fatal(err)
			}
		} else if _, err := c.List(projects, "", false); (err != nil) != test.refuses {
			t.Fatal(err)
		}
		if got := caller.Refused(); got != test.want {
			t.Errorf("%s: refused: %t", test.name, got)
		}
	}
}

// TestRefusedAfterAWrite: a host makes a call again whose credentials were refused, and must not write twice.
func TestRefusedAfterAWrite(t *testing.T) {
	fake := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"Folder","spec":{}}`)
	})
	caller, err := credentials.NewCaller(http.Header{"Authorization": {"Bearer a"}})
	if err != nil {
		t.Fatal(err)
	}
	c := passingThrough(t, fake.URL).Client(credentials.WithCaller(t.Context(), caller))
	if _, err := c.Create(folder, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.List(projects, "", false); err == nil || caller.Refused() {
		t.Errorf("got %v, refused: %t", err, caller.Refused())
	}
}

// BenchmarkClientOfCaller is what it takes to know a caller and to make the client of their call.
func BenchmarkClientOfCaller(b *testing.B) {
	s := passingThrough(b, "http://127.0.0.1:1")
	headers := http.Header{"Authorization": {"Bearer " + strings.Repeat("x", 500)}}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			caller, err := credentials.NewCaller(headers)
			if err != nil {
				b.Fatal(err)
			}
			if c := s.Client(credentials.WithCaller(context.Background(), caller)); c == nil {
				b.Fatal("no client")
			}
		}
	})
}

// BenchmarkClient is the same where all calls have the identity of the process.
func BenchmarkClient(b *testing.B) {
	s := connect(b, "http://127.0.0.1:1")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if c := s.Client(context.Background()); c == nil {
				b.Fatal("no client")
			}
		}
	})
}

// TestManyCallersTakeBoundedMemory: what is kept for each is let go of, or not kept at all once there is too much of it.
func TestManyCallersTakeBoundedMemory(t *testing.T) {
	const callers, most = 200, 8 << 20
	list := `[{"kind":"GlobalDatasource","metadata":{"name":"d"},"spec":{"x":"` + strings.Repeat("x", 100<<10) + `"}}]`
	s := passingThrough(t, serve(t, status(200, list)).URL)
	for caller := range callers {
		if all, err := s.Client(calling(t, fmt.Sprintf("Bearer %d", caller))).Datasources("", false); err != nil || len(all) != 1 {
			t.Fatal(err)
		}
	}
	if size, lists := s.Kept(); size > most || lists < 10 || lists > most/(100<<10) {
		t.Errorf("%d lists of %d bytes are kept", lists, size)
	}
}
