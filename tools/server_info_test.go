package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestServerInfoWithManyRights checks that rights which do not fit are counted, and that rights in all projects are not repeated for
// each project.
func TestServerInfoWithManyRights(t *testing.T) {
	const projects = 3000
	permission := func(action, scope string) object {
		return object{"actions": []string{action}, "scopes": []string{scope}}
	}
	permissions := object{"*": []object{permission("read", "*")}}
	for i := range projects {
		permissions[fmt.Sprintf("project-%04d", i)] = []object{permission("read", "*"), permission("create", fmt.Sprintf("Kind%d", i))}
	}
	p := answering(t, map[string]any{
		"/api/v1/health":      object{"version": "9.9.9"},
		"/api/config":         object{"security": object{"enable_auth": true}},
		"/api/v1/user/whoami": object{"metadata": object{"name": "of:k8s ä/%"}},
		"/api/v1/users/of:k8s%20%C3%A4%2F%25/permissions": permissions, // decoded once, as Perses' router does
	})
	text, failed := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: "x"})).Call("perses_get_server_info", object{})
	var info struct {
		Caller struct {
			May  []struct{ In, Do []string }
			Note string
		}
	}
	if err := json.Unmarshal([]byte(text), &info); err != nil || failed {
		t.Fatalf("%v: %.500s", err, text)
	}
	shown := 0
	for _, m := range info.Caller.May[1:] {
		shown += len(m.In)
		if strings.Join(m.Do, " ") == "" || strings.Contains(strings.Join(m.Do, " "), "read") {
			t.Errorf("got %v", m)
		}
	}
	if want := fmt.Sprintf("the rights in %d more projects do not fit", projects-shown); shown == 0 || !strings.Contains(info.Caller.Note, want) || len(text) > 40_000 {
		t.Errorf("%d bytes, %d projects, note %q", len(text), shown, info.Caller.Note)
	}
}
