package server

import (
	"context"
	"slices"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

// addPrompts adds the prompts whose tools are all available.
func (s *Server) addPrompts() {
	for _, p := range resources.Prompts() {
		if slices.ContainsFunc(p.Tools(), func(name string) bool { return !s.hasTool(name) }) {
			continue
		}
		prompt := mcp.Prompt{Name: p.Name, Title: p.Title, Description: p.Description}
		for _, a := range p.Arguments {
			prompt.Arguments = append(prompt.Arguments, mcp.PromptArgument{Name: a.Name, Description: a.Description, Required: a.Required})
		}
		s.mcp.AddPrompt(prompt, s.promptHandler(p))
	}
}

func (s *Server) hasTool(tool string) bool {
	return slices.ContainsFunc(s.Tools, func(t tools.Tool) bool { return t.Name == tool })
}

func (s *Server) promptHandler(p resources.Prompt) mcpserver.PromptHandlerFunc {
	return func(ctx context.Context, request mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return runCall(s, ctx, string(mcp.MethodPromptsGet)+" "+p.Name, func(context.Context) (*mcp.GetPromptResult, error) {
			text, err := p.Text(request.Params.Arguments)
			if err != nil {
				return nil, err
			}
			if project := request.Params.Arguments["project"]; project != "" {
				if err := s.Perses.Projects.Check(project); err != nil {
					return nil, err
				}
			}
			return mcp.NewGetPromptResult(p.Description, []mcp.PromptMessage{mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent(text))}), nil
		})
	}
}

// completer completes the arguments of resource templates and prompts. Arguments of the same name have the same meaning.
type completer struct{ *Server }

func (s completer) CompleteResourceArgument(ctx context.Context, _ string, argument mcp.CompleteArgument, chosen mcp.CompleteContext) (*mcp.Completion, error) {
	return s.complete(ctx, argument, chosen)
}

func (s completer) CompletePromptArgument(ctx context.Context, _ string, argument mcp.CompleteArgument, chosen mcp.CompleteContext) (*mcp.Completion, error) {
	return s.complete(ctx, argument, chosen)
}

func (s completer) complete(ctx context.Context, argument mcp.CompleteArgument, chosen mcp.CompleteContext) (*mcp.Completion, error) {
	return runCall(s.Server, ctx, "completion/complete", func(ctx context.Context) (*mcp.Completion, error) {
		return resources.Complete(s.Perses.Client(ctx), argument.Name, argument.Value, chosen.Arguments["project"])
	})
}
