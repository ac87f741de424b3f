package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// StaticList is the plugin for list variables whose values are in their definition.
const StaticList = "StaticListVariable"

// Option is a possible value of a list variable.
type Option struct {
	Value string
	Label string // shown in the UI
}

// Options returns options with the values as labels.
func Options(values []string) []Option {
	options := make([]Option, len(values))
	for i, v := range values {
		options[i] = Option{Value: v, Label: v}
	}
	return options
}

// StaticOptions returns the options of a StaticListVariable. Each is a string, or an object with a value and a label.
func (v Variable) StaticOptions() []Option {
	var options []Option
	each(gjson.ParseBytes(v.Spec).Get("values"), func(value gjson.Result) {
		switch {
		case value.Type == gjson.String:
			options = append(options, Option{Value: value.Str, Label: value.Str})
		case value.IsObject():
			options = append(options, Option{Value: TextOf(value.Get("value")), Label: TextOf(value.Get("label"))})
		}
	})
	return options
}

// ApplyCapturingRegexp returns the options after applying the variable's capturing regexp, if it has one: the value of each option
// becomes the concatenation of all captured groups, and empty values and duplicates are dropped
// (plugin-system/src/components/Variables/variable-model.ts). It returns an error if the regexp takes too long or uses syntax that
// Go does not support, such as lookahead.
func (v Variable) ApplyCapturingRegexp(budget *work.Budget, options []Option) ([]Option, error) {
	if v.CapturingRegexp == "" {
		return options, nil
	}
	expression, err := work.Compile(budget, v.CapturingRegexp)
	if err != nil {
		return nil, fmt.Errorf("its capturingRegexp cannot be used: %w", err)
	}
	var captured []Option
	seen := map[string]bool{"": true}
	for _, o := range options {
		var value strings.Builder
		for _, match := range expression.FindAll(budget, o.Value) {
			for _, group := range match[1:] {
				value.WriteString(group)
			}
		}
		if !seen[value.String()] {
			seen[value.String()] = true
			captured = append(captured, Option{Value: value.String(), Label: o.Label})
		}
	}
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("matching its capturingRegexp with %d values: %w", len(options), err)
	}
	return captured, nil
}

// Chosen is the value of a variable, with a note for the answer.
type Chosen struct {
	Value
	All  bool   // the value is that of All
	Note string // a clause that explains why the value differs from the one that was set, or ""
}

// Initial returns the value of a list variable before anybody changes it: its default, or the first option in sort order if the
// default is not an option (dashboards/src/components/Variables/Variable.tsx and context/VariableProvider).
func (v Variable) Initial(options []Option) Chosen {
	wanted := v.Default
	if !v.Multiple && len(wanted) > 1 {
		wanted = nil
	}
	known := valuesOf(options)
	isOption := func(value string) bool { return value == AllValue && v.AllowAll || known[value] }
	if len(options) == 0 || slices.ContainsFunc(wanted, isOption) {
		return v.chosen(wanted, options)
	}
	first := v.first(options).Value
	c := v.chosen([]string{first}, options)
	if len(wanted) > 0 {
		c.Note = fmt.Sprintf("its default %s is not one of its %d values, so the first value is used", quoted(wanted), len(options))
	}
	return c
}

// Set returns the value of a variable that a caller sets. Values that are not options are accepted with a note, whereas the UI
// would use the first option. It returns an error for several values if the variable allows only one, for constants, and for
// All if the variable does not allow it.
func (v Variable) Set(values []string, options []Option) (Chosen, error) {
	switch {
	case !v.List && v.Constant:
		return Chosen{}, fmt.Errorf("variable %q is a constant, %q: leave it out", v.Name, v.Value)
	case len(values) == 0:
		return Chosen{}, fmt.Errorf("variable %q: at least one value is needed; leave it out for its default", v.Name)
	case len(values) > 1 && !v.Multiple:
		return Chosen{}, fmt.Errorf("variable %q takes one value, not a list of %d", v.Name, len(values))
	case !v.List:
		return Chosen{Value: Single(values[0])}, nil
	case slices.Contains(values, AllValue) && !v.AllowAll:
		return Chosen{}, fmt.Errorf("variable %q does not allow all values (%s): name the values instead", v.Name, AllValue)
	}
	c := v.chosen(values, options)
	if c.All {
		return c, nil
	}
	known := valuesOf(options)
	outside := slices.DeleteFunc(slices.Clone(c.Values), func(value string) bool { return known[value] })
	if len(outside) > 0 {
		c.Note = fmt.Sprintf("%s not among its %d values", quoted(outside), len(options))
	}
	return c, nil
}

// chosen returns the Chosen for these values.
func (v Variable) chosen(values []string, options []Option) Chosen {
	if last := len(values) - 1; last >= 0 && values[last] == AllValue {
		if v.CustomAll != "" {
			return Chosen{Value: Single(v.CustomAll), All: true}
		}
		all := make([]string, len(options))
		for i, o := range options {
			all[i] = o.Value
		}
		return Chosen{Value: Value{Values: all, IsList: true}, All: true}
	}
	// If All is followed by other values, only these count.
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == AllValue })
	if v.Multiple {
		return Chosen{Value: Value{Values: values, IsList: true}}
	}
	return Chosen{Value: Value{Values: values}}
}

// valuesOf returns the set of the options' values.
func valuesOf(options []Option) map[string]bool {
	values := make(map[string]bool, len(options))
	for _, o := range options {
		values[o.Value] = true
	}
	return values
}

// first returns the first option in the variable's sort order
// (plugin-system/src/components/Variables/VariableEditorForm/variable-editor-form-model.ts).
func (v Variable) first(options []Option) Option {
	key, descending := strings.CutSuffix(v.Sort, "-desc")
	key = strings.TrimSuffix(key, "-asc")
	compare := map[string]func(a, b Option) int{
		"alphabetical":    func(a, b Option) int { return cmp.Compare(a.Label, b.Label) },
		"alphabetical-ci": func(a, b Option) int { return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) },
		"numerical":       func(a, b Option) int { return cmp.Compare(leadingNumber(a.Label), leadingNumber(b.Label)) },
	}[key]
	if compare == nil {
		return options[0]
	}
	return slices.MinFunc(options, func(a, b Option) int {
		if descending {
			a, b = b, a
		}
		return compare(a, b)
	})
}

// leadingNumber returns the integer at the start of a text, 0 if there is none.
func leadingNumber(text string) int {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '-' && r != '+' })
	if end >= 0 {
		text = text[:end]
	}
	n, _ := strconv.Atoi(text)
	return n
}

// maxShown is the maximum length of a quoted value in bytes.
const maxShown = 1000

// quoted lists the first values in quotes.
func quoted(values []string) string {
	const limit = 3
	var names []string
	for _, v := range values[:min(len(values), limit)] {
		names = append(names, strconv.Quote(Clip(v, maxShown)))
	}
	if more := len(values) - limit; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}
