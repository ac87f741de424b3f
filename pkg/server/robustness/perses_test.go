package robustness_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// The network between the server and Perses fails in different ways. The affected call says so, and whether a write was done. The next
// call succeeds.
func TestNetworkFailures(t *testing.T) {
	t.Parallel()
	perses := persestest.Shared(t)
	project := persestest.NewProject(t, perses)
	between := newProxy(t)
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	const brokeOff, late, outcome = "broke off", "did not answer in time", "Whether Perses has done it is unknown: get it before you try again."
	for i, c := range []struct {
		name  string
		fault fault
		want  string
	}{
		{"it hangs", fault{0, hang, nil}, late},
		{"it hangs in the head", fault{20, hang, nil}, late},
		{"it is reset before the answer", fault{0, reset, nil}, brokeOff},
		{"it is reset in the head", fault{20, reset, nil}, brokeOff},
		{"it is reset in the body", fault{200, reset, nil}, brokeOff},
		{"it is cut before the answer", fault{0, cut, nil}, brokeOff},
		{"it is cut in the status", fault{5, cut, nil}, brokeOff},
		{"it is cut in the body", fault{200, cut, nil}, brokeOff},
		{"it delays for too long", fault{0, nil, never}, late},
		{"a gateway answers", fault{0, badGateway, nil}, "Perses failed on it (status 502 Bad Gateway)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			create := call(1, "perses_create_dashboard", fmt.Sprintf(`{"project":%q,"dashboard":{"metadata":{"name":"d%d"},"spec":{"duration":"1h"}}}`, project, i))
			between.lead(perses.URL, &c.fault)
			p := serve(t, between.url, "--timeout", "1s") // it has no connection yet
			status, text, err := p.post(create)
			if err != nil || status != http.StatusOK || !strings.Contains(text, `"isError":true`) || !strings.Contains(text, c.want) || !strings.Contains(text, outcome) {
				t.Errorf("the write: got %d %s, %v; want %s", status, text, err, c.want)
			}
			between.lead(perses.URL, nil)
			if status, text, err := p.post(create); err != nil || status != http.StatusOK || !strings.Contains(text, `\"effect\":\"created\"`) && !strings.Contains(text, "exists already") {
				t.Errorf("the next: got %d %s, %v", status, text, err)
			}
		})
	}
	// A read that fails once is retried, in whatever way it failed.
	for name, fault := range map[string]fault{
		"it is reset before the answer": {0, reset, nil}, "it is reset in the head": {20, reset, nil}, "it is reset in the body": {200, reset, nil},
		"it is cut before the answer": {0, cut, nil}, "it is cut in the status": {5, cut, nil}, "it is cut in the body": {200, cut, nil},
		"a gateway answers": {0, badGateway, nil},
	} {
		t.Run("once, "+name, func(t *testing.T) {
			between.lead(perses.URL, &fault)
			for len(between.asked) > 0 { // earlier failures
				<-between.asked
			}
			p := serve(t, between.url)
			answers := make(chan string, 1)
			go func() {
				_, text, _ := p.post(call(1, "perses_list_projects", "{}"))
				answers <- text
			}()
			persestest.Receive(t, "the failure", between.asked)
			between.lead(perses.URL, nil)
			if text := persestest.Receive(t, "the answer", answers); !strings.Contains(text, project) {
				t.Errorf("got %s", text)
			}
		})
	}
	t.Run("it delays", func(t *testing.T) {
		soon := make(chan struct{})
		between.lead(perses.URL, &fault{delay: soon})
		p := serve(t, between.url)
		answers := make(chan string, 1)
		go func() {
			_, text, _ := p.post(call(1, "perses_list_projects", "{}"))
			answers <- text
		}()
		close(soon)
		if text := persestest.Receive(t, "the answer", answers); !strings.Contains(text, project) {
			t.Errorf("got %s", text)
		}
	})
}

// An invalid document does not affect the others in a list. Getting it returns the document as Perses has it.
func TestInvalidDocumentsInLists(t *testing.T) {
	documents := []string{
		`{"kind":"K","metadata":{"name":"good","project":"p"},"spec":{}}`,
		`{"kind":"K","metadata":{"name":"no-spec","project":"p"}}`,
		`{"kind":"K","metadata":{"name":"null-spec","project":"p"},"spec":null}`,
		`{"kind":"K","metadata":{"name":"text-spec","project":"p"},"spec":"x"}`,
		`{"kind":"K","metadata":{"name":"list-spec","project":"p"},"spec":[]}`,
		`{"kind":"K","metadata":{"name":"odd-spec","project":"p"},"spec":{"display":1,"permissions":{},"subjects":"x","plugin":[],"kind":{},"default":"x"}}`,
		`{"kind":"K","metadata":{"name":"not a name","project":"p"},"spec":{}}`,
		`{"kind":"K","metadata":{"name":"odd-tags","project":"p","tags":"x"},"spec":{}}`,
		`{"kind":"K","metadata":{"name":"odd-version","project":"p","version":-1},"spec":{}}`,
		`{"kind":1,"metadata":{"name":"odd-kind","project":"p"},"spec":{}}`,
		`{"kind":"K","metadata":null}`, `{}`, `[]`, `"x"`, `null`, `7`,
	}
	kind := "Project"
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, d := range documents {
			name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
			if strings.Contains(d, `"name":"`+name+`"`) {
				_, _ = io.WriteString(w, strings.ReplaceAll(d, `"K"`, `"`+kind+`"`))
				return
			}
		}
		_, _ = io.WriteString(w, strings.ReplaceAll("["+strings.Join(documents, ",")+"]", `"K"`, `"`+kind+`"`))
	}))
	t.Cleanup(odd.Close)
	host := servertest.Connect(t, servertest.New(t, odd.URL, servertest.Options{}))
	for _, kind = range []string{"Project", "Dashboard", "EphemeralDashboard", "Folder", "Datasource", "GlobalDatasource", "Variable", "GlobalVariable",
		"Secret", "GlobalSecret", "Role", "GlobalRole", "RoleBinding", "GlobalRoleBinding", "User", "Dashboard"} {
		arguments := map[string]any{"kind": kind}
		if !strings.HasPrefix(kind, "Global") && kind != "Project" && kind != "User" {
			arguments["project"] = "p"
		}
		text, failed := host.Call("perses_list_resources", arguments)
		for _, name := range []string{"good", "no-spec", "null-spec", "text-spec", "list-spec", "odd-spec"} {
			if failed || !strings.Contains(text, `"name":"`+name+`"`) {
				t.Errorf("%s: the list lacks %s: %s", kind, name, text)
			}
		}
		for _, name := range []string{"good", "text-spec", "odd-spec", "odd-kind"} {
			arguments["name"] = name
			if text, failed := host.Call("perses_get_resource", arguments); failed || !strings.Contains(text, `"name":"`+name+`"`) {
				t.Errorf("%s: got %s for %s", kind, text, name)
			}
		}
	}
	for _, uri := range []string{"perses://projects", "perses://projects/p/dashboards"} {
		if text, err := host.Read(uri); err != nil || !strings.Contains(text, `"name":"good"`) || strings.Contains(text, `"name":""`) {
			t.Errorf("%s: %v in %s", uri, err, text)
		}
	}
}
