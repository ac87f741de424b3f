package tools

import (
	"encoding/json"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/perses"
)

// use is a name by which a document refers to another one. The kind is the one that belongs to projects: which a
// Datasource or a Variable is found to be, that of the project or a global one, depends on where one looks from.
type use struct {
	Kind perses.Kind `json:"kind"`
	Name string      `json:"name"`
}

// is tells whether two uses are of the same name; Perses takes a datasource's name in other letters for the same.
func (u use) is(other use) bool {
	return u.Kind == other.Kind && (u.Name == other.Name || u.Kind == modelv1.KindDatasource && strings.EqualFold(u.Name, other.Name))
}

// usesOf returns what a document refers to by name, each once: not what it defines itself. It reads what it understands of
// any text.
func usesOf(kind perses.Kind, document json.RawMessage) []use {
	var all []use
	add := func(kind perses.Kind, name string) {
		u := use{kind, name}
		if name != "" && !slices.ContainsFunc(all, u.is) {
			all = append(all, u)
		}
	}
	spec := gjson.GetBytes(document, "spec")
	switch kind {
	case modelv1.KindDashboard, modelv1.KindEphemeralDashboard:
		d, err := uses.Of(document)
		if err != nil {
			return nil
		}
		for _, u := range d.Uses {
			switch {
			case u.Sort == uses.Datasource && !strings.Contains(u.Name, "$"):
				add(modelv1.KindDatasource, u.Name)
			case u.Sort == uses.Variable:
				add(modelv1.KindVariable, u.Name)
			}
		}
		own := make([]use, 0, len(d.Datasources)+len(d.Variables))
		for _, name := range d.Datasources {
			own = append(own, use{modelv1.KindDatasource, name})
		}
		for _, name := range d.Variables {
			own = append(own, use{modelv1.KindVariable, name})
		}
		all = slices.DeleteFunc(all, func(u use) bool { return slices.ContainsFunc(own, u.is) })
		spec.Get("datasources").ForEach(func(_, own gjson.Result) bool {
			add(modelv1.KindSecret, secretOf(own))
			return true
		})
	case modelv1.KindVariable, modelv1.KindGlobalVariable:
		usesWithin(spec, add)
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
	return all
}

// secretOf returns the name of the secret of a datasource's spec.
func secretOf(spec gjson.Result) string { return spec.Get("plugin.spec.proxy.spec.secret").String() }

// usesWithin finds the datasources that the definition of a variable selects, {"datasource":{"name":…}}, and the variables that
// its texts name.
func usesWithin(value gjson.Result, add func(perses.Kind, string)) {
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
		usesWithin(below, add)
		return true
	})
}
