package perses

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/unit"
)

// choice is a field whose value is none of those that are accepted.
type choice struct {
	at           int // of its fault among the others
	field, given string
	accepted     []string
}

// maxAccepted is how many accepted values are listed where one is likely to be meant: units are seventy.
const maxAccepted = 12

func (c choice) String() string {
	if strings.HasSuffix(c.field, "unit") { // of which CUE names some alone, those of one of the kinds of formats
		c.accepted = unit.Names()
	}
	said := fmt.Sprintf("%s: %q is not accepted; ", c.field, c.given)
	meant := dashboard.Suggest(c.given, c.accepted)
	switch {
	case meant != "" && len(c.accepted) > maxAccepted:
		return said + fmt.Sprintf("nearest: %q", meant)
	case meant != "":
		return said + fmt.Sprintf("nearest: %q, of %s", meant, strings.Join(c.accepted, ", "))
	}
	return said + "accepted: " + strings.Join(c.accepted, ", ")
}

// conflict is what CUE says, once for each value that would have been accepted, of one that is not:
// `spec.format.unit: conflicting values "decimal" and "Percent"`.
var conflict = regexp.MustCompile(`^(.*): conflicting values (".*") and (".*?")$`)

// ofChoice reads such a line.
func ofChoice(line string) (field, given, accepted string, ok bool) {
	found := conflict.FindStringSubmatch(line)
	if found == nil {
		return "", "", "", false
	}
	return found[1], unquoted(found[3]), unquoted(found[2]), true
}

func unquoted(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return strings.Trim(text, `"`)
}

// restatement is how a line of Perses is said in other words: those of its groups.
type restatement struct {
	pattern *regexp.Regexp
	say     func(group []string) string
}

// restatements are the lines that a document of somebody who knows Perses from hearsay gets, from the types of
// github.com/perses/spec, from internal/api/validate and from CUE. They are compiled when Perses first finds something wrong:
// the start does not wait for them.
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
			if g[1] == dashboard.PanelRef+key { // which Perses would take if the key were one
				return fmt.Sprintf("the $ref %q leads nowhere; only a-z A-Z 0-9 _ - can stand in the key of a panel, there and in spec.panels", g[1])
			}
			return fmt.Sprintf("the $ref %q leads nowhere; a layout refers to a panel as %q", g[1], dashboard.PanelRef+key)
		}},
		{regexp.MustCompile(`^no panel found for ref "(.*)"$`), func(g []string) string {
			return fmt.Sprintf("a layout refers to the panel %q, but spec.panels has no such key", g[1])
		}},
		{regexp.MustCompile(`^unknown unit ".*" in duration "(.*)"$`), func(g []string) string { return unit.InvalidDuration(g[1]) }},
		{regexp.MustCompile(`^not a valid duration string: "(.*)"$`), func(g []string) string { return unit.InvalidDuration(g[1]) }},
		{regexp.MustCompile(`^unknown layout.kind "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("%q is no kind of layout; a row of panels is a Grid, with its title in spec.display.title", g[1])
		}},
		{regexp.MustCompile(`^unknown variable.kind "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("%q is no kind of variable; want ListVariable or TextVariable", g[1])
		}},
		{regexp.MustCompile(`^unknown sort method "(.*)" used$`), func(g []string) string {
			return fmt.Sprintf("sort: %q is not accepted; accepted: none, and alphabetical, alphabetical-ci or numerical with -asc or -desc", g[1])
		}},
		{regexp.MustCompile(`^"(.*)" is not a correct name\. .*$`), func(g []string) string {
			return fmt.Sprintf("%q cannot be a name or a key; only a-z A-Z 0-9 _ . - can stand in one (a title goes into display.name)", g[1])
		}},
		{regexp.MustCompile(`^circular dependency detected$`), func([]string) string { return cycleFault }},
		{regexp.MustCompile(`^"(.*)" has no associated struct$`), func(g []string) string {
			return fmt.Sprintf("%q is no action of a permission; there are: read, create, update, delete, *", g[1])
		}},
		{regexp.MustCompile(`^unknown scope "(.*)" used$`), func(g []string) string { return notScope(g[1]) }},
		{regexp.MustCompile(`^rolebinding subjects cannot be empty$`), func([]string) string { return "spec.subjects is missing; want " + subjects }},
		{regexp.MustCompile(`^invalid kind: "(.*)" for a Subject kind$`), func(g []string) string {
			return fmt.Sprintf("spec.subjects: %q is no kind of subject; want %s", g[1], subjects)
		}},
		{regexp.MustCompile(`^spec\.role can't be updated$`), func([]string) string {
			return "spec.role cannot be changed in a binding; delete it and create it anew"
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

// restate says a line in other words, if it is one of those that have some.
func restate(line string) string {
	for _, r := range restatements() {
		if groups := r.pattern.FindStringSubmatch(line); groups != nil {
			return r.say(groups)
		}
	}
	return line
}

// notAllowed says of a field that its plugin does not have what it may have been meant for.
func notAllowed(path string) string {
	name := path[strings.LastIndex(path, ".")+1:]
	if called := dashboard.FieldByAlias(name); called != "" {
		return fmt.Sprintf("%s is not allowed; the field is called %s", path, called)
	}
	return path + " is not allowed; leave it out, or correct its name"
}

// mismatch says which type a field wants. Of the two values, what was given is the one that is JSON.
func mismatch(g []string) string {
	given, got, want := g[2], g[4], g[5]
	if !json.Valid([]byte(given)) && json.Valid([]byte(g[3])) {
		given, got, want = g[3], g[5], g[4]
	}
	return fmt.Sprintf("%s: want %s, got the %s %s", g[1], withArticle(typeOf(want)), typeOf(got), clipped(given))
}

// typeOf returns what JSON calls a type of CUE.
func typeOf(cue string) string {
	switch cue {
	case "int", "float":
		return "number"
	case "struct":
		return "object"
	}
	return cue
}

// subjects is an example of those of a binding.
const subjects = `[{"kind":"User","name":"ann"}]`

// notScope says which scope of a permission was meant, or what they are: the kinds of documents, and all of them.
func notScope(text string) string {
	var kinds []string
	for kind := range modelv1.PluralKindMap {
		kinds = append(kinds, string(kind))
	}
	slices.Sort(kinds)
	if meant := nearest.Meant(text, kinds); meant != "" {
		return fmt.Sprintf("%q is no scope of a permission; nearest: %s", text, meant)
	}
	return fmt.Sprintf("%q is no scope of a permission; want the kind of a document such as Dashboard, or *", text)
}

func clipped(text string) string { return dashboard.Clip(text, 80) }

// wrongType says which type of JSON a field wants that is of a type of Go.
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
