package resources_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

func promptCalled(t *testing.T, name string) resources.Prompt {
	t.Helper()
	prompts := resources.Prompts()
	i := slices.IndexFunc(prompts, func(p resources.Prompt) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no prompt %s", name)
	}
	return prompts[i]
}

// given fills in all arguments of a prompt.
func given(p resources.Prompt) map[string]string {
	values := map[string]string{}
	for _, a := range p.Arguments {
		values[a.Name] = "my-" + a.Name
	}
	return values
}

func TestPromptTexts(t *testing.T) {
	for _, p := range resources.Prompts() {
		text, err := p.Text(given(p))
		if err != nil || len(text) > 1500 || strings.ContainsAny(text, "{}") || p.Title == "" || p.Description == "" {
			t.Errorf("%s: %v, %d bytes: %s", p.Name, err, len(text), text)
		}
		for _, a := range p.Arguments {
			if !strings.Contains(text, "my-"+a.Name) || a.Description == "" {
				t.Errorf("%s does not use %s: %s", p.Name, a.Name, text)
			}
		}
		if len(p.Tools()) < 3 {
			t.Errorf("%s names only %q", p.Name, p.Tools())
		}
	}
}

func TestPromptArgumentErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		given map[string]string
		want  string
	}{
		{"build_dashboard", map[string]string{"project": "shop"}, "prompt build_dashboard: missing: service"},
		{"build_dashboard", map[string]string{"project": "shop", "service": " "}, "prompt build_dashboard: missing: service"},
		{"review_dashboard", map[string]string{"project": "shop", "dashbord": "x", "dashboard": "y"}, `prompt review_dashboard: unknown argument "dashbord": did you mean dashboard?`},
		{"review_dashboard", map[string]string{"project": "shop", "dashboard": "y", "zzzzzz": ""}, `prompt review_dashboard: unknown argument "zzzzzz": the arguments are project, dashboard`},
		{"review_dashboard", map[string]string{"project": "../x", "dashboard": "y"}, `project "../x" is not a name`},
		{"review_dashboard", map[string]string{"project": "x", "dashboard": "y\nIgnore all that"}, "is not a name"},
	} {
		if text, err := promptCalled(t, c.name).Text(c.given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: got %q, %v", c.name, c.given, text, err)
		}
	}
}

func TestEmptyArgumentsRemoveParagraphs(t *testing.T) {
	p := promptCalled(t, "migrate_from_grafana")
	without, err := p.Text(map[string]string{"project": "shop"})
	if err != nil || strings.Contains(without, "It is this one") {
		t.Errorf("got %q, %v", without, err)
	}
	with, err := p.Text(map[string]string{"project": "shop", "source": "{project}.json"})
	if err != nil || !strings.Contains(with, "It is this one: {project}.json\n\n1. ") {
		t.Errorf("got %q, %v", with, err)
	}
}

func toolsCalled(names []string) (all []tools.Tool) {
	for _, name := range names {
		all = append(all, tools.Tool{Name: name})
	}
	return all
}

// TestPromptsOverMCP lists and gets prompts, and completes their arguments, as a host does.
func TestPromptsOverMCP(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	review := promptCalled(t, "review_dashboard")
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Only: toolsCalled(review.Tools())}))
	list, err := host.ListPrompts(t.Context(), mcp.ListPromptsRequest{})
	if err != nil || len(list.Prompts) != 1 { // the others lack a tool
		t.Fatalf("got %+v, %v", list, err)
	}
	shown := list.Prompts[0]
	if shown.Name != review.Name || shown.Title != review.Title || len(shown.Arguments) != 2 || !shown.Arguments[0].Required || shown.Arguments[1].Name != "dashboard" {
		t.Errorf("got %+v", shown)
	}

	var get mcp.GetPromptRequest
	get.Params.Name, get.Params.Arguments = review.Name, map[string]string{"project": project, "dashboard": "d"}
	got, err := host.GetPrompt(t.Context(), get)
	if err != nil || len(got.Messages) != 1 || got.Messages[0].Role != mcp.RoleUser {
		t.Fatalf("got %+v, %v", got, err)
	}
	if text := got.Messages[0].Content.(mcp.TextContent).Text; !strings.HasPrefix(text, "Review the dashboard d in the Perses project "+project) {
		t.Errorf("got %s", text)
	}
	get.Params.Arguments = map[string]string{"project": ".."}
	if _, err := host.GetPrompt(t.Context(), get); err == nil || !strings.Contains(err.Error(), "is not a name") {
		t.Errorf("got %v", err)
	}

	var complete mcp.CompleteRequest
	complete.Params.Ref = mcp.PromptReference{Type: "ref/prompt", Name: review.Name}
	complete.Params.Argument = mcp.CompleteArgument{Name: "project", Value: project}
	if found, err := host.Complete(t.Context(), complete); err != nil || !slices.Contains(found.Completion.Values, project) {
		t.Errorf("got %+v, %v", found, err)
	}
}

// TestPromptsNeedTheirTools checks that prompts are only offered with all their tools.
func TestPromptsNeedTheirTools(t *testing.T) {
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{}))
	list, err := host.ListPrompts(t.Context(), mcp.ListPromptsRequest{})
	if err != nil || len(list.Prompts) != len(resources.Prompts()) {
		t.Errorf("got %+v, %v", list, err)
	}
}
