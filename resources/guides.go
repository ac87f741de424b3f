package resources

import (
	"embed"

	"github.com/perses/mcp-server/pkg/perses"
)

// markdown is the MIME type of the guides.
const markdown = "text/markdown"

//go:embed guides/*.md
var guideFiles embed.FS

// guides returns the guides that a model can read before it writes dashboards. Each is a Markdown file in guides. A test runs their
// examples. Their names cannot be those of the resources that Concrete returns.
func guides() []Resource {
	var all []Resource
	for _, g := range []struct{ name, title, description string }{
		{"dashboards", "Guide to dashboards", "How to author dashboards: which tool to use when, the document, common mistakes."},
		{"queries", "Guide to queries", "How to write queries that show what you mean, and why a panel has no data."},
		{"sketch", "Guide to sketches", "The short description from which dashboards are built and edited, with examples."},
	} {
		text, err := guideFiles.ReadFile("guides/" + g.name + ".md")
		if err != nil {
			panic(err) // the file is embedded
		}
		all = append(all, Resource{"perses://guides/" + g.name, "guide-" + g.name, g.title, g.description, markdown,
			func(*perses.Client, string, string) ([]byte, error) { return text, nil }})
	}
	return all
}
