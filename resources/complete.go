package resources

import (
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// maxCompletions is the maximum number of values that MCP allows in one answer.
const maxCompletions = 100

// Complete returns the names of projects or dashboards that begin with prefix, for an argument of a template or a prompt. Dashboards
// are those of the given project, which the person has filled in before.
func Complete(c *perses.Client, argument, prefix, project string) (*mcp.Completion, error) {
	var of perses.Ref
	switch argument {
	case "project":
		of = perses.Ref{Kind: modelv1.KindProject}
	case "dashboard":
		if err := perses.CheckName("project", project); err != nil {
			return nil, err
		}
		of = perses.Ref{Kind: modelv1.KindDashboard, Project: project}
	default:
		return &mcp.Completion{}, nil
	}
	names, err := c.Names(of, "")
	if err != nil {
		return nil, c.Explain("list", of, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasPrefix(strings.ToLower(name), strings.ToLower(prefix))
	})
	slices.Sort(names)
	shown := names[:min(len(names), maxCompletions)]
	return &mcp.Completion{Values: shown, Total: len(names), HasMore: len(shown) < len(names)}, nil
}
