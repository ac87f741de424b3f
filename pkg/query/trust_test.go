package query_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/query"
)

// connect makes the way to a Perses, with the identity of a token unless that is empty.
func connect(t *testing.T, url, token string, trust ...string) *perses.Server {
	t.Helper()
	cfg := clientconfig.RestConfigClient{URL: common.MustParseURL(url)}
	if token != "" {
		cfg.Authorization = secret.NewBearerToken(token)
	}
	s, err := perses.Connect(cfg, trust)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ear is a datasource that notes the credentials which arrive at it.
type ear struct {
	*httptest.Server
	mu    sync.Mutex
	heard []string
}

func newEar(t *testing.T, answer http.HandlerFunc) *ear {
	t.Helper()
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.heard = append(e.heard, r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		e.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

// hears returns what has arrived since the last call.
func (e *ear) hears() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := strings.Join(e.heard, ", ")
	e.heard = nil
	return heard
}

// TestWhoHearsTheToken asks datasources of all scopes through a real Perses with logins, and looks at what arrives there.
func TestWhoHearsTheToken(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	empty := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[]}}`))
	}
	source := newEar(t, empty)
	elsewhere := newEar(t, empty)
	moved := newEar(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})

	admin := connect(t, p.URL, token).Client(t.Context())
	if _, err := admin.V1().Secret(project).Create(&modelv1.Secret{Kind: modelv1.KindSecret, Metadata: *modelv1.NewProjectMetadata(project, "login"),
		Spec: modelv1.SecretSpec{BasicAuth: &secret.BasicAuth{Username: "u", Password: "p"}}}); err != nil {
		t.Fatal(err)
	}
	withSecret := func(address string) object {
		return object{"plugin": object{"kind": query.Prometheus, "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": address, "secret": "login"}}}}}
	}
	for name, spec := range map[string]object{
		"plain": spec(query.Prometheus, source.URL, false, nil), "moved": spec(query.Prometheus, moved.URL, false, nil), "own-login": withSecret(source.URL),
	} {
		var d modelv1.Datasource
		if err := json.Unmarshal(perses.Marshal(object{"kind": "Datasource", "metadata": object{"name": name, "project": project}, "spec": spec}), &d); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.V1().Datasource(project).Create(&d); err != nil {
			t.Fatal(err)
		}
	}
	local := map[string]json.RawMessage{"local": perses.Marshal(spec(query.Prometheus, source.URL, true, nil)), "local-login": perses.Marshal(withSecret(source.URL))}
	var d modelv1.Dashboard
	if err := json.Unmarshal(perses.Marshal(object{"kind": "Dashboard", "metadata": object{"name": "d", "project": project}, "spec": object{"duration": "1h", "datasources": local}}), &d); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.V1().Dashboard(project).Create(&d); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, datasource string
		trust            []string
		hears            string // of the datasource; "" if it must not be asked
		refused          string
	}{
		{"a project's, as is usual", "plain", []string{"global", "project"}, "Bearer " + token, ""},
		{"in a dashboard, as is usual", "local", []string{"global", "project"}, "", "--trusted-datasources=global,project"},
		{"the default of a dashboard", "", []string{"global", "project"}, "", "--trusted-datasources=global,project"},
		{"in a dashboard, trusted", "local", []string{"local"}, "Bearer " + token, ""},
		{"in a dashboard, its origin trusted", "local", []string{source.URL}, "Bearer " + token, ""},
		// Whoever may write the secret could take the credentials out of it between the check and the request.
		{"in a dashboard, with a secret", "local-login", []string{"global", "project"}, "", "Use a datasource of the project instead"},
		{"in a dashboard, trusted, with a secret", "local-login", []string{"local"}, "Basic dTpw", ""},
		{"a project's, not trusted", "plain", []string{"global"}, "", "--trusted-datasources=global"},
		{"a project's, another origin trusted", "plain", []string{"http://prom.example"}, "", "--trusted-datasources=http://prom.example"},
		{"a project's, not trusted, with a secret", "own-login", []string{"global"}, "", "--trusted-datasources=global"},
		{"a project's, with a secret", "own-login", []string{"project"}, "Basic dTpw", ""},
		{"one that redirects", "moved", []string{"project"}, "", "it redirects to " + elsewhere.URL},
	} {
		server := connect(t, p.URL, token, c.trust...)
		for range 2 { // the second time from what was looked up before
			found, err := query.Find(server.Client(t.Context()), query.Selector{Kind: query.Prometheus, Name: c.datasource, Project: project, Dashboard: "d", Local: local})
			if err == nil {
				_, err = found.Instant(t.Context(), "up", hour.End)
			}
			if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
				t.Errorf("%s: got error %v, want %q", c.name, err, c.refused)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("%s: the token is in %v", c.name, err)
			}
			if got := source.hears(); got != c.hears {
				t.Errorf("%s: the datasource heard %q, want %q", c.name, got, c.hears)
			}
		}
	}
	if got := elsewhere.hears(); got != "" {
		t.Errorf("what was redirected to heard %q", got)
	}
}

// TestOriginIsComparedInEachCall moves a datasource whose origin is trusted to another address: the next call does not ask it,
// although the list of datasources that the last call has read is seconds old.
func TestOriginIsComparedInEachCall(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	empty := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"vector","result":[]}}`))
	}
	trusted, other := newEar(t, empty), newEar(t, empty)
	admin := connect(t, p.URL, token).Client(t.Context())
	at := func(address string) *modelv1.Datasource {
		var d modelv1.Datasource
		if err := json.Unmarshal(perses.Marshal(object{"kind": "Datasource", "metadata": object{"name": "moving", "project": project}, "spec": spec(query.Prometheus, address, false, nil)}), &d); err != nil {
			t.Fatal(err)
		}
		return &d
	}
	if _, err := admin.V1().Datasource(project).Create(at(trusted.URL)); err != nil {
		t.Fatal(err)
	}
	server := connect(t, p.URL, token, "global", trusted.URL)
	ask := func() error {
		found, err := query.Find(server.Client(t.Context()), query.Selector{Kind: query.Prometheus, Name: "moving", Project: project})
		if err == nil {
			_, err = found.Instant(t.Context(), "up", hour.End)
		}
		return err
	}
	if err := ask(); err != nil || trusted.hears() != "Bearer "+token {
		t.Fatalf("the trusted origin was not asked: %v", err)
	}
	if _, err := admin.V1().Datasource(project).Update(at(other.URL)); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err == nil || !strings.Contains(err.Error(), "--trusted-datasources=global,"+trusted.URL) {
		t.Errorf("got %v, want a refusal", err)
	}
	if got := other.hears(); got != "" {
		t.Errorf("the other address heard %q", got)
	}
}
