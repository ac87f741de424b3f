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

// use is a name by which a document refers to another one. The kind is the one that belongs to projects: which a
// Datasource or a Variable is found to be, that of the project or a global one, depends on where one looks from.
type use struct {
	Kind perses.Kind `json:"kind"`
	Name string      `json:"name"`
}

// folded returns the use under the name that all names have that lead to the same.
func (u use) folded() use {
	if u.Kind == modelv1.KindDatasource {
		u.Name = strings.ToLower(u.Name)
	}
	return u
}

// is tells whether two uses are of the same name; Perses takes a datasource's name in other letters for the same.
func (u use) is(other use) bool { return u.folded() == other.folded() }

// usesOf returns what a document refers to by name, each once: not what it defines itself. It reads what it understands of
// any text.
//
// If the budget ends before all is read, there is an error, for what was not read would be taken for what is not used.
func usesOf(budget *work.Budget, kind perses.Kind, document json.RawMessage) ([]use, error) {
	var all []use
	seen := map[use]bool{}
	add := func(kind perses.Kind, name string) {
		u := use{kind, name}
		if name != "" && !seen[u.folded()] {
			seen[u.folded()] = true
			all = append(all, u)
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
		own := map[use]bool{}
		for _, name := range d.Datasources {
			own[use{modelv1.KindDatasource, name}.folded()] = true
		}
		for _, name := range d.Variables {
			own[use{modelv1.KindVariable, name}.folded()] = true
		}
		all = slices.DeleteFunc(all, func(u use) bool { return own[u.folded()] })
		spec.Get("datasources").ForEach(func(_, own gjson.Result) bool {
			add(modelv1.KindSecret, secretOf(own))
			return true
		})
	case modelv1.KindVariable, modelv1.KindGlobalVariable:
		usesWithin(budget, spec, add)
		self := use{modelv1.KindVariable, gjson.GetBytes(document, "metadata.name").String()}
		all = slices.DeleteFunc(all, self.is)
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
		return nil, fmt.Errorf("what %s refers to was not read to its end: %w", gjson.GetBytes(document, "metadata.name"), err)
	}
	return all, nil
}

// secretOf returns the name of the secret of a datasource's spec.
func secretOf(spec gjson.Result) string { return spec.Get("plugin.spec.proxy.spec.secret").String() }

// usesWithin finds the datasources that the definition of a variable selects, {"datasource":{"name":…}}, and the variables that
// its texts name.
func usesWithin(budget *work.Budget, value gjson.Result, add func(perses.Kind, string)) {
	if !budget.Spend(1 + len(value.Raw)/4) { // each level is read anew
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
		usesWithin(budget, below, add)
		return true
	})
}
