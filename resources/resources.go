// Package resources holds what a host offers a person without a model: the projects of Perses, their dashboards, each document
// of these as it is, guides for the model, and prompts.
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

// documents is the type of the resources that are documents of Perses, or lists of them.
const documents = "application/json"

const (
	projectsURI   = "perses://projects"
	projectURI    = projectsURI + "/{project}"
	dashboardsURI = projectURI + "/dashboards"
	dashboardURI  = dashboardsURI + "/{dashboard}"
)

// Resource is an entry of what a host browses: one address, or with {names} in it a template. No
// two templates may match the same address, because mcp-go picks one of them at random.
type Resource struct {
	URI         string
	Name        string
	Title       string
	Description string
	MIMEType    string
	// Read returns the text of the resource: whole, with its secrets masked, and without the budget that the
	// answers of tools are held to, since a host decides what of it a model sees.
	Read func(c *perses.Client, project, dashboard string) ([]byte, error)
}

// All returns the resources.
func All() []Resource {
	return append([]Resource{
		{projectsURI, "projects", "Perses projects", "The projects of this Perses.", documents,
			func(c *perses.Client, _, _ string) ([]byte, error) {
				return list(c, perses.Ref{Kind: modelv1.KindProject}, func(name string) string { return expand(dashboardsURI, name, "") })
			}},
		{projectURI, "project", "Perses project", "One project, as Perses has it.", documents,
			func(c *perses.Client, project, _ string) ([]byte, error) {
				return read(c, perses.Ref{Kind: modelv1.KindProject, Name: project})
			}},
		{dashboardsURI, "dashboards", "Dashboards of a Perses project", "The dashboards of one project.", documents,
			func(c *perses.Client, project, _ string) ([]byte, error) {
				return list(c, perses.Ref{Kind: modelv1.KindDashboard, Project: project}, func(name string) string { return expand(dashboardURI, project, name) })
			}},
		{dashboardURI, "dashboard", "Perses dashboard", "One dashboard, the whole document as Perses has it.", documents,
			func(c *perses.Client, project, dashboard string) ([]byte, error) {
				return read(c, perses.Ref{Kind: modelv1.KindDashboard, Project: project, Name: dashboard})
			}},
	}, guides()...)
}

// IsTemplate tells whether the address has names in it that are to be filled in.
func (r Resource) IsTemplate() bool { return strings.Contains(r.URI, "{") }

// Arguments are the names in the address of a resource, as the template matched them.
type Arguments struct{ Project, Dashboard string }

// Check refuses names that are none, before anything is asked of Perses.
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

// entry is a document in a list: what tells it apart, the page that shows it to a person, and the resource
// that leads on.
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
	// Of projects the spec is read for their titles; that of dashboards is too large to ask for.
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

// concreteProjects is how many projects have their dashboards listed as resources of their own.
const concreteProjects = 100

// Concrete returns, for the first hundred projects that the caller may see, their dashboards as a resource:
// a host that shows no templates still shows these. Their names differ, since pages of a list go by name.
func Concrete(c *perses.Client) ([]mcp.Resource, error) {
	of := perses.Ref{Kind: modelv1.KindProject}
	projects, err := entriesOf(c, of, func(name string) string { return expand(dashboardsURI, name, "") })
	if err != nil {
		return nil, c.Explain("list", of, err)
	}
	var concrete []mcp.Resource
	for _, p := range projects[:min(len(projects), concreteProjects)] {
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
