package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/variable"
)

// Value is what a variable stands for: one text, or a list of them if the variable can have several.
type Value struct {
	Values []string
	Many   bool // a list, even if it has one element or none; otherwise there is one element, or none for no value
}

// Single returns one text as a value.
func Single(text string) Value { return Value{Values: []string{text}} }

// Values are the values of variables, by name.
type Values map[string]Value

// named is a variable that a text names, and the format in which it asks for its value.
type named struct{ name, format string }

// references returns the variables of a text, in the order in which they first come. Of several formats of the same
// variable the last one counts, and an unknown one counts as none.
func references(text string) []named {
	var found []named
	for r := range variable.References(text) {
		n := named{r.Name, strings.ToLower(r.Format)}
		if interpolations[n.format] == nil {
			n.format = ""
		}
		i := slices.IndexFunc(found, func(f named) bool { return f.name == n.name })
		if i < 0 {
			found = append(found, n)
		} else {
			found[i] = n
		}
	}
	return found
}

// References returns the names of the variables that a text names, each once.
func References(text string) []string {
	var names []string
	for _, n := range references(text) {
		names = append(names, n.name)
	}
	return names
}

// Replace puts the values of variables in the place of their names, the way the UI does
// (components/src/utils/variable-interpolation.ts), and so with its limits: a variable has one format in a text, and a
// name that stands within a longer one is replaced there, too, once the longer one has had its turn. What names a
// variable without a value here stays, and so does what would make a text of more than a megabyte: values may name other
// variables, and grow tenfold with each.
func (v Values) Replace(text string) string {
	found := references(text)
	slices.SortStableFunc(found, func(a, b named) int { return cmp.Compare(len(b.name), len(a.name)) })
	for _, n := range found {
		if value, ok := v[n.name]; ok {
			text = value.replace(text, n.name, n.format)
		}
	}
	return text
}

// replace puts the value in the place of $name and of the form in braces that has this format, or none if that is empty.
func (v Value) replace(text, name, format string) string {
	braces := "${" + name + "}"
	if format != "" {
		braces = "${" + name + ":" + format + "}"
	}
	replacement := v.text(name, format)
	for _, reference := range []string{"$" + name, braces} {
		if len(text)+strings.Count(text, reference)*len(replacement) > mostText {
			return text
		}
		text = strings.ReplaceAll(text, reference, replacement)
	}
	return text
}

// mostText is how long a text may become by what is put into it, in bytes.
const mostText = 1 << 20

// text writes the value in a format; without one a list is an alternative of a regular expression, one text itself.
func (v Value) text(name, format string) string {
	switch {
	case !v.Many && len(v.Values) == 0:
		return ""
	case !v.Many && format == "":
		format = "raw"
	case format == "":
		format = "prometheus"
	}
	return interpolations[format](v.Values, name)
}

// With returns the values with others in their place.
func (v Values) With(others ...Values) Values {
	all := Values{}
	for _, values := range append([]Values{v}, others...) {
		for name, value := range values {
			all[name] = value
		}
	}
	return all
}
