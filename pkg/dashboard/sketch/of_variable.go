package sketch

import (
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// variablesOf reads the variables of a dashboard with a datasource. What is none, or has the name of one before, is left out.
func variablesOf(budget *work.Budget, spec object, datasource string) []Variable {
	var all []Variable
	seen := map[string]bool{}
	for _, full := range list(spec, "variables") {
		v, ok := variableOf(budget, full, datasource)
		if ok && !seen[v.Name] {
			seen[v.Name] = true
			all = append(all, v)
		}
	}
	return all
}

// variableOf reads a variable; ok is false for what is none that the short form can say.
func variableOf(budget *work.Budget, full any, datasource string) (v Variable, ok bool) {
	spec := fields(full, "spec")
	v = Variable{Name: text(spec, "name"), Title: text(spec, "display", "name"), Description: text(spec, "display", "description"), Hidden: flag(spec, "display", "hidden")}
	switch text(full, "kind") {
	case "TextVariable":
		value := text(spec, "value")
		v.Text, v.Constant = &value, flag(spec, "constant") && value != ""
	case "ListVariable":
		v.choicesOf(spec)
		v.sourceOf(budget, text(spec, "plugin", "kind"), fields(spec, "plugin", "spec"), datasource)
	}
	_, err := v.expand(budget, datasource, Env{})
	return v, err == nil
}

// choicesOf reads what can be chosen of a list.
func (v *Variable) choicesOf(spec object) {
	v.Multiple, v.All, v.Regex = flag(spec, "allowMultiple"), flag(spec, "allowAllValue"), text(spec, "capturingRegexp")
	if v.All {
		v.AllValue = text(spec, "customAllValue")
	}
	if sort := text(spec, "sort"); slices.Contains(dashboard.Sorts(), sort) {
		v.Sort = sort
	}
	switch given := spec["defaultValue"].(type) {
	case string:
		v.Default = OneOrMore{given}
	case []any:
		if values, ok := texts(given); ok && (v.Multiple || len(values) == 1) {
			v.Default = values
		}
	}
	if !v.All {
		v.Default = slices.DeleteFunc(v.Default, func(value string) bool { return value == dashboard.AllValue })
	}
	switch {
	case !v.All && len(v.Default) == 0:
		v.Default = nil
	case v.All && len(v.Default) == 0:
		v.Default = OneOrMore{}
	case v.All && len(v.Default) == 1 && v.Default[0] == dashboard.AllValue:
		v.Default = nil
	}
}

// sourceOf reads where a list has its values from.
func (v *Variable) sourceOf(budget *work.Budget, kind string, spec object, datasource string) {
	switch kind {
	case dashboard.StaticList:
		v.Values = valuesOf(list(spec, "values"))
	case labelValues, labelNames, promQL:
		if name := selected(spec["datasource"], dashboard.PrometheusDatasource); name != datasource {
			v.Datasource = name
		}
		matchers, _ := texts(spec["matchers"])
		if label := text(spec, "labelName"); label != v.Name && kind != labelNames {
			v.Label = label
		}
		v.LabelNames = kind == labelNames
		switch {
		case kind == promQL:
			v.Query = text(spec, "expr")
		case len(matchers) == 1 && matchers[0] != "" && !strings.Contains(matchers[0], "{"):
			v.Metric = matchers[0]
		case len(matchers) > 0:
			v.Matchers = matchers
		case kind == labelValues:
			v.Label = text(spec, "labelName")
		}
	default:
		v.Plugin = kind
	}
	full, err := v.expand(budget, datasource, Env{})
	if err != nil {
		*v = Variable{
			Name: v.Name, Title: v.Title, Description: v.Description, Hidden: v.Hidden, Multiple: v.Multiple, All: v.All, AllValue: v.AllValue, Default: v.Default,
			Sort: v.Sort, Regex: v.Regex, Plugin: kind, Options: encode(spec),
		}
		return
	}
	d := difference{lists: true}
	if patch := d.patch(fields(full, "spec", "plugin", "spec"), spec, ""); patch != nil {
		v.Options = encode(patch)
	}
}

// valuesOf reads the values of a list. It is never nil, which would be no list.
func valuesOf(elements []any) []Value {
	values := []Value{}
	for _, element := range elements {
		value, ok := element.(string)
		if !ok {
			value = text(element, "value")
		}
		values = append(values, Value{Value: value, Label: text(element, "label")})
	}
	return values
}
