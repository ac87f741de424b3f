package sketch

import (
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// readVariables reads the variables of a dashboard. It skips invalid variables and repeated names.
func readVariables(budget *work.Budget, spec object, datasource string) []Variable {
	var all []Variable
	seen := map[string]bool{}
	for _, full := range listAt(spec, "variables") {
		v, ok := readVariable(budget, full, datasource)
		if ok && !seen[v.Name] {
			seen[v.Name] = true
			all = append(all, v)
		}
	}
	return all
}

// readVariable reads a variable. It reports ok as false if a sketch cannot express the variable.
func readVariable(budget *work.Budget, full any, datasource string) (v Variable, ok bool) {
	spec := objectAt(full, "spec")
	v = Variable{Name: stringAt(spec, "name"), Title: stringAt(spec, "display", "name"), Description: stringAt(spec, "display", "description"), Hidden: boolAt(spec, "display", "hidden")}
	switch stringAt(full, "kind") {
	case "TextVariable":
		value := stringAt(spec, "value")
		v.Text, v.Constant = &value, boolAt(spec, "constant") && value != ""
	case "ListVariable":
		v.readChoices(spec)
		v.readSource(budget, stringAt(spec, "plugin", "kind"), objectAt(spec, "plugin", "spec"), datasource)
	}
	_, err := v.expand(budget, datasource, Env{})
	return v, err == nil
}

// readChoices reads which values of a list the user can select.
func (v *Variable) readChoices(spec object) {
	v.Multiple, v.All, v.Regex = boolAt(spec, "allowMultiple"), boolAt(spec, "allowAllValue"), stringAt(spec, "capturingRegexp")
	if v.All {
		v.AllValue = stringAt(spec, "customAllValue")
	}
	if sort := stringAt(spec, "sort"); slices.Contains(dashboard.Sorts(), sort) {
		v.Sort = sort
	}
	switch given := spec["defaultValue"].(type) {
	case string:
		v.Default = OneOrMore{given}
	case []any:
		if values, ok := stringsOf(given); ok && (v.Multiple || len(values) == 1) {
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

// readSource reads where a list gets its values.
func (v *Variable) readSource(budget *work.Budget, kind string, spec object, datasource string) {
	switch kind {
	case dashboard.StaticList:
		v.Values = readValues(listAt(spec, "values"))
	case labelValues, labelNames, promQL:
		if name := datasourceName(spec["datasource"], dashboard.PrometheusDatasource); name != datasource {
			v.Datasource = name
		}
		matchers, _ := stringsOf(spec["matchers"])
		if label := stringAt(spec, "labelName"); label != v.Name && kind != labelNames {
			v.Label = label
		}
		v.LabelNames = kind == labelNames
		switch {
		case kind == promQL:
			v.Query = stringAt(spec, "expr")
		case len(matchers) == 1 && matchers[0] != "" && !strings.Contains(matchers[0], "{"):
			v.Metric = matchers[0]
		case len(matchers) > 0:
			v.Matchers = matchers
		case kind == labelValues:
			v.Label = stringAt(spec, "labelName")
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
	d := difference{replaceLists: true}
	if patch := d.patch(objectAt(full, "spec", "plugin", "spec"), spec, ""); patch != nil {
		v.Options = encode(patch)
	}
}

// readValues reads the values of a static list. It never returns nil, which would mean another source.
func readValues(elements []any) []Value {
	values := []Value{}
	for _, element := range elements {
		value, ok := element.(string)
		if !ok {
			value = stringAt(element, "value")
		}
		values = append(values, Value{Value: value, Label: stringAt(element, "label")})
	}
	return values
}
