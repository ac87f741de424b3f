// Package resources provides the MCP resources and prompts: the lists of projects and dashboards, the documents themselves, guides
// for models, and prompts for people.
package resources

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// documents is the MIME type of documents of Perses and of lists of them.
const documents = "application/json"

const (
	projectsURI   = "perses://projects"
	projectURI    = projectsURI + "/{project}"
	dashboardsURI = projectURI + "/dashboards"
	dashboardURI  = dashboardsURI + "/{dashboard}"
)

// Resource is an MCP resource or, if its URI has {names} in it, a resource template. No two templates may match the same URI, because
// mcp-go picks one of them at random.
type Resource struct {
	URI         string
	Name        string
	Title       string
	Description string
	MIMEType    string
	// Read returns the whole text of the resource with its secrets masked. The result limit of tools does not apply: the host
	// decides how much of it a model sees.
	Read func(c *perses.Client, project, dashboard string) ([]byte, error)
}

// All returns the resources.
func All() []Resource {
	return append([]Resource{
		{projectsURI, "projects", "Perses projects", "The projects of this Perses.", documents,
			func(c *perses.Client, _, _ string) ([]byte, error) {
				return list(c, perses.Ref{Kind: modelv1.KindProject}, func(name string) string { return expand(dashboardsURI, name, "") })
			}},
		{projectURI, "project", "Perses project", "One project: the whole document.", documents,
			func(c *perses.Client, project, _ string) ([]byte, error) {
				return read(c, perses.Ref{Kind: modelv1.KindProject, Name: project})
			}},
		{dashboardsURI, "dashboards", "Dashboards of a Perses project", "The dashboards of one project.", documents,
			func(c *perses.Client, project, _ string) ([]byte, error) {
				return list(c, perses.Ref{Kind: modelv1.KindDashboard, Project: project}, func(name string) string { return expand(dashboardURI, project, name) })
			}},
		{dashboardURI, "dashboard", "Perses dashboard", "One dashboard: the whole document.", documents,
			func(c *perses.Client, project, dashboard string) ([]byte, error) {
				return read(c, perses.Ref{Kind: modelv1.KindDashboard, Project: project, Name: dashboard})
			}},
	}, guides()...)
}

// IsTemplate reports whether the URI is a template.
func (r Resource) IsTemplate() bool { return strings.Contains(r.URI, "{") }

// Arguments are the names that a URI has in the places of its template.
type Arguments struct{ Project, Dashboard string }

// Check returns an error if an argument is not a valid name in Perses. It sends no request.
func (r Resource) Check(a Arguments) error {
	for _, n := range []struct{ what, value string }{{"project", a.Project}, {"dashboard", a.Dashboard}} {
		if strings.Contains(r.URI, "{"+n.what+"}") {
			if err := perses.CheckName(n.what, n.value); err != nil {
				return err
			}
		}
	}
	return nil
}

func expand(template, project, dashboard string) string {
	return strings.NewReplacer("{project}", project, "{dashboard}", dashboard).Replace(template)
}

func read(c *perses.Client, r perses.Ref) ([]byte, error) {
	document, err := c.Get(r)
	if err != nil {
		return nil, c.Explain("get", r, err)
	}
	return mask.Document(document), nil
}

// entry is a document in a list. URI is the resource to read next, URL the page in Perses' UI.
type entry struct {
	Name    string   `json:"name"`
	Title   string   `json:"title,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Version uint64   `json:"version"`
	URI     string   `json:"uri"`
	URL     string   `json:"url"`
}

func list(c *perses.Client, of perses.Ref, next func(name string) string) ([]byte, error) {
	entries, err := entriesOf(c, of, next)
	if err != nil {
		return nil, c.Explain("list", of, err)
	}
	return perses.Marshal(map[string]any{"items": entries, "total": len(entries)}), nil
}

func entriesOf(c *perses.Client, of perses.Ref, next func(name string) string) ([]entry, error) {
	// Projects have their titles in the spec. The specs of dashboards are too large to request.
	listed, err := c.List(of, "", of.Kind != modelv1.KindProject)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(listed))
	for _, raw := range listed {
		var d struct {
			perses.Head
			Spec struct {
				Display struct{ Name string }
			}
		}
		if json.Unmarshal(raw, &d) != nil || d.Metadata.Name == "" {
			continue
		}
		m := d.Metadata
		entries = append(entries, entry{
			Name: m.Name, Title: mask.Text(d.Spec.Display.Name), Tags: masked(m.Tags), Version: m.Version,
			URI: next(m.Name), URL: c.Page(perses.Ref{Kind: of.Kind, Project: of.Project, Name: m.Name}),
		})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

func masked(tags []string) []string {
	for i, tag := range tags {
		tags[i] = mask.Text(tag)
	}
	return tags
}

// maxConcrete is the maximum number of resources that Concrete returns.
const maxConcrete = 100

// Concrete returns a resource that lists the dashboards of each of the first hundred projects that the caller may read. Hosts that
// do not show templates still show these. Their names are unique because the pages of a list are by name.
func Concrete(c *perses.Client) ([]mcp.Resource, error) {
	of := perses.Ref{Kind: modelv1.KindProject}
	projects, err := entriesOf(c, of, func(name string) string { return expand(dashboardsURI, name, "") })
	if err != nil {
		return nil, c.Explain("list", of, err)
	}
	var concrete []mcp.Resource
	for _, p := range projects[:min(len(projects), maxConcrete)] {
		title := p.Title
		if title == "" {
			title = p.Name
		}
		concrete = append(concrete, mcp.NewResource(p.URI, p.Name+"/dashboards",
			mcp.WithResourceTitle("Dashboards of "+title),
			mcp.WithResourceDescription("The dashboards of the Perses project "+p.Name+"."),
			mcp.WithMIMEType(documents)))
	}
	return concrete, nil
}
