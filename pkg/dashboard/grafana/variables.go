package grafana

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// fixVariables fixes the variables and returns the number of those that work as before. Perses makes one of each Grafana
// variable, in the same order.
func (m *migration) fixVariables() (working int) {
	list := objectsOf(m.spec["variables"])
	if len(list) != len(m.variables) {
		return len(list) // a Perses with another migration
	}
	m.referenced = m.referencedOutside()
	for _, made := range list {
		m.addReferences(made)
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
		m.addReferences(made) // it may have changed
	}
	if list != nil {
		m.spec["variables"] = append(m.undefined(kept), kept...)
	}
	return working
}

// undefined returns definitions for variables that other variables refer to and nothing defines. Grafana leaves such references
// alone; Perses refuses the whole dashboard.
func (m *migration) undefined(variables []any) (definitions []any) {
	known := map[string]bool{}
	for _, name := range m.Available.Variables {
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
			m.fixed.add("undefined variables that other variables use, now defined as empty and hidden", fmt.Sprintf("%q", clip(name)))
		}
	}
	return definitions
}

// namesIn returns the names of the variables in a value's strings.
func namesIn(value any) (names []string) {
	eachText(value, func(text string) {
		if strings.Contains(text, "$") {
			names = append(names, dashboard.References(text)...)
		}
	})
	return names
}

// isPlaceholder reports whether a variable is the placeholder of Perses' migration.
func isPlaceholder(made object) bool {
	return reflect.DeepEqual(at(made, "spec", "plugin", "spec", "values"), unsupportedVariable)
}

// migratedDatasourceVariables returns the variables that choose a datasource and were migrated, as ${name}.
func (m *migration) migratedDatasourceVariables() map[string]bool {
	choices := map[string]bool{}
	if list := objectsOf(m.spec["variables"]); len(list) == len(m.variables) {
		for i, made := range list {
			choices["${"+text(m.variables[i]["name"])+"}"] = text(m.variables[i]["type"]) == "datasource" && !isPlaceholder(made)
		}
	}
	return choices
}

func (m *migration) variable(v, made object) (keep, works bool) {
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
		if m.isReferenced(text(v["name"])) {
			m.notMigrated.add("variables that choose a datasource, which this Perses does not support (replaced by a placeholder)", name)
			return true, false
		}
		m.lost.add("variables that choose a datasource; the queries that used them now use a fixed one", name)
		return false, false
	case placeholder && kind == "adhoc":
		m.lost.add("ad hoc filters", name)
		return m.isReferenced(text(v["name"])), false
	case placeholder:
		m.notMigrated.add(fmt.Sprintf("variables of type %s, which this Perses does not migrate (replaced by a placeholder)", orNone(kind)), name)
		return true, false
	}
	m.removeAutoInterval(spec, name)
	if !strings.HasPrefix(text(plugin["kind"]), "Prometheus") {
		return true, true
	}
	inner, _ := plugin["spec"].(object)
	if text(inner["labelName"]) == unsupportedQuery {
		m.notMigrated.add("variables with a PromQL query, whose label Perses' migration cannot determine (set labelName)", name)
		return true, false
	}
	if chosen.Kind != "" && chosen.Kind != prometheusDatasource {
		m.notMigrated.add(fmt.Sprintf("variables that query a %s, which Perses treated as Prometheus", chosen.Kind), name)
		return true, false
	}
	m.setDatasource(inner, d)
	m.capture(v, spec, name)
	return true, true
}

// autoInterval is the prefix of the value for an interval that Grafana chooses itself.
const autoInterval = "$__auto_interval"

// removeAutoInterval removes the value for an interval that Grafana chooses, which would be an ordinary text in Perses.
func (m *migration) removeAutoInterval(spec object, name string) {
	inner, _ := at(spec, "plugin", "spec").(object)
	values, _ := inner["values"].([]any)
	left := slices.DeleteFunc(slices.Clone(values), func(value any) bool { return strings.HasPrefix(valueOf(value), autoInterval) })
	if len(left) == len(values) {
		return
	}
	inner["values"] = left
	m.lost.add("automatic intervals of variables", name)
	if strings.HasPrefix(text(spec["defaultValue"]), autoInterval) {
		delete(spec, "defaultValue")
		if len(left) > 0 {
			spec["defaultValue"] = valueOf(left[0])
		}
	}
}

// valueOf returns the value of an option of a static list.
func valueOf(value any) string {
	if labelled, ok := value.(object); ok {
		value = labelled["value"]
	}
	return text(value)
}

// isReferenced reports whether the migrated dashboard refers to a variable, other than as a datasource.
func (m *migration) isReferenced(name string) bool {
	return m.referenced[name]
}

// referencedOutside returns the variables that panels and rows refer to.
func (m *migration) referencedOutside() map[string]bool {
	named := map[string]bool{}
	for _, name := range namesIn(m.spec["panels"]) {
		named[name] = true
	}
	for _, layout := range objectsOf(m.spec["layouts"]) {
		named[text(at(layout, "spec", "repeatVariable"))] = true
	}
	return named
}

// addReferences adds the variables that the plugin of a variable refers to.
func (m *migration) addReferences(made object) {
	for _, name := range namesIn(at(made, "spec", "plugin")) {
		m.referenced[name] = true
	}
}

// labelValues returns the spec of a PrometheusLabelValuesVariable for a Grafana query, nil if the query does something else.
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

// capture converts Grafana's regular expression for the values of a variable. Grafana uses the first group, or the whole value
// if there is none; Perses concatenates the matches of all groups.
func (m *migration) capture(v, spec object, name string) {
	written := text(v["regex"])
	if written == "" || spec["capturingRegexp"] != nil {
		return
	}
	expression := written
	if inner, ok := strings.CutPrefix(written, "/"); ok {
		end := strings.LastIndex(inner, "/")
		if end < 0 || strings.Trim(inner[end+1:], "g") != "" { // a flag that Perses does not support
			m.lost.add("regular expressions of variables", name+" ("+clip(written)+")")
			return
		}
		expression = inner[:end]
	}
	switch captureGroups(expression) {
	case 0:
		expression = "(.*(?:" + expression + ").*)"
	case 1:
	default:
		m.lost.add("regular expressions of variables", name+" ("+clip(written)+")")
		return
	}
	spec["capturingRegexp"] = expression
	m.fixed.add("regular expressions of variables kept", name)
}

// captureGroups counts the capturing groups of a regular expression. Named groups count as two, since Grafana gives names a
// special meaning.
func captureGroups(expression string) (n int) {
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
