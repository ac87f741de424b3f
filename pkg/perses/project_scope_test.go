package perses_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses"
)

// Requests outside of the project scope do not reach Perses, whatever code makes them.
func TestProjectScope(t *testing.T) {
	var asked []string
	fake := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"kind":"Project","metadata":{"name":"in","project":"in"}},{"kind":"Project","metadata":{"name":"out","project":"out"}},{"kind":"Project"}]`)
	})
	s := connect(t, fake.URL+"/base")
	s.Projects = perses.ProjectScope{"in"}
	c := s.Client(t.Context())
	ask := func(proxy, path string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader("query=up"))
		if err == nil {
			_, _, err = c.Ask(t.Context(), proxy, r, 0)
		}
		return err
	}
	create := func(kind perses.Kind, project, document string) error {
		_, err := c.Create(perses.Ref{Kind: kind, Project: project}, []byte(document))
		return err
	}
	get := func(r perses.Ref) error { _, err := c.Get(r); return err }
	for _, inside := range []struct {
		what string
		do   func() error
		want string
	}{
		{"a project", func() error { return get(perses.Ref{Kind: "Project", Name: "in"}) }, "GET /base/api/v1/projects/in"},
		{"a dashboard", func() error { return get(perses.Ref{Kind: "Dashboard", Project: "in", Name: "d"}) }, "GET /base/api/v1/projects/in/dashboards/d"},
		{"what is for all", func() error { return get(perses.Ref{Kind: "GlobalSecret", Name: "s"}) }, "GET /base/api/v1/globalsecrets/s"},
		{"to create a project", func() error { return create("Project", "", `{"metadata":{"name":"in"}}`) }, "POST /base/api/v1/projects"},
		{"to create a folder", func() error { return create("Folder", "in", `{}`) }, "POST /base/api/v1/projects/in/folders"},
		{"to delete a folder", func() error { return c.V1().Folder("in").Delete("f") }, "DELETE /base/api/v1/projects/in/folders/f"},
		{"to validate", func() error { return c.CheckDocument("Dashboard", []byte(`{}`)) }, "POST /base/api/validate/dashboards"},
		{"to ask", func() error { return ask("/proxy/projects/in/datasources/d", "/api/v1/query") }, "POST /base/proxy/projects/in/datasources/d/api/v1/query"},
		{"to ask for all", func() error { return ask("/proxy/globaldatasources/d", "/api/v1/query") }, "POST /base/proxy/globaldatasources/d/api/v1/query"},
	} {
		asked = nil
		if err := inside.do(); errors.As(err, new(*perses.OutOfScopeError)) || !slices.Equal(asked, []string{inside.want}) {
			t.Errorf("%s: %v, asked for %q", inside.what, err, asked)
		}
	}
	asked = nil
	for what, do := range map[string]func() error{
		"a project":               func() error { return get(perses.Ref{Kind: "Project", Name: "out"}) },
		"another case":            func() error { return get(perses.Ref{Kind: "Project", Name: "IN"}) },
		"a name that begins so":   func() error { return get(perses.Ref{Kind: "Project", Name: "in2"}) },
		"a dashboard":             func() error { return get(perses.Ref{Kind: "Dashboard", Project: "out", Name: "d"}) },
		"a list":                  func() error { _, err := c.List(perses.Ref{Kind: "Role", Project: "out"}, "", true); return err },
		"datasources":             func() error { _, err := c.Datasources("out", true); return err },
		"the library":             func() error { _, err := c.Library("out"); return err },
		"to create a project":     func() error { return create("Project", "", `{"metadata":{"name":"out"}}`) },
		"two names":               func() error { return create("Project", "", `{"metadata":{"name":"in"},"METADATA":{"name":"out"}}`) },
		"no name":                 func() error { return create("Project", "", `{}`) },
		"to create a folder":      func() error { return create("Folder", "out", `{}`) },
		"to create in no project": func() error { return create("Folder", "", `{"metadata":{"name":"f","project":"in"}}`) },
		"to create what is for all": func() error {
			return create("GlobalRole", "", `{"metadata":{"name":"r"}}`)
		},
		"to delete a project":       func() error { return c.V1().Project().Delete("out") },
		"to delete what is for all": func() error { return c.V1().GlobalDatasource().Delete("d") },
		"to ask":                    func() error { return ask("/proxy/projects/out/datasources/d", "/api/v1/query") },
		"to ask past it":            func() error { return ask("/proxy/projects/in/datasources/d", "/../../../out/datasources/d") },
		"to ask what is not saved":  func() error { return ask("/proxy/unsaved/datasources", "/api/v1/query") },
	} {
		err := do()
		if !errors.As(err, new(*perses.OutOfScopeError)) || !strings.Contains(err.Error(), "is limited to the projects in (--projects)") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if asked != nil {
		t.Errorf("Perses was asked for %q", asked)
	}
	for _, r := range []perses.Ref{{Kind: "Project"}, {Kind: "Dashboard"}} {
		if names, err := c.Names(r, ""); err != nil || !slices.Equal(names, []string{"in"}) {
			t.Errorf("%s: %q, %v", r, names, err)
		}
	}
	outside := perses.Ref{Kind: "Project", Name: "out"}
	if err := c.Explain("delete", outside, c.V1().Project().Delete("out")); !strings.HasPrefix(err.Error(), `cannot delete Project "out": project "out" is out of reach: `) || strings.Contains(err.Error(), "unknown") {
		t.Errorf("in words: %v", err)
	}
}
