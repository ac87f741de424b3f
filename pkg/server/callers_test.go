package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// crowd is a Perses with many users who may each read one project. For example, user u-7 may read project p-7, which has the dashboard
// d-7 with the title mark-7, and the datasource s-7.
type crowd struct {
	*persestest.Perses
	tokens []string
}

// newCrowd creates n users. It writes them to the files of Perses' database, because the API reads the roles of all users again for each
// new user. Only the last user is created with the API, which makes Perses read all of them.
func newCrowd(t *testing.T, n int) *crowd {
	t.Helper()
	dir, err := os.MkdirTemp("", "crowd-") // Perses cannot list files below a path with capital letters, such as t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p, err := persestest.Start(t.Context(), persestest.Options{Auth: true, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	hash, err := bcrypt.GenerateFromPassword([]byte(userPassword), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		for path, document := range map[string]string{
			"projects/p-N":          `{"kind":"Project","metadata":{"name":"p-N"},"spec":{}}`,
			"dashboards/p-N/d-N":    `{"kind":"Dashboard","metadata":{"name":"d-N","project":"p-N"},"spec":{"display":{"name":"mark-N"},"duration":"1h"}}`,
			"datasources/p-N/s-N":   `{"kind":"Datasource","metadata":{"name":"s-N","project":"p-N"},"spec":{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://127.0.0.1:1"}}}}}}`,
			"roles/p-N/viewer":      `{"kind":"Role","metadata":{"name":"viewer","project":"p-N"},"spec":{"permissions":[{"actions":["read"],"scopes":["*"]}]}}`,
			"rolebindings/p-N/view": `{"kind":"RoleBinding","metadata":{"name":"view","project":"p-N"},"spec":{"role":"viewer","subjects":[{"kind":"User","name":"u-N"}]}}`,
			"users/u-N":             `{"kind":"User","metadata":{"name":"u-N"},"spec":{"nativeProvider":{"password":"` + string(hash) + `"}}}`,
		} {
			number := strings.NewReplacer("-N", fmt.Sprintf("-%d", i))
			path = filepath.Join(dir, number.Replace(path)+".json")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(number.Replace(document)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	admin, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	last := `{"resource":{"kind":"User","metadata":{"name":"last"},"spec":{"nativeProvider":{"password":"` + userPassword + `"}}}}`
	w := serveHTTP(t, passingThrough(t, p.URL))
	if text, failed := textOf(t, w.post(t, eras[0].call("1", "perses_apply_resource", last).from("Bearer "+admin))); failed {
		t.Fatal(text)
	}
	c := &crowd{p, make([]string, n)}
	each(n, 8, func(i int) {
		var err error
		if c.tokens[i], err = p.Login(t.Context(), fmt.Sprintf("u-%d", i), userPassword); err != nil {
			t.Error(err)
		}
	})
	return c
}

// each calls do with 0 to n-1, atOnce of them concurrently.
func each(n, atOnce int, do func(i int)) {
	var group sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for i := range n {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			do(i)
		})
	}
	group.Wait()
}

// ofSomebody matches everything in an answer that belongs to one user.
var ofSomebody = regexp.MustCompile(`\b(?:u|p|d|s|mark)-(\d+)\b`)

// Two hundred concurrent callers with different permissions, and some with invalid credentials, see only their own data, in answers and
// in errors, whatever is cached.
func TestManyCallersAtOnce(t *testing.T) {
	const callers, strangers = 200, 20
	c := newCrowd(t, callers)
	var l log
	w := serveHTTP(t, passingThrough(t, c.URL, logTo(&l), func(o *server.Options) { o.MaxCalls, o.MaxCallsPerCaller = callers+strangers, 8 }))
	each(callers+strangers, callers+strangers, func(i int) {
		e := eras[i%len(eras)]
		ask := func(token, tool, arguments string) (string, bool) {
			got, err := w.try(http.MethodPost, server.Endpoint, strings.NewReader(e.call("1", tool, arguments).body), e.call("1", tool, arguments).from("Bearer "+token).headers)
			var said struct {
				Result struct {
					Content []struct{ Text string }
					IsError bool
				}
			}
			if err != nil || got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &said) != nil || len(said.Result.Content) != 1 {
				t.Errorf("caller %d, %s: %v, got %d: %s", i, tool, err, got.status, got.body)
				return "", true
			}
			return said.Result.Content[0].Text, said.Result.IsError
		}
		if i >= callers {
			if text, failed := ask(fmt.Sprintf("stranger-%d", i), "perses_list_projects", "{}"); !failed || !strings.Contains(text, "does not accept the credentials") || ofSomebody.MatchString(text) {
				t.Errorf("stranger %d: %s", i, text)
			}
			return
		}
		own, other := fmt.Sprint(i), fmt.Sprint((i+1)%callers)
		for _, call := range []struct{ tool, arguments, want string }{
			{"perses_get_server_info", `{}`, `"name":"u-` + own + `","may":[{"in":["p-` + own + `"],"do":["read on *"]}]`},
			{"perses_list_projects", `{}`, `"total":1`},
			{"perses_list_dashboards", `{"project":"p-` + own + `"}`, "d-" + own},
			{"perses_search_dashboards", `{"query":"mark"}`, "mark-" + own},
			{"perses_search_dashboards", `{"query":"mark"}`, "mark-" + own}, // from the cache
			{"perses_query", `{"query":"up","project":"p-` + own + `"}`, "s-" + own},
			{"perses_get_dashboard_by_name", `{"project":"p-OTHER","dashboard":"d-OTHER"}`, "missing 'read' permission in 'p-OTHER' project for 'Dashboard' kind"},
			{"perses_query", `{"query":"up","project":"p-OTHER"}`, "p-OTHER"},
		} {
			text, _ := ask(c.tokens[i], call.tool, strings.ReplaceAll(call.arguments, "OTHER", other))
			text = strings.ReplaceAll(text, "p-"+other, "p-OTHER") // named by the caller
			text = strings.ReplaceAll(text, "d-"+other, "d-OTHER")
			if !strings.Contains(text, call.want) {
				t.Errorf("caller %d, %s %s: got %s, want %s in it", i, call.tool, call.arguments, text, call.want)
			}
			for _, found := range ofSomebody.FindAllStringSubmatch(text, -1) {
				if found[1] != own {
					t.Errorf("caller %d, %s %s: got %s of another caller: %s", i, call.tool, call.arguments, found[0], text)
				}
			}
		}
	})
	written := []byte(l.String())
	for i, token := range c.tokens {
		if bytes.Contains(written, []byte(token)) {
			t.Errorf("the token of caller %d is in the log", i)
		}
	}
	if bytes.Contains(written, []byte("stranger-")) || !bytes.Contains(written, []byte("perses_list_projects")) {
		t.Error("the log has the credentials of a stranger, or no calls")
	}
}
