package tools_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// found is the answer of a search.
type found struct {
	Items []struct{ Project, Name string }
	Total int
	Next  string
	Hint  string
}

func searched(t *testing.T, host servertest.Host, arguments object) (f found) {
	t.Helper()
	text, failed := host.Call("perses_search_dashboards", arguments)
	if err := json.Unmarshal([]byte(text), &f); failed || err != nil {
		t.Fatal(text)
	}
	return f
}

// TestSearchRespectsPermissions searches as a reader of one of two projects, right after an administrator has searched both. The
// reader finds nothing of the other project, not even in suggestions.
func TestSearchRespectsPermissions(t *testing.T) {
	p := persestest.SharedAuth(t)
	open, shut := persestest.NewProject(t, p), persestest.NewProject(t, p)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	admin := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	const user, password = "search-reader", "lets-me-in"
	for _, document := range []object{
		{"kind": "Dashboard", "metadata": object{"name": "seen", "project": open, "tags": []string{"searched"}}, "spec": object{"duration": "1h"}},
		{"kind": "Dashboard", "metadata": object{"name": "unseen", "project": shut, "tags": []string{"searched", "searched-in-secret"}}, "spec": object{"duration": "1h"}},
		{"kind": "User", "metadata": object{"name": user}, "spec": object{"nativeProvider": object{"password": password}}},
		{"kind": "GlobalRole", "metadata": object{"name": user}, "spec": object{"permissions": []any{object{"actions": []string{"read"}, "scopes": []string{"Project"}}}}},
		{"kind": "GlobalRoleBinding", "metadata": object{"name": user}, "spec": object{"role": user, "subjects": []any{object{"kind": "User", "name": user}}}},
		{"kind": "RoleBinding", "metadata": object{"name": user, "project": open}, "spec": object{"role": "viewer", "subjects": []any{object{"kind": "User", "name": user}}}},
	} {
		if text, failed := admin.Call("perses_apply_resource", object{"resource": document}); failed {
			t.Fatal(text)
		}
	}
	defer func() {
		for _, kind := range []string{"GlobalRoleBinding", "GlobalRole", "User"} {
			admin.Call("perses_delete_resource", object{"kind": kind, "name": user})
		}
	}()
	if token, err = p.Login(t.Context(), user, password); err != nil {
		t.Fatal(err)
	}
	reader := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	if all := searched(t, admin, object{"tag": "searched"}); all.Total != 2 {
		t.Errorf("the administrator found %+v", all)
	}
	if some := searched(t, reader, object{"tag": "searched"}); some.Total != 1 || some.Items[0].Name != "seen" || !strings.Contains(some.Hint, "the caller may not read dashboards there") {
		t.Errorf("the reader found %+v", some)
	}
	if none := searched(t, reader, object{"tag": "searched-in"}); none.Total != 0 || strings.Contains(none.Hint, "secret") {
		t.Errorf("the reader found %+v", none)
	}
	if text, failed := reader.Call("perses_search_dashboards", object{"tag": "searched", "project": shut}); !failed || !strings.Contains(text, "lacks the right") {
		t.Errorf("got %s", text)
	}
}

// TestSearchPages reads all pages of a search. The best matches come first, and each dashboard once.
func TestSearchPages(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{ResultLimit: smallLimit}))
	var want []string
	for i := range 12 {
		name, panels := fmt.Sprintf("kettle-%02d", i), object{}
		if i%2 == 0 { // these have the word in the title of a panel alone
			name = fmt.Sprintf("a-%02d", i)
			panels["p"] = object{"kind": "Panel", "spec": object{"display": object{"name": "Kettle"}, "plugin": object{"kind": "Markdown", "spec": object{"text": "x"}}}}
		}
		want = append(want, name)
		document := object{"metadata": object{"name": name}, "spec": object{"duration": "1h", "panels": panels}}
		if text, failed := host.Call("perses_create_dashboard", object{"project": project, "dashboard": document}); failed {
			t.Fatal(text)
		}
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(b[:1]+a, a[:1]+b) }) // kettle before a
	var got []string
	arguments, pages := object{"query": "kettle", "project": project}, 0
	for ; pages < len(want); pages++ {
		page := searched(t, host, arguments)
		for _, it := range page.Items {
			got = append(got, it.Name)
		}
		if page.Next == "" {
			break
		}
		arguments["cursor"] = page.Next
	}
	if !slices.Equal(got, want) || pages < 2 {
		t.Errorf("%d more pages have %q, want %q", pages, got, want)
	}
}
