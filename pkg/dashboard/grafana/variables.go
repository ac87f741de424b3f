package grafana

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// mendVariables mends the variables, of which Perses has made one of each of Grafana's, in their order, and returns how many
// work as they did.
func (m *mending) mendVariables() (working int) {
	list := objectsOf(m.spec["variables"])
	if len(list) != len(m.variables) {
		return len(list) // of a Perses that migrates otherwise
	}
	m.named = m.namedOutside()
	for _, made := range list {
		m.noteNames(made)
	}
	var kept []any
	for i, made := range list {
		keep, works := m.variable(m.variables[i], made)
		if keep {
			kept = append(kept, made)
		}
		if works {
			working++
		}
		m.noteNames(made) // it may have been mended
	}
	if list != nil {
		m.spec["variables"] = append(m.undefined(kept), kept...)
	}
	return working
}

// undefined returns definitions of the variables that these use and nothing defines. Grafana leaves their names as they are;
// Perses refuses the whole dashboard.
func (m *mending) undefined(variables []any) (definitions []any) {
	known := map[string]bool{}
	for _, name := range m.Here.Variables {
		known[name] = true
	}
	for _, v := range objectsOf(variables) {
		known[text(at(v, "spec", "name"))] = true
	}
	for _, v := range objectsOf(variables) {
		for _, name := range namesIn(at(v, "spec", "plugin")) {
			if known[name] || variable.IsBuiltin(name) || variable.IsDigits(name) {
				continue
			}
			known[name] = true
			definitions = append(definitions, object{"kind": "TextVariable", "spec": object{"name": name, "value": "", "display": object{"hidden": true}}})
			m.fixed.add("variables that others use and that were not defined, now empty and hidden", fmt.Sprintf("%q", clip(name)))
		}
	}
	return definitions
}

// namesIn returns the variables that the texts below a value name.
func namesIn(value any) (names []string) {
	eachText(value, func(text string) {
		if strings.Contains(text, "$") {
			names = append(names, dashboard.References(text)...)
		}
	})
	return names
}

// isPlaceholder tells whether a variable is the list that stands for one which was not migrated.
func isPlaceholder(made object) bool {
	return reflect.DeepEqual(at(made, "spec", "plugin", "spec", "values"), unsupportedVariable)
}

// migratedChoices returns the variables that choose a datasource and that this Perses has migrated, as queries name them.
func (m *mending) migratedChoices() map[string]bool {
	choices := map[string]bool{}
	if list := objectsOf(m.spec["variables"]); len(list) == len(m.variables) {
		for i, made := range list {
			choices["${"+text(m.variables[i]["name"])+"}"] = text(m.variables[i]["type"]) == "datasource" && !isPlaceholder(made)
		}
	}
	return choices
}

func (m *mending) variable(v, made object) (keep, works bool) {
	kind, name := text(v["type"]), fmt.Sprintf("%q", clip(text(v["name"])))
	spec, _ := made["spec"].(object)
	plugin, _ := spec["plugin"].(object)
	d := m.datasourceOf(v, nil)
	chosen := m.chosen[d.Name]
	placeholder := isPlaceholder(made)
	query := text(v["query"])
	if query == "" {
		query = text(at(v, "query", "query"))
	}
	if placeholder && kind == "query" && (chosen.Kind == "" || chosen.Kind == prometheusDatasource) {
		if read := labelValues(query); read != nil {
			plugin["kind"], plugin["spec"] = "PrometheusLabelValuesVariable", read
			placeholder = false
			m.fixed.add("variables that list the values of a label", name)
		}
	}
	switch {
	case placeholder && kind == "datasource":
		if m.refersTo(text(v["name"])) {
			m.notMigrated.add("variables that choose a datasource, which this Perses does not have (a list of no use stands there)", name)
			return true, false
		}
		m.out.add("variables that choose a datasource; the queries that used them ask one now", name)
		return false, false
	case placeholder && kind == "adhoc":
		m.out.add("ad hoc filters", name)
		return m.refersTo(text(v["name"])), false
	case placeholder:
		m.notMigrated.add(fmt.Sprintf("variables of type %s, which this Perses does not migrate (a list of no use stands there)", orNone(kind)), name)
		return true, false
	}
	m.withoutAutomatic(spec, name)
	if !strings.HasPrefix(text(plugin["kind"]), "Prometheus") {
		return true, true
	}
	inner, _ := plugin["spec"].(object)
	if text(inner["labelName"]) == unsupportedQuery {
		m.notMigrated.add("variables of a PromQL query of which Perses does not see the label (set labelName)", name)
		return true, false
	}
	if chosen.Kind != "" && chosen.Kind != prometheusDatasource {
		m.notMigrated.add(fmt.Sprintf("variables that ask a %s, which Perses took for Prometheus", chosen.Kind), name)
		return true, false
	}
	m.setDatasource(inner, d)
	m.capture(v, spec, name)
	return true, true
}

// automatic is what Grafana's value for an interval that it chooses itself begins with.
const automatic = "$__auto_interval"

// withoutAutomatic takes away the value of a list for an interval that Grafana chooses: here it would be a text like others.
func (m *mending) withoutAutomatic(spec object, name string) {
	inner, _ := at(spec, "plugin", "spec").(object)
	values, _ := inner["values"].([]any)
	left := slices.DeleteFunc(slices.Clone(values), func(value any) bool { return strings.HasPrefix(valueOf(value), automatic) })
	if len(left) == len(values) {
		return
	}
	inner["values"] = left
	m.out.add("automatic intervals of variables", name)
	if strings.HasPrefix(text(spec["defaultValue"]), automatic) {
		delete(spec, "defaultValue")
		if len(left) > 0 {
			spec["defaultValue"] = valueOf(left[0])
		}
	}
}

// valueOf returns a value of a static list, which may have a label.
func valueOf(value any) string {
	if labelled, ok := value.(object); ok {
		value = labelled["value"]
	}
	return text(value)
}

// refersTo tells whether a text of the migrated dashboard names a variable, other than the name of a datasource.
func (m *mending) refersTo(name string) bool {
	return m.named[name]
}

// namedOutside returns the variables that panels and rows name.
func (m *mending) namedOutside() map[string]bool {
	named := map[string]bool{}
	for _, name := range namesIn(m.spec["panels"]) {
		named[name] = true
	}
	for _, layout := range objectsOf(m.spec["layouts"]) {
		named[text(at(layout, "spec", "repeatVariable"))] = true
	}
	return named
}

// noteNames adds those that the plugin of a variable names.
func (m *mending) noteNames(made object) {
	for _, name := range namesIn(at(made, "spec", "plugin")) {
		m.named[name] = true
	}
}

// labelValues returns the spec of a PrometheusLabelValuesVariable for a query of Grafana, nil if it is another one.
func labelValues(query string) object {
	selector, label, ok := dashboard.LabelValues(query)
	if !ok {
		return nil
	}
	matchers := []any{}
	if selector != "" {
		matchers = append(matchers, selector)
	}
	return object{"labelName": label, "matchers": matchers}
}

// capture keeps the regular expression by which Grafana chooses among the values. Perses puts together what the groups of its
// own match, where Grafana takes the first group, or the whole value if there is none.
func (m *mending) capture(v, spec object, name string) {
	written := text(v["regex"])
	if written == "" || spec["capturingRegexp"] != nil {
		return
	}
	expression := written
	if inner, ok := strings.CutPrefix(written, "/"); ok {
		end := strings.LastIndex(inner, "/")
		if end < 0 || strings.Trim(inner[end+1:], "g") != "" { // a flag that Perses cannot have
			m.out.add("regular expressions of variables", name+" ("+clip(written)+")")
			return
		}
		expression = inner[:end]
	}
	switch groups(expression) {
	case 0:
		expression = "(.*(?:" + expression + ").*)"
	case 1:
	default:
		m.out.add("regular expressions of variables", name+" ("+clip(written)+")")
		return
	}
	spec["capturingRegexp"] = expression
	m.fixed.add("regular expressions of variables kept", name)
}

// groups counts the groups of a regular expression that capture; one with a name counts as two, for Grafana gives names a
// meaning of their own.
func groups(expression string) (n int) {
	inClass := false
	for i := 0; i < len(expression); i++ {
		switch rest := expression[i+1:]; expression[i] {
		case '\\':
			i++
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '(':
			switch named := strings.HasPrefix(rest, "?<") && !strings.HasPrefix(rest, "?<=") && !strings.HasPrefix(rest, "?<!"); {
			case inClass:
			case named:
				n += 2
			case !strings.HasPrefix(rest, "?"):
				n++
			}
		}
	}
	return n
}
