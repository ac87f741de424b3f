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

// maxVariables is the maximum number of variables in one run. Their dependencies are searched repeatedly.
const maxVariables = 200

// define finds the definitions of variables and sets the values given by the caller. It requests the variables of the project and the
// global ones only if the dashboard does not define all variables that it refers to.
func (v *variables) define(client *perses.Client) error {
	v.defined = v.dashboard.Variables
	v.index()
	if v.hasUndefined() {
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
	if n := len(v.withDependencies(v.allReferences())); n > maxVariables {
		return fmt.Errorf("the panels need %d variables, and the maximum is %d: run one panel", n, maxVariables)
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
		chosen.Note = "" // check compares the values with the options later
		v.set[name] = chosen
	}
	return nil
}

// index fills indexes and needs.
func (v *variables) index() {
	v.indexes, v.needs = map[string]int{}, map[string][]string{}
	for i, d := range v.defined {
		if _, known := v.indexes[d.Name]; !known {
			v.indexes[d.Name], v.needs[d.Name] = i, d.References()
		}
	}
}

// hasUndefined reports whether the dashboard or the caller refers to variables that the dashboard does not define.
func (v *variables) hasUndefined() bool {
	names := slices.Collect(maps.Keys(v.Variables))
	names = append(names, v.layoutReferences()...)
	for _, references := range v.references {
		names = append(names, references...)
	}
	for _, needs := range v.needs {
		names = append(names, needs...)
	}
	return slices.ContainsFunc(names, v.isUndefined)
}

// isUndefined reports whether a name in a text looks like a variable but has no definition.
func (v *variables) isUndefined(name string) bool {
	_, defined := v.definition(name)
	return name != "" && !defined && !variable.IsBuiltin(name) && !variable.IsAmount(name)
}

// definitions requests the variables of a project, or the global ones. It returns none if the caller may not read them.
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

// maxNamed is the maximum number of names in an error or a note.
const maxNamed = 50

// unknown returns the error for a name that is not a variable, with the names of the variables that exist.
func (v *variables) unknown(name string) error {
	var names []string
	for _, d := range v.defined {
		names = append(names, d.Name)
	}
	existing := dashboard.JoinSome(names, maxNamed, ", ")
	switch near := nearest.Names(name, names); {
	case len(names) == 0:
		return fmt.Errorf("dashboard %q has no variable %q: it has no variables", v.dashboard.Name, name)
	case len(near) > 0:
		return fmt.Errorf("dashboard %q has no variable %q. Nearest: %s. It has: %s", v.dashboard.Name, name, strings.Join(near, ", "), existing)
	default:
		return fmt.Errorf("dashboard %q has no variable %q. It has: %s", v.dashboard.Name, name, existing)
	}
}
