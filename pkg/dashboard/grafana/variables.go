package grafana

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// mendVariables mends the variables, of which Perses has made one of each of Grafana's, in their order, and returns how many
// work as they did.
func (m *mending) mendVariables() (working int) {
	list := objectsOf(m.spec["variables"])
	if len(list) != len(m.variables) {
		return len(list) // of a Perses that migrates otherwise
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
	}
	if list != nil {
		m.spec["variables"] = kept
	}
	return working
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

// refersTo tells whether a text of the migrated dashboard names a variable, other than the name of a datasource.
func (m *mending) refersTo(name string) bool {
	found := false
	var visit func(value any)
	visit = func(value any) {
		switch v := value.(type) {
		case string:
			found = found || strings.Contains(v, "$") && slices.Contains(dashboard.References(v), name)
		case object:
			for _, below := range v {
				visit(below)
			}
		case []any:
			for _, below := range v {
				visit(below)
			}
		}
	}
	visit(m.spec["panels"])
	for _, v := range objectsOf(m.spec["variables"]) {
		visit(at(v, "spec", "plugin"))
	}
	for _, layout := range objectsOf(m.spec["layouts"]) {
		found = found || text(at(layout, "spec", "repeatVariable")) == name
	}
	return found
}

// labels matches Grafana's function label_values(selector, label), as Perses' migration does, but for spaces around it.
var labels = regexp.MustCompile(`(?s)^\s*label_values\(\s*(?:(.*),)?\s*(\w+)\s*\)\s*$`)

// labelValues returns the spec of a PrometheusLabelValuesVariable for a query of Grafana, nil if it is another one.
func labelValues(query string) object {
	match := labels.FindStringSubmatch(query)
	if match == nil {
		return nil
	}
	matchers := []any{}
	if selector := strings.TrimSpace(match[1]); selector != "" {
		matchers = append(matchers, selector)
	}
	return object{"labelName": match[2], "matchers": matchers}
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
