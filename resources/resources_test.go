package resources_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

type object = map[string]any

func connect(t *testing.T, p *persestest.Perses) servertest.Host {
	t.Helper()
	return servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
}

func create(t *testing.T, host servertest.Host, tool string, arguments object) {
	t.Helper()
	if text, failed := host.Call(tool, arguments); failed {
		t.Fatal(text)
	}
}

// fixed is the number of resources that do not depend on Perses.
const fixed = 4

func TestListsOverMCP(t *testing.T) {
	p := persestest.Shared(t)
	host := connect(t, p)
	project := persestest.NewProject(t, p)
	create(t, host, "perses_apply_resource", object{"resource": object{"kind": "Project", "metadata": object{"name": project}, "spec": object{"display": object{"name": "The Shop"}}}})

	templates, err := host.ListResourceTemplates(t.Context(), mcp.ListResourceTemplatesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, r := range templates.ResourceTemplates {
		shown = append(shown, fmt.Sprintf("%s | %s | %s | %s", r.URITemplate.Raw(), r.Name, r.Title, r.MIMEType))
	}
	want := []string{
		"perses://projects/{project}/dashboards/{dashboard} | dashboard | Perses dashboard | application/json",
		"perses://projects/{project}/dashboards | dashboards | Dashboards of a Perses project | application/json",
		"perses://projects/{project} | project | Perses project | application/json",
	}
	if !slices.Equal(shown, want) {
		t.Errorf("got %s", strings.Join(shown, "\n"))
	}

	list, err := host.ListResources(t.Context(), mcp.ListResourcesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	shown = nil
	for _, r := range list.Resources[:fixed] {
		shown = append(shown, fmt.Sprintf("%s | %s | %s | %s", r.URI, r.Name, r.Title, r.MIMEType))
	}
	want = []string{
		"perses://guides/dashboards | guide-dashboards | Guide to dashboards | text/markdown",
		"perses://guides/queries | guide-queries | Guide to queries | text/markdown",
		"perses://guides/sketch | guide-sketch | Guide to sketches | text/markdown",
		"perses://projects | projects | Perses projects | application/json",
	}
	if !slices.Equal(shown, want) {
		t.Errorf("got %s", strings.Join(shown, "\n"))
	}
	names := map[string]bool{}
	var ours mcp.Resource
	for _, r := range list.Resources {
		if names[r.Name] {
			t.Errorf("the name %s stands twice, and pages go by name", r.Name)
		}
		names[r.Name] = true
		if r.URI == "perses://projects/"+project+"/dashboards" {
			ours = r
		}
	}
	if ours.Name != project+"/dashboards" || ours.Title != "Dashboards of The Shop" || ours.MIMEType != "application/json" || !strings.Contains(ours.Description, project) {
		t.Errorf("the dashboards of the project are %+v", ours)
	}
}

// TestURIsLeadToDocuments follows the URIs in resources, as a host would.
func TestURIsLeadToDocuments(t *testing.T) {
	p := persestest.Shared(t)
	host := connect(t, p)
	project := persestest.NewProject(t, p)
	text := strings.Repeat("x", 100_000) // more than the answer of a tool may have
	create(t, host, "perses_create_dashboard", object{"project": project, "dashboard": object{"metadata": object{"name": "d"},
		"spec": object{"duration": "1h", "display": object{"name": "D", "description": text}}}})

	next := func(uri, name string) string {
		t.Helper()
		list, err := host.Read(uri)
		if err != nil {
			t.Fatal(err)
		}
		var content struct {
			Items []struct{ Name, URI, URL string }
			Total int
		}
		if err := json.Unmarshal([]byte(list), &content); err != nil || content.Total != len(content.Items) {
			t.Fatalf("%v in %s", err, list)
		}
		for _, it := range content.Items {
			if it.Name == name && strings.HasPrefix(it.URL, p.URL) {
				return it.URI
			}
		}
		t.Fatalf("%s is not in %s", name, list)
		return ""
	}
	document, err := host.Read(next(next("perses://projects", project), "d"))
	if err != nil || !strings.Contains(document, text) || !json.Valid([]byte(document)) {
		t.Errorf("%v, %d bytes", err, len(document))
	}
}

func TestCompletion(t *testing.T) {
	p := persestest.Shared(t)
	host := connect(t, p)
	project := persestest.NewProject(t, p)
	for i := range 101 {
		create(t, host, "perses_create_dashboard", object{"project": project, "dashboard": object{"metadata": object{"name": fmt.Sprintf("d%03d", i)}, "spec": object{"duration": "1h"}}})
	}
	complete := func(argument, value string, chosen map[string]string) (*mcp.CompleteResult, error) {
		var request mcp.CompleteRequest
		request.Params.Ref = mcp.ResourceReference{Type: "ref/resource", URI: "perses://projects/{project}/dashboards/{dashboard}"}
		request.Params.Argument = mcp.CompleteArgument{Name: argument, Value: value}
		request.Params.Context = mcp.CompleteContext{Arguments: chosen}
		return host.Complete(t.Context(), request)
	}
	in := map[string]string{"project": project}
	for _, c := range []struct {
		argument, value string
		values, total   int
		first           string
	}{
		{"project", strings.ToUpper(project[:len(project)-1]), 1, 1, project},
		{"dashboard", "D01", 10, 10, "d010"},
		{"dashboard", "", 100, 101, "d000"},
		{"dashboard", "none", 0, 0, ""},
		{"other", "", 0, 0, ""},
	} {
		got, err := complete(c.argument, c.value, in)
		if err != nil {
			t.Fatal(err)
		}
		values := got.Completion.Values
		if len(values) != c.values || got.Completion.Total != c.total || got.Completion.HasMore != (c.values < c.total) || c.first != "" && values[0] != c.first {
			t.Errorf("%s %q: got %+v", c.argument, c.value, got.Completion)
		}
	}
	if _, err := complete("dashboard", "", map[string]string{"project": ".."}); err == nil {
		t.Error("a project that is no name was looked up")
	}
}

func TestListWithoutPerses(t *testing.T) {
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{Timeout: time.Second}))
	list, err := host.ListResources(t.Context(), mcp.ListResourcesRequest{})
	if err != nil || len(list.Resources) != fixed {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := host.Read("perses://projects"); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("got %v", err)
	}
}

func TestConcreteIsLimited(t *testing.T) {
	p := persestest.Shared(t)
	for range 101 {
		persestest.NewProject(t, p)
	}
	list, err := connect(t, p).ListResources(t.Context(), mcp.ListResourcesRequest{})
	if err != nil || len(list.Resources) != fixed+100 {
		t.Errorf("got %d resources, %v", len(list.Resources), err)
	}
}
