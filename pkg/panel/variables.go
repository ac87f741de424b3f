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

// variables choose the values of variables, each once and only if something needs it: those that do not depend on one
// another at the same time.
type variables struct {
	*run
	ctx     context.Context // in which they are chosen
	defined []dashboard.Variable
	places  map[string]int              // of the definitions, by name
	needs   map[string][]string         // the variables that each names
	set     map[string]dashboard.Chosen // those that the caller has set
	chosen  once[Variable]
	options once[[]dashboard.Option]
}

// definition returns the variable of that name.
func (v *variables) definition(name string) (dashboard.Variable, bool) {
	i, ok := v.places[name]
	if !ok {
		return dashboard.Variable{}, false
	}
	return v.defined[i], true
}

// fixed tells whether the value of a variable is known without asking for its options: of a text, and of what the caller
// has set, unless that is all values.
func (v *variables) fixed(d dashboard.Variable) bool {
	set, ok := v.set[d.Name]
	return !d.List || ok && (!set.All || d.CustomAll != "")
}

// choose returns the variable with its value. It must be defined.
func (v *variables) choose(name string) Variable {
	chosen, _ := v.chosen.do(name, func() (Variable, error) {
		d, _ := v.definition(name)
		set, isSet := v.set[name]
		chosen := Variable{Name: name, Chosen: set}
		if !d.List && !isSet {
			chosen.Chosen = dashboard.Chosen{Value: dashboard.Single(d.Value)}
		}
		if v.fixed(d) {
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
			chosen.Note = fmt.Sprintf("it has its default, for its values could not be listed: %v", err)
		case err != nil:
			chosen.Err = fmt.Errorf("its values could not be listed: %w", err)
		case isSet:
			chosen.Chosen, _ = d.Set([]string{dashboard.AllValue}, options) // an error it had before
		default:
			chosen.Chosen = d.Initial(options)
		}
		if len(chosen.Values) == 0 && chosen.Err == nil {
			chosen.Note = "it has no value, for there are none in this time range"
		}
		return chosen, nil
	})
	return chosen
}

// cycle returns the way from a variable that leads back to it, nil if there is none: the names on it, the first one again
// at its end.
func (v *variables) cycle(name string) []string {
	seen := map[string]bool{}
	var walk func(way []string) []string
	walk = func(way []string) []string {
		d, ok := v.definition(way[len(way)-1])
		if !ok || v.fixed(d) || seen[d.Name] {
			return nil
		}
		seen[d.Name] = true
		for _, next := range v.needs[d.Name] {
			further := append(slices.Clip(way), next)
			if next == name {
				return further
			}
			if cycle := walk(further); cycle != nil {
				return cycle
			}
		}
		return nil
	}
	return walk([]string{name})
}

// optionsOf lists the values that a variable can have, once all that it depends on have theirs.
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

// list asks for the values of a list.
func (v *variables) list(d dashboard.Variable) ([]string, error) {
	ask, ok := lists[d.Plugin]
	if !ok {
		return nil, unknownList(d.Plugin)
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
		found, err = ask(v.ctx, from, asking{spec, values, v.client.Work}, v.Start, v.End)
		return err
	})
	return found, err
}

// valuesOf returns the values of the variables of these names, and those variables themselves; builtin ones come first,
// undefined ones are left out.
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

// needed returns the names of the variables that others depend on, in the order of their definitions, with themselves.
func (v *variables) needed(names []string) []string {
	seen := map[string]bool{}
	var add func(names []string)
	add = func(names []string) {
		for _, name := range names {
			if d, ok := v.definition(name); ok && !seen[name] {
				seen[name] = true
				if !v.fixed(d) {
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

// check says of each value that the caller has set whether it is one that its list has. It asks for the values only to
// say so, and stays silent when it cannot.
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
