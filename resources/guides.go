package resources

import (
	"embed"

	"github.com/perses/mcp-server/pkg/perses"
)

// markdown is the type of the guides.
const markdown = "text/markdown"

//go:embed guides/*.md
var guideFiles embed.FS

// guides returns what a model can read before it writes. Each is the file of its name; their examples are run in a test.
// The names under which hosts list them are no names of projects and their dashboards (see Concrete).
func guides() []Resource {
	var all []Resource
	for _, g := range []struct{ name, title, description string }{
		{"dashboards", "Guide to dashboards", "How to author dashboards: which tool for what, the document, what models get wrong."},
		{"queries", "Guide to queries", "How to write queries that show what they should, and why a panel has no data."},
		{"sketch", "Guide to sketches", "The short form in which dashboards are built and edited, with examples."},
	} {
		text, err := guideFiles.ReadFile("guides/" + g.name + ".md")
		if err != nil {
			panic(err) // it is part of the program
		}
		all = append(all, Resource{"perses://guides/" + g.name, "guide-" + g.name, g.title, g.description, markdown,
			func(*perses.Client, string, string) ([]byte, error) { return text, nil }})
	}
	return all
}
