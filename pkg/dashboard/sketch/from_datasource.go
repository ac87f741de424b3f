package sketch

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// commonDatasource returns the datasource that most queries and variables use. It returns "" if any of them names none:
// such a query uses the default datasource of its kind, which it could not do in a sketch that sets a datasource.
func commonDatasource(spec object) string {
	count := map[string]int{}
	visit := func(plugin any) {
		if datasourceKind(stringAt(plugin, "kind")) != "" {
			count[datasourceName(valueAt(plugin, "spec", "datasource"), datasourceKind(stringAt(plugin, "kind")))]++
		}
	}
	for _, v := range listAt(spec, "variables") {
		visit(valueAt(v, "spec", "plugin"))
	}
	for _, p := range objectAt(spec, "panels") {
		for _, q := range listAt(p, "spec", "queries") {
			visit(valueAt(q, "spec", "plugin"))
		}
	}
	common := ""
	for name, n := range count {
		if n > count[common] || n == count[common] && name < common {
			common = name
		}
	}
	if count[""] > 0 || count[common] < 2 {
		return ""
	}
	return common
}

// datasourceName returns the name in a datasource selector, or "" if the selector contains more than a sketch can express.
func datasourceName(selector any, kind string) string {
	if name, ok := selector.(string); ok && variable.IsPlain(name) {
		return name
	}
	name := stringAt(selector, "name")
	if len(objectAt(selector)) != 2 || stringAt(selector, "kind") != kind || name == "" || name[0] == '$' {
		return ""
	}
	return name
}

// datasourceKind returns the kind of datasource that a plugin of a query or variable uses, or "" if it is unknown.
func datasourceKind(kind string) string {
	if p, known := dashboard.QueryPluginOf(kind); known {
		return p.Datasource
	}
	if slices.Contains([]string{labelValues, labelNames, promQL}, kind) {
		return dashboard.PrometheusDatasource
	}
	return ""
}
