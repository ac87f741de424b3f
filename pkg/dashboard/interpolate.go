package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// Value is what a variable stands for: one text, or a list of them if the variable can have several.
type Value struct {
	Values []string
	IsList bool // a list, even if it has one element or none; otherwise there is one element, or none for no value
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
	at := map[string]int{}
	for r := range variable.References(text) {
		n := named{r.Name, strings.ToLower(r.Format)}
		if interpolations[n.format] == nil {
			n.format = ""
		}
		if i, known := at[n.name]; known {
			found[i] = n
		} else {
			at[n.name], found = len(found), append(found, n)
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
// variable without a value here stays.
//
// So does what would make a text of more than a megabyte, for values may name other variables, and grow tenfold with each.
// The error then names the first variable of that kind; it is that of the budget if that ends first.
func (v Values) Replace(budget *work.Budget, text string) (replaced string, err error) {
	if !budget.Spend(len(text)) {
		return text, budget.Err()
	}
	found := references(text)
	slices.SortStableFunc(found, func(a, b named) int { return cmp.Compare(len(b.name), len(a.name)) })
	for _, n := range found {
		value, ok := v[n.name]
		if !ok {
			continue
		}
		var fits bool
		if text, fits = value.replace(budget, text, n.name, n.format); !fits {
			err = cmp.Or(err, fmt.Errorf("the values of $%s make a text of more than %d bytes of it", Clip(n.name, MaxName), maxText))
		}
	}
	if budget.Err() != nil {
		err = budget.Err()
	}
	return text, err
}

// replace puts the value in the place of $name and of the form in braces that has this format, or none if that is empty. It
// leaves the text as it is, and says so, where that would make it too long.
func (v Value) replace(budget *work.Budget, text, name, format string) (replaced string, fits bool) {
	braces := "${" + name + "}"
	if format != "" {
		braces = "${" + name + ":" + format + "}"
	}
	references := []string{"$" + name, braces}
	counts := make([]int, len(references))
	for i, reference := range references {
		counts[i] = strings.Count(text, reference)
	}
	length := -1 // of the values, which are no shorter in any of the formats
	for _, value := range v.Values {
		length += len(value) + 1
	}
	if repeating[format] {
		length += (len(v.Values) - 1) * len(name)
	}
	if !budget.Spend((len(text)+len(v.Values))/4) || len(text)+slices.Max(counts)*length > maxText {
		return text, false
	}
	cost := length / 8
	if escaping[format] {
		cost = 5 * length
	}
	if !budget.Spend(max(cost, 0)) {
		return text, false
	}
	replacement := v.text(name, format)
	for _, reference := range references {
		if len(text)+strings.Count(text, reference)*len(replacement) > maxText {
			return text, false
		}
		text = strings.ReplaceAll(text, reference, replacement)
	}
	return text, true
}

// repeating are the formats that have the name of the variable before each value, and escaping those that look at each
// character.
var (
	repeating = map[string]bool{"distributed": true, "queryparam": true}
	escaping  = map[string]bool{"json": true, "percentencode": true, "queryparam": true, "regex": true, "regexliteral": true, "sqlstring": true}
)

// maxText is how long a text may become by what is put into it, in bytes.
const maxText = 1 << 20

// text writes the value in a format; without one a list is an alternative of a regular expression, one text itself.
func (v Value) text(name, format string) string {
	switch {
	case !v.IsList && len(v.Values) == 0:
		return ""
	case !v.IsList && format == "":
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
