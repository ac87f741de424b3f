package resources

import (
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
)

// Prompt is an MCP prompt, which a person picks from the menu of a host. Its text names the tools to use, in order.
type Prompt struct {
	Name        string
	Title       string
	Description string
	Arguments   []Argument
	// template is the text with the {names} of arguments in it.
	template string
}

// Argument is a value that a person fills in.
type Argument struct {
	Name        string
	Description string
	Required    bool
	// isName is set for the name of a document in Perses, which can be completed.
	isName bool
}

//go:embed prompts/*.md
var promptFiles embed.FS

// Prompts returns the prompts. Their texts are the files in prompts.
func Prompts() []Prompt {
	var (
		project   = Argument{"project", "Name of the Perses project", true, true}
		dashboard = Argument{"dashboard", "Name of the dashboard", true, true}
	)
	prompts := []Prompt{
		{Name: "build_dashboard", Title: "Build a dashboard", Description: "Build a dashboard for a service from the metrics it exposes.",
			Arguments: []Argument{project, {"service", "Name of the service or job in its metrics", true, false}}},
		{Name: "find_missing_data", Title: "Why does this dashboard show no data?", Description: "Find out why panels are empty, and how to fix them.",
			Arguments: []Argument{project, dashboard}},
		{Name: "review_dashboard", Title: "Review a dashboard", Description: "Find what is wrong with a dashboard and what could be better.",
			Arguments: []Argument{project, dashboard}},
		{Name: "migrate_from_grafana", Title: "Migrate a dashboard from Grafana", Description: "Migrate a Grafana dashboard and fix what breaks on the way.",
			Arguments: []Argument{project, {"source", "The JSON of the dashboard, or the name of a file in the server's import directory", false, false}}},
	}
	for i := range prompts {
		text, err := promptFiles.ReadFile("prompts/" + prompts[i].Name + ".md")
		if err != nil {
			panic(err) // the file is embedded
		}
		prompts[i].template = string(text)
	}
	return prompts
}

// toolName matches the name of a tool in the text of a prompt.
var toolName = regexp.MustCompile(`\bperses_[a-z_]+`)

// Tools returns the names of the tools that the prompt uses. The prompt is only useful if all of them are available.
func (p Prompt) Tools() []string {
	names := toolName.FindAllString(p.template, -1)
	slices.Sort(names)
	return slices.Compact(names)
}

// placeholder matches the place of an argument.
var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// Text returns the text with the values of the arguments. It omits paragraphs about arguments that are empty. The error says which
// argument is missing, unknown or invalid.
func (p Prompt) Text(given map[string]string) (string, error) {
	if err := p.check(given); err != nil {
		return "", err
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(p.template), "\n\n") {
		empty := false
		text := placeholder.ReplaceAllStringFunc(paragraph, func(name string) string {
			value := strings.TrimSpace(given[strings.Trim(name, "{}")])
			empty = empty || value == ""
			return value
		})
		if !empty {
			paragraphs = append(paragraphs, text)
		}
	}
	return strings.Join(paragraphs, "\n\n"), nil
}

func (p Prompt) check(given map[string]string) error {
	var known []string
	for _, a := range p.Arguments {
		known = append(known, a.Name)
		value := strings.TrimSpace(given[a.Name])
		switch {
		case value == "" && a.Required:
			return fmt.Errorf("prompt %s: missing: %s", p.Name, a.Name)
		case value != "" && a.isName:
			if err := perses.CheckName(a.Name, value); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(known, name) {
			continue
		}
		message := fmt.Sprintf("prompt %s: unknown argument %q", p.Name, name)
		if near := nearest.Names(name, known); near != nil {
			return fmt.Errorf("%s: did you mean %s?", message, strings.Join(near, ", "))
		}
		return fmt.Errorf("%s: the arguments are %s", message, strings.Join(known, ", "))
	}
	return nil
}
