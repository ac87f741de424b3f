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

// Prompt is an entry of a host's menu: what a person asks for often, as a text that names the tools to use in order.
type Prompt struct {
	Name        string
	Title       string
	Description string
	Arguments   []Argument
	// template is the text, with {names} of arguments in it.
	template string
}

// Argument is what a person fills in.
type Argument struct {
	Name        string
	Description string
	Required    bool
	// isName says that it is the name of a Perses document, which can be completed.
	isName bool
}

//go:embed prompts/*.md
var promptFiles embed.FS

// Prompts returns the prompts. The text of each is the file of its name.
func Prompts() []Prompt {
	var (
		project   = Argument{"project", "Name of the Perses project", true, true}
		dashboard = Argument{"dashboard", "Name of the dashboard", true, true}
	)
	prompts := []Prompt{
		{Name: "build_dashboard", Title: "Build a dashboard", Description: "Build a dashboard for a service from the data that it has.",
			Arguments: []Argument{project, {"service", "Service or job, as its metrics call it", true, false}}},
		{Name: "find_missing_data", Title: "Why does this dashboard show no data?", Description: "Find out why panels are empty, and what mends them.",
			Arguments: []Argument{project, dashboard}},
		{Name: "review_dashboard", Title: "Review a dashboard", Description: "Find what is wrong with a dashboard, or could be better.",
			Arguments: []Argument{project, dashboard}},
		{Name: "migrate_from_grafana", Title: "Bring a dashboard over from Grafana", Description: "Migrate a dashboard of Grafana, and mend what breaks on the way.",
			Arguments: []Argument{project, {"source", "Its JSON, or the name of a file that the server may import", false, false}}},
	}
	for i := range prompts {
		text, err := promptFiles.ReadFile("prompts/" + prompts[i].Name + ".md")
		if err != nil {
			panic(err) // it is part of the program
		}
		prompts[i].template = string(text)
	}
	return prompts
}

// toolName is a tool in the text of a prompt.
var toolName = regexp.MustCompile(`\bperses_[a-z_]+`)

// Tools returns the names of the tools that the prompt is about. Without all of them it leads nowhere.
func (p Prompt) Tools() []string {
	names := toolName.FindAllString(p.template, -1)
	slices.Sort(names)
	return slices.Compact(names)
}

// placeholder is where the value of an argument goes.
var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// Text returns the text for the arguments that a person has filled in. A paragraph about an argument that is empty is left
// out. An error says which argument is wrong.
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
		return fmt.Errorf("%s: there are %s", message, strings.Join(known, ", "))
	}
	return nil
}
