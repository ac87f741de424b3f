package grafana

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// panel mends the spec of a migrated panel.
func (m *mending) panel(p panel, made object) {
	plugin, _ := made["plugin"].(object)
	switch {
	case text(at(plugin, "spec", "text")) != unsupportedPanel:
		m.queries(p, made)
		m.left(p, plugin)
	case p.kind == "logs" && m.isLoki(p) && m.has("LogsTable", "LokiLogQuery"):
		m.logs(p, made)
		m.left(p, nil)
	case p.object["libraryPanel"] != nil:
		m.fail(p, "library panels, which are not in the document: export it with them")
	default:
		m.keepQueries(p, plugin["spec"].(object))
		m.fail(p, fmt.Sprintf("panels of type %s, which this Perses does not migrate (a text with their queries stands there)", orNone(p.kind)))
	}
}

func orNone(kind string) string {
	if kind == "" {
		return "none"
	}
	return clip(kind)
}

// isLoki tells whether all queries of a panel ask Loki.
func (m *mending) isLoki(p panel) bool {
	return len(p.targets) > 0 && !slices.ContainsFunc(p.targets, func(target object) bool {
		return m.chosen[m.datasourceOf(target, p.object).Name].Kind != lokiDatasource
	})
}

// keepQueries writes the queries of a panel that is not migrated into the text that stands in its place.
func (m *mending) keepQueries(p panel, spec object) {
	var queries []string
	for _, target := range p.targets {
		if query := text(target["expr"]); query != "" {
			queries = append(queries, query)
		}
	}
	kept := fmt.Sprintf("%s\n\nGrafana's panel of type %s", unsupportedPanel, orNone(p.kind))
	if len(queries) > 0 {
		kept += ", which asks:\n\n```\n" + strings.Join(queries, "\n") + "\n```"
	}
	spec["text"] = kept
}

// logs makes a panel of logs, for which Perses has no migration.
func (m *mending) logs(p panel, made object) {
	made["plugin"] = object{"kind": "LogsTable", "spec": object{}}
	var queries []any
	for _, target := range p.targets {
		queries = append(queries, m.lokiQuery(p, target))
	}
	made["queries"] = queries
	m.fixed.add("panels of logs made LogsTable", p.name())
}

// queries mends the queries of a panel: Perses has made one of each of Grafana's, in their order.
func (m *mending) queries(p panel, made object) {
	list, _ := made["queries"].([]any)
	for i, q := range list {
		plugin, ok := at(q, "spec", "plugin").(object)
		if !ok || i >= len(p.targets) {
			continue
		}
		target := p.targets[i]
		d := m.datasourceOf(target, p.object)
		chosen := m.chosen[d.Name]
		spec, _ := plugin["spec"].(object)
		kind := text(plugin["kind"])
		isPrometheus := strings.HasPrefix(kind, "Prometheus")
		switch {
		case isPrometheus && text(spec["query"]) == unsupportedQuery:
			m.fail(p, fmt.Sprintf("queries of %s, which this Perses does not migrate", orNone(d.Type)))
			delete(spec, "datasource")
		case isPrometheus && chosen.Kind == lokiDatasource && m.has("LokiTimeSeriesQuery", "LokiLogQuery"):
			list[i] = m.lokiQuery(p, target)
			m.fixed.add("queries of Loki, which Perses took for PromQL", p.name())
		case isPrometheus && chosen.Kind != "" && chosen.Kind != prometheusDatasource:
			m.fail(p, fmt.Sprintf("queries of a %s, which Perses took for PromQL", chosen.Kind))
		default:
			m.setDatasource(spec, d)
		}
	}
}

// lokiQuery returns the query of Perses for one of Loki: of logs, or of what is calculated from them.
func (m *mending) lokiQuery(p panel, target object) object {
	query := text(target["expr"])
	kind, plugin := "TimeSeriesQuery", "LokiTimeSeriesQuery"
	if strings.HasPrefix(strings.TrimSpace(query), "{") {
		kind, plugin = "LogQuery", "LokiLogQuery"
	} else if legend := text(target["legendFormat"]); legend != "" && legend != "__auto" {
		m.out.add("legends of queries of Loki", p.name())
	}
	spec := object{"query": query}
	m.setDatasource(spec, m.datasourceOf(target, p.object))
	return object{"kind": kind, "spec": object{"plugin": object{"kind": plugin, "spec": spec}}}
}

// setDatasource lets a query or a variable ask what a datasource has become: without a name the default one, or the one that
// a variable chooses, where this Perses has migrated that.
func (m *mending) setDatasource(spec object, d Datasource) {
	chosen := m.chosen[d.Name]
	switch {
	case spec == nil:
	case chosen.Name != "":
		spec["datasource"] = object{"kind": chosen.Kind, "name": chosen.Name}
	case m.choosing[d.Name]:
		spec["datasource"] = d.Name
	default:
		delete(spec, "datasource")
	}
}

// likeNone are the units of Grafana without which a value looks the same.
var likeNone = []string{"", "none", "short", "string", "locale"}

// left notes what Perses' migration has left out of a panel.
func (m *mending) left(p panel, plugin object) {
	for _, what := range []struct {
		is   bool
		what string
	}{
		{len(objectsOf(p.object["transformations"])) > 0, "transformations"},
		{len(objectsOf(at(p.object, "fieldConfig", "overrides"))) > 0, "overrides of single series or fields, except colors and lines that were kept where Perses has them"},
		{p.object["alert"] != nil, "alert rules"},
		{text(p.object["timeFrom"]) != "" || text(p.object["timeShift"]) != "", "time ranges of single panels"},
	} {
		if what.is {
			m.out.add(what.what, p.name())
		}
	}
	unit := text(at(p.object, "fieldConfig", "defaults", "unit"))
	if !slices.Contains(likeNone, unit) && plugin != nil && text(plugin["kind"]) != "Markdown" && !hasUnit(plugin) {
		m.out.add("units that Perses does not have", p.name()+" ("+clip(unit)+")")
	}
}

// hasUnit tells whether anything below a value has a unit.
func hasUnit(value any) bool {
	switch v := value.(type) {
	case object:
		return v["unit"] != nil || slices.ContainsFunc(slices.Collect(maps.Values(v)), hasUnit)
	case []any:
		return slices.ContainsFunc(v, hasUnit)
	}
	return false
}
