package tools

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// reference is the name by which a document refers to another one. Kind is always the kind that belongs to projects: whether a
// Datasource or Variable is global depends on the project in which the name is looked up.
type reference struct {
	Kind perses.Kind `json:"kind"`
	Name string      `json:"name"`
}

// folded returns the reference with the name of a datasource in lower case: Perses ignores case in these.
func (r reference) folded() reference {
	if r.Kind == modelv1.KindDatasource {
		r.Name = strings.ToLower(r.Name)
	}
	return r
}

// equals reports whether two references have the same target.
func (r reference) equals(other reference) bool { return r.folded() == other.folded() }

// referencesOf returns the references of a document, each once, except those to its own definitions. It ignores anything in the
// document that it does not understand. It returns an error if the budget ends before the whole document is read.
func referencesOf(budget *work.Budget, kind perses.Kind, document json.RawMessage) ([]reference, error) {
	var all []reference
	seen := map[reference]bool{}
	add := func(kind perses.Kind, name string) {
		r := reference{kind, name}
		if name != "" && !seen[r.folded()] {
			seen[r.folded()] = true
			all = append(all, r)
		}
	}
	spec := gjson.GetBytes(document, "spec")
	switch kind {
	case modelv1.KindDashboard, modelv1.KindEphemeralDashboard:
		d, err := uses.Of(budget, document)
		if budget.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, nil
		}
		for _, u := range d.Uses {
			switch {
			case u.Sort == uses.Datasource && !strings.Contains(u.Name, "$"):
				add(modelv1.KindDatasource, u.Name)
			case u.Sort == uses.Variable:
				add(modelv1.KindVariable, u.Name)
			}
		}
		own := map[reference]bool{}
		for _, name := range d.Datasources {
			own[reference{modelv1.KindDatasource, name}.folded()] = true
		}
		for _, name := range d.Variables {
			own[reference{modelv1.KindVariable, name}.folded()] = true
		}
		all = slices.DeleteFunc(all, func(r reference) bool { return own[r.folded()] })
		spec.Get("datasources").ForEach(func(_, own gjson.Result) bool {
			add(modelv1.KindSecret, secretOf(own))
			return true
		})
	case modelv1.KindVariable, modelv1.KindGlobalVariable:
		addReferences(budget, spec, add)
		self := reference{modelv1.KindVariable, gjson.GetBytes(document, "metadata.name").String()}
		all = slices.DeleteFunc(all, self.equals)
	case modelv1.KindDatasource:
		add(modelv1.KindSecret, secretOf(spec))
	case modelv1.KindGlobalDatasource:
		add(modelv1.KindGlobalSecret, secretOf(spec))
	case modelv1.KindRoleBinding, modelv1.KindGlobalRoleBinding:
		role := modelv1.KindRole
		if kind == modelv1.KindGlobalRoleBinding {
			role = modelv1.KindGlobalRole
		}
		add(role, spec.Get("role").String())
	case modelv1.KindFolder:
		var visit func(items gjson.Result)
		visit = func(items gjson.Result) {
			if !budget.Spend(1 + len(items.Raw)/4) { // each level is read twice
				return
			}
			items.ForEach(func(_, item gjson.Result) bool {
				if item.Get("kind").String() == string(modelv1.KindDashboard) {
					add(modelv1.KindDashboard, item.Get("name").String())
				}
				visit(item.Get("items"))
				return true
			})
		}
		visit(spec.Get("items"))
	}
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("the references of %s were not read completely: %w", gjson.GetBytes(document, "metadata.name"), err)
	}
	return all, nil
}

// secretOf returns the name of the secret in the spec of a datasource.
func secretOf(spec gjson.Result) string { return spec.Get("plugin.spec.proxy.spec.secret").String() }

// addReferences adds the references in the definition of a variable: datasources as {"datasource":{"name":…}}, and variables in
// texts.
func addReferences(budget *work.Budget, value gjson.Result, add func(perses.Kind, string)) {
	if !budget.Spend(1 + len(value.Raw)/4) { // each level is read again
		return
	}
	if value.Type == gjson.String && strings.Contains(value.Str, "$") {
		for _, name := range dashboard.References(value.Str) {
			add(modelv1.KindVariable, name)
		}
	}
	if !value.IsObject() && !value.IsArray() {
		return
	}
	value.ForEach(func(key, below gjson.Result) bool {
		if key.Str == "datasource" {
			if name := below.Get("name"); name.Type == gjson.String && !strings.Contains(name.Str, "$") {
				add(modelv1.KindDatasource, name.Str)
			}
		}
		addReferences(budget, below, add)
		return true
	})
}
