package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/variable"
)

// maxVariables is how many variables one run resolves: what they need of one another is looked up again and again.
const maxVariables = 200

// define finds the definitions of variables and sets those that the caller gives values to. Those of the project and of all
// projects are read only if the dashboard itself does not define all that is named.
func (v *variables) define(client *perses.Client) error {
	v.defined = v.dashboard.Variables
	v.index()
	if v.namesOthers() {
		of := func(kind perses.Kind) ([]dashboard.Variable, error) {
			return definitions(client, perses.Ref{Kind: kind, Project: v.dashboard.Project})
		}
		project, err := of(modelv1.KindVariable)
		if err != nil {
			return err
		}
		global, err := of(modelv1.KindGlobalVariable)
		if err != nil {
			return err
		}
		v.defined = dashboard.Overlay(v.dashboard.Variables, project, global)
	}
	v.index()
	if n := len(v.needed(v.named())); n > maxVariables {
		return fmt.Errorf("the panels need %d variables, more than the %d that are resolved: run one panel", n, maxVariables)
	}
	v.set = map[string]dashboard.Chosen{}
	for _, name := range slices.Sorted(maps.Keys(v.Variables)) {
		d, ok := v.definition(name)
		if !ok {
			return v.unknown(name)
		}
		chosen, err := d.Set(v.Variables[name], nil)
		if err != nil {
			return err
		}
		chosen.Note = "" // whether its values are options is looked up later
		v.set[name] = chosen
	}
	return nil
}

// index makes the definitions easy to find.
func (v *variables) index() {
	v.places, v.needs = map[string]int{}, map[string][]string{}
	for i, d := range v.defined {
		if _, known := v.places[d.Name]; !known {
			v.places[d.Name], v.needs[d.Name] = i, d.References()
		}
	}
}

// namesOthers tells whether the dashboard or the caller names variables that the dashboard does not define.
func (v *variables) namesOthers() bool {
	names := slices.Collect(maps.Keys(v.Variables))
	names = append(names, v.layoutReferences()...)
	for _, references := range v.references {
		names = append(names, references...)
	}
	for _, needs := range v.needs {
		names = append(names, needs...)
	}
	return slices.ContainsFunc(names, v.undefined)
}

// undefined tells whether a name that a text has where variables have theirs is that of none.
func (v *variables) undefined(name string) bool {
	_, defined := v.definition(name)
	return name != "" && !defined && !variable.IsBuiltin(name) && !variable.IsAmount(name)
}

// definitions reads the variables of a project, or of all projects. Those that the caller may not read do not exist for it.
func definitions(client *perses.Client, r perses.Ref) ([]dashboard.Variable, error) {
	documents, err := client.List(r, "", false)
	if problem.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, client.Explain("list", r, err)
	}
	var all []dashboard.Variable
	for _, document := range documents {
		if d, err := dashboard.ParseVariable(document); err == nil {
			all = append(all, d)
		}
	}
	return all, nil
}

// maxNamed is how many variables an error names.
const maxNamed = 50

// unknown says which variables there are instead.
func (v *variables) unknown(name string) error {
	var names []string
	for _, d := range v.defined {
		names = append(names, d.Name)
	}
	there := dashboard.JoinSome(names, maxNamed, ", ")
	switch near := nearest.Names(name, names); {
	case len(names) == 0:
		return fmt.Errorf("dashboard %q has no variables, so none is called %q", v.dashboard.Name, name)
	case len(near) > 0:
		return fmt.Errorf("dashboard %q has no variable %q. Nearest: %s. It has: %s", v.dashboard.Name, name, strings.Join(near, ", "), there)
	default:
		return fmt.Errorf("dashboard %q has no variable %q. It has: %s", v.dashboard.Name, name, there)
	}
}
