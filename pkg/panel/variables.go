package panel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/query"
)

// variables chooses the values of variables. It chooses each at most once, when it is first needed, and independent ones concurrently.
type variables struct {
	*run
	ctx     context.Context // of the requests
	defined []dashboard.Variable
	indexes map[string]int              // of the definitions, by name
	needs   map[string][]string         // the names that each definition refers to
	set     map[string]dashboard.Chosen // the values that the caller has set
	chosen  once[Variable]
	options once[[]dashboard.Option]
}

// definition returns the definition of a variable.
func (v *variables) definition(name string) (dashboard.Variable, bool) {
	i, ok := v.indexes[name]
	if !ok {
		return dashboard.Variable{}, false
	}
	return v.defined[i], true
}

// isFixed reports whether the value of a variable is known without its options: if it is a text variable, or if the caller has set it
// to anything but all values.
func (v *variables) isFixed(d dashboard.Variable) bool {
	set, ok := v.set[d.Name]
	return !d.List || ok && (!set.All || d.CustomAll != "")
}

// choose returns a variable, which must be defined, with its value.
func (v *variables) choose(name string) Variable {
	chosen, _ := v.chosen.do(name, func() (Variable, error) {
		d, _ := v.definition(name)
		set, isSet := v.set[name]
		chosen := Variable{Name: name, Chosen: set}
		if !d.List && !isSet {
			chosen.Chosen = dashboard.Chosen{Value: dashboard.Single(d.Value)}
		}
		if v.isFixed(d) {
			return chosen, nil
		}
		if cycle := v.cycle(name); cycle != nil {
			chosen.Err = fmt.Errorf("it depends on itself: $%s", strings.Join(cycle, " needs $"))
			return chosen, nil
		}
		options, err := v.optionsOf(d)
		switch {
		case err != nil && len(d.Default) > 0 && !isSet && (d.CustomAll != "" || !slices.Contains(d.Default, dashboard.AllValue)):
			chosen.Chosen = d.Initial(nil) // as in the UI, where a list without options keeps its default
			chosen.Note = fmt.Sprintf("it has its default because its values could not be listed: %v", err)
		case err != nil:
			chosen.Err = fmt.Errorf("its values could not be listed: %w", err)
		case isSet:
			chosen.Chosen, _ = d.Set([]string{dashboard.AllValue}, options) // define has checked the error
		default:
			chosen.Chosen = d.Initial(options)
		}
		if len(chosen.Values) == 0 && chosen.Err == nil {
			chosen.Note = "it has no value because its list is empty in this time range"
		}
		return chosen, nil
	})
	return chosen
}

// cycle returns the names of a cycle of references through a variable, beginning and ending with it. It returns nil if there is none.
func (v *variables) cycle(name string) []string {
	seen := map[string]bool{}
	var walk func(path []string) []string
	walk = func(path []string) []string {
		d, ok := v.definition(path[len(path)-1])
		if !ok || v.isFixed(d) || seen[d.Name] {
			return nil
		}
		seen[d.Name] = true
		for _, next := range v.needs[d.Name] {
			path := append(slices.Clip(path), next)
			if next == name {
				return path
			}
			if cycle := walk(path); cycle != nil {
				return cycle
			}
		}
		return nil
	}
	return walk([]string{name})
}

// optionsOf returns the options of a variable. It first chooses the values of the variables that this one refers to.
func (v *variables) optionsOf(d dashboard.Variable) ([]dashboard.Option, error) {
	return v.options.do(d.Name, func() ([]dashboard.Option, error) {
		var options []dashboard.Option
		if d.Plugin == dashboard.StaticList {
			options = d.StaticOptions()
		} else {
			values, err := v.list(d)
			if err != nil {
				return nil, err
			}
			options = dashboard.Options(values)
		}
		return d.ApplyCapturingRegexp(v.client.Work, options)
	})
}

// list requests the values of a list variable.
func (v *variables) list(d dashboard.Variable) ([]string, error) {
	ask, ok := lists[d.Plugin]
	if !ok {
		return nil, unsupportedList(d.Plugin)
	}
	values, needs := v.valuesOf(v.needs[d.Name])
	for _, needed := range needs {
		if needed.Err != nil {
			return nil, fmt.Errorf("it needs $%s, which has no value: %w", needed.Name, needed.Err)
		}
	}
	spec := gjson.ParseBytes(d.Spec)
	selector, err := selectorOf(v.dashboard, spec, query.Prometheus, values)
	if err != nil {
		return nil, err
	}
	from, err := v.find(selector)
	if err != nil {
		return nil, err
	}
	var found []string
	err = v.ask(v.ctx, from, func() error {
		found, err = ask(v.ctx, from, listSpec{spec, values, v.client.Work}, v.Start, v.End)
		return err
	})
	return found, err
}

// valuesOf returns the values of the named variables, and the variables without the built-in ones. Built-in variables take precedence;
// undefined names are ignored.
func (v *variables) valuesOf(names []string) (dashboard.Values, []Variable) {
	var needed []Variable
	seen := map[string]bool{}
	for _, name := range names {
		if _, ok := v.definition(name); ok && !seen[name] && v.builtins[name].Values == nil {
			seen[name] = true
			needed = append(needed, Variable{Name: name})
		}
	}
	parallel.Each(len(needed), func(i int) { needed[i] = v.choose(needed[i].Name) })
	values := dashboard.Values{}
	for _, n := range needed {
		values[n.Name] = n.Value
	}
	return values.With(v.builtins), needed
}

// withDependencies returns the names of the variables and of all variables that they depend on, in the order of their definitions.
func (v *variables) withDependencies(names []string) []string {
	seen := map[string]bool{}
	var add func(names []string)
	add = func(names []string) {
		for _, name := range names {
			if d, ok := v.definition(name); ok && !seen[name] {
				seen[name] = true
				if !v.isFixed(d) {
					add(v.needs[name])
				}
			}
		}
	}
	add(names)
	var needed []string
	for _, d := range v.defined {
		if seen[d.Name] {
			needed = append(needed, d.Name)
		}
	}
	return needed
}

// check adds a note to variables that the caller has set to values that are not among their options. It ignores lists whose options
// cannot be requested.
func (v *variables) check(used []Variable) {
	parallel.Each(len(used), func(i int) {
		d, _ := v.definition(used[i].Name)
		set, ok := v.set[d.Name]
		if !ok || !d.List || set.All || v.cycle(d.Name) != nil {
			return
		}
		options, err := v.optionsOf(d)
		if err != nil {
			return
		}
		if checked, err := d.Set(set.Values, options); err == nil {
			used[i].Note = checked.Note
		}
	})
}
