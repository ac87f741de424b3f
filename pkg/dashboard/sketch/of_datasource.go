package sketch

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// defaultDatasource returns the datasource that most queries and variables of a dashboard name, if each names one: one that
// names none means the default of its kind, which a sketch with a datasource has no word for.
func defaultDatasource(spec object) string {
	count := map[string]int{}
	visit := func(plugin any) {
		if asksOf(text(plugin, "kind")) != "" {
			count[selected(below(plugin, "spec", "datasource"), asksOf(text(plugin, "kind")))]++
		}
	}
	for _, v := range list(spec, "variables") {
		visit(below(v, "spec", "plugin"))
	}
	for _, p := range fields(spec, "panels") {
		for _, q := range list(p, "spec", "queries") {
			visit(below(q, "spec", "plugin"))
		}
	}
	usual := ""
	for name, n := range count {
		if n > count[usual] || n == count[usual] && name < usual {
			usual = name
		}
	}
	if count[""] > 0 || count[usual] < 2 {
		return ""
	}
	return usual
}

// selected returns the name of the datasource that a selector means; nothing if it is not one that a word can say.
func selected(selector any, kind string) string {
	if name, ok := selector.(string); ok && variable.IsPlain(name) {
		return name
	}
	name := text(selector, "name")
	if len(fields(selector)) != 2 || text(selector, "kind") != kind || name == "" || name[0] == '$' {
		return ""
	}
	return name
}

// asksOf returns the kind of the datasources that a plugin of queries or variables asks, if that is known.
func asksOf(kind string) string {
	if p, known := dashboard.QueryPluginOf(kind); known {
		return p.Datasource
	}
	if slices.Contains([]string{labelValues, labelNames, promQL}, kind) {
		return dashboard.PrometheusDatasource
	}
	return ""
}
