package server_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelapi "github.com/perses/perses/pkg/model/api"
	"github.com/perses/perses/pkg/model/api/v1/secret"

	"github.com/perses/mcp-server/pkg/certtest"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// The secrets of TestNoSecretIsWritten. They occur in no other text.
const (
	webPassword    = "s3cret-of-the-web-config"
	wrongPassword  = "s3cret-that-is-wrong"
	userPassword   = "s3cret-of-the-user"
	headerSecret   = "s3cret-of-the-datasource"
	secretPassword = "s3cret-in-a-secret"
	bearer         = "s3cret-of-a-caller"
)

// authorizations records the tokens that are sent to Perses.
type authorizations struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen map[string]bool
}

func (a *authorizations) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.seen[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] = true
	a.mu.Unlock()
	return a.next.RoundTrip(r)
}

// The server writes none of its secrets, those of callers, or those in documents to its log, metrics, traces or answers.
func TestNoSecretIsWritten(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	admin, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	user := "user-of-" + project
	document := func(kind, name, spec string) string {
		return fmt.Sprintf(`{"resource":{"kind":%q,"metadata":{"name":%q,"project":%q},"spec":%s}}`, kind, name, project, spec)
	}
	datasource := func(plugin string) string {
		return `{"default":true,"plugin":{"kind":"` + plugin + `","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://u:` + headerSecret + `@127.0.0.1:1","headers":{"Authorization":"Bearer ` + headerSecret + `"}}}}}}`
	}
	withToken, withLogin := at(p.URL), at(p.URL)
	withToken.Authorization = secret.NewBearerToken(admin)
	withLogin.NativeAuth = &modelapi.Auth{Login: user, Password: userPassword}
	wrongLogin := withLogin
	wrongLogin.NativeAuth = &modelapi.Auth{Login: user, Password: wrongPassword}
	type call struct {
		tool, arguments string
		fails           bool
	}
	for _, c := range []struct {
		name  string
		cfg   clientconfig.RestConfigClient
		users string // of the web config file; without any, the server ignores credentials
		calls []call
	}{
		{"a token", withToken, "", []call{
			{"perses_apply_resource", `{"resource":{"kind":"User","metadata":{"name":"` + user + `"},"spec":{"nativeProvider":{"password":"` + userPassword + `"}}}}`, false},
			{"perses_apply_resource", document("Role", "all", `{"permissions":[{"actions":["*"],"scopes":["*"]}]}`), false},
			{"perses_apply_resource", document("RoleBinding", "all", `{"role":"all","subjects":[{"kind":"User","name":"`+user+`"}]}`), false},
			{"perses_get_resource", `{"kind":"User","name":"` + user + `"}`, false},
		}},
		{"a login", withLogin, users(t, "ann", webPassword), []call{
			{"perses_apply_resource", document("Datasource", "data", datasource("PrometheusDatasource")), false},
			{"perses_apply_resource", document("Datasource", "wrong", datasource("PrometheusDatasauce")), true},
			{"perses_apply_resource", document("Secret", "secret", `{"basicAuth":{"username":"u","password":"`+secretPassword+`"}}`), false},
			{"perses_apply_resource", document("Secret", "wrong", `{"basicAuth":{"username":"u","passwort":"`+secretPassword+`"}}`), true},
			{"perses_get_project_datasource_by_name", `{"project":"` + project + `","datasource":"data"}`, false},
			{"perses_get_resource", `{"kind":"Secret","name":"secret","project":"` + project + `"}`, false},
			{"perses_query", `{"query":"up","project":"` + project + `"}`, true},
			{"perses_list_datasources", `{"project":"` + project + `"}`, false},
			{"perses_get_resource", `{"kind":"GlobalSecret","name":"x"}`, true},
			{"perses_apply_resource", document("Dashboard", "d", `{"duration":"1h","panels":{"p":{"kind":"Panel","spec":{"display":{"name":"http://u:`+headerSecret+`@h/"},"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}}}`), false},
			{"perses_run_panel", `{"project":"` + project + `","dashboard":"d","panel":"none"}`, true},
			{"perses_render_panel", `{"project":"` + project + `","dashboard":"d","panel":"none"}`, true},
		}},
		{"a wrong login", wrongLogin, "", []call{{"perses_list_projects", "{}", true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l log
			ca := certtest.NewAuthority(t)
			sent := &authorizations{seen: map[string]bool{}}
			s := watchThrough(t, c.cfg, func(next http.RoundTripper) http.RoundTripper { sent.next = next; return sent }, logTo(&l), webConfig(t, ca, c.users))
			w := serveHTTP(t, s.Server)
			client := trusting(t, ca)
			var written strings.Builder
			post := func(user, password string, m message) string {
				t.Helper()
				response, body, err := w.postTLS(client, user, password, m)
				if err != nil {
					t.Fatal(err)
				}
				written.WriteString(body)
				if err := response.Header.Write(&written); err != nil {
					t.Fatal(err)
				}
				return body
			}
			for _, call := range c.calls {
				inEachEra(t, func(t *testing.T, e era) {
					if text, failed := toolText(t, post("ann", webPassword, e.call("1", call.tool, call.arguments))); failed != call.fails {
						t.Errorf("%s: %s", call.tool, text)
					}
				})
			}
			post("ann", webPassword, eras[0].request("1", "resources/list", "", ""))
			post("ann", wrongPassword, eras[0].call("1", "perses_list_projects", "{}"))
			post("", "", as("Bearer "+bearer, eras[0].call("1", "perses_list_projects", "{}")))
			post("ann", webPassword, message{`{"jsonrpc":"2.0","id":1,"method":`, http.Header{}})
			scraped, err := http.NewRequest(http.MethodGet, strings.Replace(w.url, "http:", "https:", 1)+server.MetricsPath, nil)
			if err != nil {
				t.Fatal(err)
			}
			scraped.SetBasicAuth("ann", webPassword)
			response, err := client.Do(scraped)
			if err != nil {
				t.Fatal(err)
			}
			if err := response.Write(&written); err != nil {
				t.Fatal(err)
			}
			w.stop()
			if err := persestest.Receive(t, "the end of the server", w.ended); err != nil {
				t.Error(err)
			}
			s.flush()
			for kind, part := range map[string]string{"answers": `"result"`, "metrics": "perses_mcp_calls_total{", "log": "msg=call", "traces": "tools/call"} {
				all := map[string]string{"answers": written.String(), "metrics": written.String(), "log": l.String(), "traces": s.collector.Received()}
				if !strings.Contains(all[kind], part) {
					t.Errorf("the %s lack %s", kind, part)
				}
				if found := regexp.MustCompile(`.{0,80}(?:s3cret-|\$2a\$).{0,80}`).FindString(all[kind]); found != "" {
					t.Errorf("the %s contain a secret: %s", kind, found)
				}
				for _, password := range []string{webPassword, wrongPassword} {
					if encoded := base64.StdEncoding.EncodeToString([]byte("ann:" + password)); strings.Contains(all[kind], encoded) {
						t.Errorf("the %s contain credentials of a caller", kind)
					}
				}
				for token := range sent.seen {
					if token != "" && strings.Contains(all[kind], token) {
						t.Errorf("the %s contain the token %s", kind, token)
					}
				}
			}
			if len(sent.seen) == 0 {
				t.Error("no requests to Perses")
			}
		})
	}
}
