package problem

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/unit"
)

// restatement rewrites lines that match a pattern.
type restatement struct {
	pattern *regexp.Regexp
	rewrite func(groups []string) string
}

// restatements rewrite the messages that typical mistakes cause. The messages come from the types of github.com/perses/spec, from
// internal/api/validate of Perses and from CUE. The patterns are compiled on first use, to keep the start fast.
var restatements = sync.OnceValue(func() []restatement {
	return []restatement{
		{regexp.MustCompile(`^(\S+): field not allowed$`), func(g []string) string { return notAllowed(g[1]) }},
		{regexp.MustCompile(`^(\S*\bdatasource): (?:conflicting values|invalid value) (.*)$`), func(g []string) string {
			return g[1] + `: want an object such as {"kind":"PrometheusDatasource","name":"NAME"}, or a variable as "$name"`
		}},
		{regexp.MustCompile(`^(\S+): conflicting values (.*) and (.*) \(mismatched types (\w+) and (\w+)\)$`), mismatch},
		{regexp.MustCompile(`^(\S+): invalid value (.*) \(out of bound (.*)\)$`), func(g []string) string {
			return fmt.Sprintf("%s: %s is not accepted; it must be %s", g[1], g[2], strings.Replace(g[3], "=~", "text that matches ", 1))
		}},
		{regexp.MustCompile(`^(spec): incomplete value .*directUrl.*$`), func(g []string) string {
			return g[1] + `: neither proxy nor directUrl is set; want proxy: {"kind":"HTTPProxy","spec":{"url":"http://…"}}`
		}},
		{regexp.MustCompile(`^(\S+): incomplete value .*$`), func(g []string) string { return g[1] + " is missing" }},
		{regexp.MustCompile(`^schema not found for plugin  with version unknown$`), func([]string) string {
			return `a plugin names no kind; want "plugin":{"kind":…,"spec":{…}}`
		}},
		{regexp.MustCompile(`^schema not found for plugin (\S+)(?: with version (\S+))?$`), func(g []string) string {
			if g[2] != "" && g[2] != "unknown" {
				return fmt.Sprintf("there is no plugin %s in version %s", g[1], g[2])
			}
			return fmt.Sprintf("there is no plugin %s", g[1])
		}},
		{regexp.MustCompile(`^(?:reference|ref) "(.*)" is (?:pointing to the void|not accepted)$`), func(g []string) string {
			key := g[1][strings.LastIndex(g[1], "/")+1:]
			if g[1] == dashboard.PanelRef+key { // valid except for the key
				return fmt.Sprintf("the $ref %q points to no panel; the key of a panel, there and in spec.panels, can only contain a-z A-Z 0-9 _ -", g[1])
			}
			return fmt.Sprintf("the $ref %q points to no panel; a layout refers to a panel as %q", g[1], dashboard.PanelRef+key)
		}},
		{regexp.MustCompile(`^no panel found for ref "(.*)"$`), func(g []string) string {
			return fmt.Sprintf("a layout refers to the panel %q, but spec.panels has no such key", g[1])
		}},
		{regexp.MustCompile(`^unknown unit ".*" in duration "(.*)"$`), func(g []string) string { return unit.InvalidDuration(g[1]) }},
		{regexp.MustCompile(`^not a valid duration string: "(.*)"$`), func(g []string) string { return unit.InvalidDuration(g[1]) }},
		{regexp.MustCompile(`^unknown layout.kind "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("%q is not a kind of layout; a row of panels is a Grid, with its title in spec.display.title", g[1])
		}},
		{regexp.MustCompile(`^unknown variable.kind "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("%q is not a kind of variable; want ListVariable or TextVariable", g[1])
		}},
		{regexp.MustCompile(`^unknown sort method "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("sort: %q is not accepted; accepted: none, and alphabetical, alphabetical-ci or numerical with -asc or -desc", g[1])
		}},
		{regexp.MustCompile(`^"(.*)" is not a correct name\. .*$`), func(g []string) string {
			return fmt.Sprintf("%q cannot be a name or a key; use only a-z A-Z 0-9 _ . - (a title goes into display.name)", g[1])
		}},
		{regexp.MustCompile(`^circular dependency detected$`), func([]string) string { return cycleFault }},
		{regexp.MustCompile(`^"(.*)" has no associated struct$`), func(g []string) string {
			return fmt.Sprintf("%q is not an action of a permission; accepted: read, create, update, delete, *", g[1])
		}},
		{regexp.MustCompile(`^unknown scope "(.*)" used$`), func(g []string) string { return notScope(g[1]) }},
		{regexp.MustCompile(`^rolebinding subjects cannot be empty$`), func([]string) string { return "spec.subjects is missing; want " + subjects }},
		{regexp.MustCompile(`^invalid kind: "(.*)" for a Subject kind$`), func(g []string) string {
			return fmt.Sprintf("spec.subjects: %q is not a kind of subject; want %s", g[1], subjects)
		}},
		{regexp.MustCompile(`^spec\.role can't be updated$`), func([]string) string {
			return "spec.role cannot be changed in a role binding; delete the binding and create it again"
		}},
		{regexp.MustCompile(`^customAllValue cannot be set .*$`), func([]string) string {
			return "a variable has customAllValue without allowAllValue: true"
		}},
		{regexp.MustCompile(`^you can not use a list of default values .*$`), func([]string) string {
			return "a variable has a list as its defaultValue without allowMultiple: true"
		}},
		{regexp.MustCompile(`^Unmarshal type error: expected=(.*), got=(\w+), field=(.*?), offset=\d+$`), func(g []string) string { return wrongType(g[3], g[2], g[1]) }},
		{regexp.MustCompile(`^json: cannot unmarshal (\w+) into Go struct field (?:\w+\.)?(\S+) of type (\S+)$`), func(g []string) string { return wrongType(g[2], g[1], g[3]) }},
		{regexp.MustCompile(`^json: cannot unmarshal (\w+) into Go value of type (\S+)$`), func(g []string) string { return wrongType("", g[1], g[2]) }},
	}
})

// restate rewrites a line if a restatement matches it.
func restate(line string) string {
	for _, r := range restatements() {
		if groups := r.pattern.FindStringSubmatch(line); groups != nil {
			return r.rewrite(groups)
		}
	}
	return line
}

// notAllowed describes a field that its plugin does not have, with the name that may have been meant.
func notAllowed(path string) string {
	name := path[strings.LastIndex(path, ".")+1:]
	if called := dashboard.FieldByAlias(name); called != "" {
		return fmt.Sprintf("%s is not allowed; the field is called %s", path, called)
	}
	return path + " is not allowed; leave it out, or correct its name"
}

// mismatch describes a value of the wrong type. CUE names two values in any order; the given one is valid JSON.
func mismatch(g []string) string {
	given, got, want := g[2], g[4], g[5]
	if !json.Valid([]byte(given)) && json.Valid([]byte(g[3])) {
		given, got, want = g[3], g[5], g[4]
	}
	return fmt.Sprintf("%s: want %s, got the %s %s", g[1], withArticle(typeOf(want)), typeOf(got), clipped(given))
}

// typeOf returns the JSON name of a CUE type.
func typeOf(cue string) string {
	switch cue {
	case "int", "float":
		return "number"
	case "struct":
		return "object"
	}
	return cue
}

// subjects is an example of the subjects of a role binding.
const subjects = `[{"kind":"User","name":"ann"}]`

// notScope describes an unknown scope of a permission.
func notScope(text string) string {
	var kinds []string
	for kind := range modelv1.PluralKindMap {
		kinds = append(kinds, string(kind))
	}
	slices.Sort(kinds)
	if meant := nearest.Meant(text, kinds); meant != "" {
		return fmt.Sprintf("%q is not a scope of a permission; nearest: %s", text, meant)
	}
	return fmt.Sprintf("%q is not a scope of a permission; want the kind of a document such as Dashboard, or *", text)
}

func clipped(text string) string { return dashboard.Clip(text, 80) }

// wrongType describes a value that does not fit the Go type of its field.
func wrongType(field, got, goType string) string {
	want := "object"
	switch {
	case strings.HasSuffix(field, "duration"), strings.HasSuffix(field, "refreshInterval"), strings.HasSuffix(field, "ttl"):
		want = `text such as "1h"`
	case strings.HasSuffix(field, "subjects"):
		want = "list such as " + subjects
	case strings.HasSuffix(field, "panels"):
		want = `object with each panel under its key, such as {"cpu":{"kind":"Panel","spec":{…}}}`
	case strings.HasSuffix(field, "repeatVariable"):
		want = `object such as {"value":"NAME OF A VARIABLE"}`
	case strings.HasPrefix(goType, "[]"):
		want = "list"
	case strings.HasPrefix(goType, "string"):
		want = "text"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"), strings.HasPrefix(goType, "float"):
		want = "number"
	case goType == "bool":
		want = "true or false"
	}
	if field == "" {
		field = "the document"
	}
	return fmt.Sprintf("%s: want %s, got a JSON %s", field, withArticle(want), got)
}

func withArticle(want string) string {
	switch {
	case want == "true or false":
		return want
	case strings.HasPrefix(want, "object"):
		return "an " + want
	}
	return "a " + want
}
