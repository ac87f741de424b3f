package tools

import (
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// Projects returns the projects that the arguments of a call name. The server checks them against its project scope before the
// tool runs, because a tool may read global documents before it reads those of the project.
func (t Tool) Projects(args Args) (projects []string) {
	add := func(name string) {
		if name != "" {
			projects = append(projects, name)
		}
	}
	for _, p := range t.Params {
		switch {
		case p.Type == Name && (p.Name == project.Name || strings.HasSuffix(p.Name, "_"+project.Name)):
			add(args.Text(p.Name))
		case p.Type == Document && args.Has(p.Name):
			head, err := perses.HeadOf(args.Document(p.Name))
			if err != nil {
				continue // the tool reports it
			}
			if add(head.Metadata.Project); head.Kind == modelv1.KindProject {
				add(head.Metadata.Name)
			}
		}
	}
	if args.Text("kind") == string(modelv1.KindProject) {
		add(args.Text("name"))
	}
	return projects
}
