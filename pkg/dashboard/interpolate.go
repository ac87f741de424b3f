package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// Value is the value of a variable: one text, or a list if the variable can have several values.
type Value struct {
	Values []string
	IsList bool // even with one element or none; otherwise there is at most one element
}

// Single returns a value that is one text.
func Single(text string) Value { return Value{Values: []string{text}} }

// Values are the values of variables by name.
type Values map[string]Value

// named is a reference to a variable, with its format.
type named struct{ name, format string }

// references returns the references to variables in a text, one for each variable, in order of first occurrence. If a variable has
// several formats, the last one counts. An unknown format is ignored.
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

// References returns the names of the variables in a text, without duplicates.
func References(text string) []string {
	var names []string
	for _, n := range references(text) {
		names = append(names, n.name)
	}
	return names
}

// Replace replaces the variables in a text by their values. It behaves like the UI
// (components/src/utils/variable-interpolation.ts) and shares its limitations: each variable has one format per text, and a
// name is also replaced inside longer names, after those have been replaced. Variables without a value remain.
//
// A variable also remains if the text would exceed maxText, since values may refer to other variables and grow exponentially. The
// error then names the first such variable, unless the budget has ended.
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
			err = cmp.Or(err, fmt.Errorf("with the values of $%s the text would exceed %d bytes", Clip(n.name, MaxName), maxText))
		}
	}
	if budget.Err() != nil {
		err = budget.Err()
	}
	return text, err
}

// replace replaces $name and ${name}, or ${name:format} if there is a format. fits is false if the text would become too long; it
// is unchanged then.
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
	length := -1 // of all values; no format makes them shorter
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

// repeating are the formats that repeat the variable's name before each value. escaping are those that process each character.
var (
	repeating = map[string]bool{"distributed": true, "queryparam": true}
	escaping  = map[string]bool{"json": true, "percentencode": true, "queryparam": true, "regex": true, "regexliteral": true, "sqlstring": true}
)

// maxText is the maximum length of a text after replacement, in bytes.
const maxText = 1 << 20

// text formats the value. The default format is a regular expression for a list, and raw for a single text.
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

// With returns the values, overridden by others.
func (v Values) With(others ...Values) Values {
	all := Values{}
	for _, values := range append([]Values{v}, others...) {
		for name, value := range values {
			all[name] = value
		}
	}
	return all
}
