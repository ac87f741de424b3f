package docs_test

import (
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

type object = map[string]any

// TestRoles applies the roles of the operators' page and checks that they are enough for what the page says, and no more.
func TestRoles(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	admin := hostAs(t, p, persestest.AdminName, persestest.AdminPassword)
	must := func(host servertest.Host, tool string, arguments object) {
		t.Helper()
		if text, failed := host.Call(tool, arguments); failed {
			t.Errorf("%s: %s", tool, text)
		}
	}
	must(admin, "perses_apply_resource", object{"resource": object{"kind": "User", "metadata": object{"name": "assistant"},
		"spec": object{"nativeProvider": object{"password": "password"}}}})
	must(admin, "perses_apply_resource", object{"resource": object{"kind": "GlobalDatasource", "metadata": object{"name": "for-roles"},
		"spec": persestest.SharedPrometheus(t).Datasource()}})
	documents := roles(t, project)
	for _, d := range documents {
		must(admin, "perses_apply_resource", object{"resource": d})
	}
	defer func() {
		must(admin, "perses_delete_resource", object{"kind": "GlobalRoleBinding", "name": "assistant"})
		must(admin, "perses_delete_resource", object{"kind": "GlobalRole", "name": "assistant"})
		must(admin, "perses_delete_resource", object{"kind": "User", "name": "assistant"})
		must(admin, "perses_delete_resource", object{"kind": "GlobalDatasource", "name": "for-roles"})
	}()

	editor := hostAs(t, p, "assistant", "password")
	board := object{"project": project, "dashboard": "board"}
	sketch := object{"rows": []any{object{"panels": []any{object{"title": "Up", "query": "up"}}}}}
	must(editor, "perses_build_dashboard", object{"project": project, "name": "board", "sketch": sketch})
	must(editor, "perses_edit_dashboard", object{"project": project, "dashboard": "board", "edits": []any{object{"op": "set", "add_tags": []string{"x"}}}})

	// A viewer, in the place of an editor.
	binding := documents[slices.IndexFunc(documents, func(d object) bool { return d["kind"] == "RoleBinding" })]
	must(admin, "perses_delete_resource", object{"kind": "RoleBinding", "project": project, "name": "assistant"})
	binding["spec"].(object)["role"] = "viewer"
	must(admin, "perses_apply_resource", object{"resource": binding})
	viewer := hostAs(t, p, "assistant", "password")
	must(viewer, "perses_list_projects", nil)
	must(viewer, "perses_search_dashboards", object{"query": "board"})
	must(viewer, "perses_get_dashboard_by_name", board)
	must(viewer, "perses_run_panel", board)
	must(viewer, "perses_render_dashboard", board)
	must(viewer, "perses_check_dashboard", board)
	must(viewer, "perses_query", object{"query": "up", "datasource": "for-roles"})
	if text, failed := viewer.Call("perses_edit_dashboard", object{"project": project, "dashboard": "board", "edits": []any{object{"op": "set", "title": "x"}}}); !failed {
		t.Errorf("a viewer could edit: %s", text)
	}
}

// roles returns the documents of role.yaml, with the project of the test.
func roles(t *testing.T, project string) []object {
	t.Helper()
	for _, b := range readPage(t, "docs/operators.md").blocks("yaml") {
		if strings.HasPrefix(b.text, "# role.yaml\n") {
			var documents []object
			if err := yaml.Unmarshal([]byte(strings.ReplaceAll(b.text, "project: shop", "project: "+project)), &documents); err != nil {
				t.Fatal(err)
			}
			return documents
		}
	}
	t.Fatal("docs/operators.md has no role.yaml")
	return nil
}

// hostAs connects a host to a server with the identity of a user.
func hostAs(t *testing.T, p *persestest.Perses, user, password string) servertest.Host {
	t.Helper()
	token, err := p.Login(t.Context(), user, password)
	if err != nil {
		t.Fatal(err)
	}
	return servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
}
