package resources

import (
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// maxCompletions is the most that MCP allows in one answer.
const maxCompletions = 100

// Complete returns the names that an argument of a template or a prompt can be completed to: those of projects, or of
// the dashboards in the project that was chosen before.
func Complete(c *perses.Client, argument, begun, project string) (*mcp.Completion, error) {
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
		return !strings.HasPrefix(strings.ToLower(name), strings.ToLower(begun))
	})
	slices.Sort(names)
	shown := names[:min(len(names), maxCompletions)]
	return &mcp.Completion{Values: shown, Total: len(names), HasMore: len(shown) < len(names)}, nil
}
