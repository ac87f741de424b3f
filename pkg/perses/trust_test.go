package perses_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
)

// TestWhoseTokenTravelsWhere asks datasources through the proxy of a real Perses and looks at what arrives.
func TestWhoseTokenTravelsWhere(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan string, 1)
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.Header.Get("Authorization")
		status(200, `{}`)(w, r)
	}))
	t.Cleanup(source.Close)

	as := func(trust perses.Trust) *perses.Client {
		s, err := perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL(p.URL), Authorization: secret.NewBearerToken(token)}, trust)
		if err != nil {
			t.Fatal(err)
		}
		return s.Client(t.Context())
	}
	admin := as(nil)
	_, err = admin.V1().Secret(project).Create(&modelv1.Secret{Kind: modelv1.KindSecret, Metadata: *modelv1.NewProjectMetadata(project, "login"),
		Spec: modelv1.SecretSpec{BasicAuth: &secret.BasicAuth{Username: "u", Password: "p"}}})
	if err != nil {
		t.Fatal(err)
	}
	specOf := func(secretName string) json.RawMessage {
		return perses.Marshal(map[string]any{"default": false, "plugin": map[string]any{"kind": "PrometheusDatasource", "spec": map[string]any{
			"proxy": map[string]any{"kind": "HTTPProxy", "spec": map[string]any{"url": source.URL, "secret": secretName}}}}})
	}
	for name, secretName := range map[string]string{"plain": "", "own-login": "login"} {
		var d modelv1.Datasource
		document := perses.Marshal(map[string]any{"kind": "Datasource", "metadata": map[string]any{"name": name, "project": project}, "spec": specOf(secretName)})
		if err := json.Unmarshal(document, &d); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.V1().Datasource(project).Create(&d); err != nil {
			t.Fatal(err)
		}
	}
	plain := perses.Datasource{Scope: perses.ScopeProject, Project: project, Name: "plain", Spec: specOf("")}
	ownLogin := perses.Datasource{Scope: perses.ScopeProject, Project: project, Name: "own-login", Spec: specOf("login")}
	for _, c := range []struct {
		name   string
		trust  perses.Trust
		of     perses.Datasource
		arrive string // the Authorization that the datasource gets; "" if it must not be asked
	}{
		{"its scope is trusted", perses.Trust{"global", "project"}, plain, "Bearer " + token},
		{"its origin is trusted", perses.Trust{source.URL}, plain, "Bearer " + token},
		{"only other scopes are trusted", perses.Trust{"global", "local"}, plain, ""},
		{"only another origin is trusted", perses.Trust{"http://prom.example"}, plain, ""},
		{"nothing is trusted", nil, plain, ""},
		{"its scope is trusted, and its secret replaces the token", perses.Trust{"project"}, ownLogin, "Basic dTpw"},
		{"nothing is trusted, though its secret replaces the token", nil, ownLogin, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := as(c.trust)
			path, err := client.Proxy(c.of)
			if c.arrive == "" {
				if err == nil || !strings.Contains(err.Error(), "--trusted-datasources="+strings.Join(c.trust, ",")) {
					t.Errorf("got %q, %v, want a refusal that names the setting", path, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := client.RESTClient().Get().APIPrefix(path).APIVersion("api/v1/labels").Do().Error(); err != nil {
				t.Fatal(err)
			}
			if got := <-arrived; got != c.arrive {
				t.Errorf("the datasource got %q, want %q", got, c.arrive)
			}
		})
	}
}

func TestWhatTheProxyCannotReach(t *testing.T) {
	anonymous := connect(t, "http://perses.example", func(c *clientconfig.RestConfigClient) { c.Authorization = nil }).Client(t.Context())
	spec := json.RawMessage(`{"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://prom.example"}}}}}`)
	local := perses.Datasource{Scope: perses.ScopeLocal, Project: "p", Dashboard: "d", Name: "n", Spec: spec}
	if path, err := anonymous.Proxy(local); err != nil || path != "/proxy/projects/p/dashboards/d/datasources/n" {
		t.Errorf("without credentials: got %q, %v", path, err)
	}
	for want, d := range map[string]perses.Datasource{
		"directUrl":             {Scope: perses.ScopeGlobal, Name: "n", Spec: json.RawMessage(`{"plugin":{"spec":{"directUrl":"http://prom.example"}}}`)},
		`datasource ".."`:       {Scope: perses.ScopeGlobal, Name: "..", Spec: spec},
		`project "../x"`:        {Scope: perses.ScopeProject, Project: "../x", Name: "n", Spec: spec},
		`dashboard ""`:          {Scope: perses.ScopeLocal, Project: "p", Name: "n", Spec: spec},
		`unknown scope "other"`: {Scope: "other", Project: "p", Dashboard: "d", Name: "n", Spec: spec},
	} {
		if path, err := anonymous.Proxy(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, %v, want a refusal with %q", path, err, want)
		}
	}
}
