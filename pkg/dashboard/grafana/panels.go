package grafana

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// panel fixes the spec of a migrated panel.
func (m *migration) panel(p panel, made object) {
	plugin, _ := made["plugin"].(object)
	switch {
	case text(at(plugin, "spec", "text")) != unsupportedPanel:
		m.queries(p, made)
		m.noteLosses(p, plugin)
	case p.kind == "logs" && m.isLoki(p) && m.has("LogsTable", "LokiLogQuery"):
		m.logs(p, made)
		m.noteLosses(p, nil)
	case p.object["libraryPanel"] != nil:
		m.fail(p, "library panels, which are not part of the document; export the dashboard with them")
	default:
		m.keepQueries(p, plugin["spec"].(object))
		m.fail(p, fmt.Sprintf("panels of type %s, which this Perses does not migrate (replaced by a text with their queries)", orNone(p.kind)))
	}
}

func orNone(kind string) string {
	if kind == "" {
		return "none"
	}
	return clip(kind)
}

// isLoki reports whether all queries of a panel use Loki.
func (m *migration) isLoki(p panel) bool {
	return len(p.targets) > 0 && !slices.ContainsFunc(p.targets, func(target object) bool {
		return m.chosen[m.datasourceOf(target, p.object).Name].Kind != lokiDatasource
	})
}

// keepQueries adds the queries of a panel that was not migrated to the text that replaces it.
func (m *migration) keepQueries(p panel, spec object) {
	var queries []string
	for _, target := range p.targets {
		if query := text(target["expr"]); query != "" {
			queries = append(queries, query)
		}
	}
	kept := fmt.Sprintf("%s\n\nThe Grafana panel of type %s", unsupportedPanel, orNone(p.kind))
	if len(queries) > 0 {
		kept += " has the queries:\n\n```\n" + strings.Join(queries, "\n") + "\n```"
	}
	spec["text"] = kept
}

// logs makes a LogsTable of a logs panel, for which Perses has no migration.
func (m *migration) logs(p panel, made object) {
	made["plugin"] = object{"kind": "LogsTable", "spec": object{}}
	var queries []any
	for _, target := range p.targets {
		queries = append(queries, m.lokiQuery(p, target))
	}
	made["queries"] = queries
	m.fixed.add("logs panels, now LogsTable", p.name())
}

// queries fixes the queries of a panel. Perses makes one of each Grafana query, in the same order.
func (m *migration) queries(p panel, made object) {
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
			m.fail(p, fmt.Sprintf("queries of type %s, which this Perses does not migrate", orNone(d.Type)))
			delete(spec, "datasource")
		case isPrometheus && chosen.Kind == lokiDatasource && m.has("LokiTimeSeriesQuery", "LokiLogQuery"):
			list[i] = m.lokiQuery(p, target)
			m.fixed.add("Loki queries, which Perses treated as PromQL", p.name())
		case isPrometheus && chosen.Kind != "" && chosen.Kind != prometheusDatasource:
			m.fail(p, fmt.Sprintf("queries of a %s, which Perses treated as PromQL", chosen.Kind))
		default:
			m.setDatasource(spec, d)
		}
	}
}

// lokiQuery returns the Perses query for a Loki query of logs or metrics.
func (m *migration) lokiQuery(p panel, target object) object {
	query := text(target["expr"])
	kind, plugin := "TimeSeriesQuery", "LokiTimeSeriesQuery"
	if strings.HasPrefix(strings.TrimSpace(query), "{") {
		kind, plugin = "LogQuery", "LokiLogQuery"
	} else if legend := text(target["legendFormat"]); legend != "" && legend != "__auto" {
		m.lost.add("legends of Loki queries", p.name())
	}
	spec := object{"query": query}
	m.setDatasource(spec, m.datasourceOf(target, p.object))
	return object{"kind": kind, "spec": object{"plugin": object{"kind": plugin, "spec": spec}}}
}

// setDatasource sets the datasource of a query or variable to its target: by name, by a variable if this Perses has migrated that,
// or to the default.
func (m *migration) setDatasource(spec object, d Datasource) {
	chosen := m.chosen[d.Name]
	switch {
	case spec == nil:
	case chosen.Name != "":
		spec["datasource"] = object{"kind": chosen.Kind, "name": chosen.Name}
	case m.datasourceVariables[d.Name]:
		spec["datasource"] = d.Name
	default:
		delete(spec, "datasource")
	}
}

// likeNone are the units of Grafana that do not change how a value looks.
var likeNone = []string{"", "none", "short", "string", "locale"}

// noteLosses notes what Perses' migration does not keep of a panel.
func (m *migration) noteLosses(p panel, plugin object) {
	for _, what := range []struct {
		is   bool
		what string
	}{
		{len(objectsOf(p.object["transformations"])) > 0, "transformations"},
		{len(objectsOf(at(p.object, "fieldConfig", "overrides"))) > 0, "overrides for single series or fields (colors and lines are kept if Perses supports them)"},
		{p.object["alert"] != nil, "alert rules"},
		{text(p.object["timeFrom"]) != "" || text(p.object["timeShift"]) != "", "time ranges of single panels"},
	} {
		if what.is {
			m.lost.add(what.what, p.name())
		}
	}
	unit := text(at(p.object, "fieldConfig", "defaults", "unit"))
	if !slices.Contains(likeNone, unit) && plugin != nil && text(plugin["kind"]) != "Markdown" && !hasUnit(plugin) {
		m.lost.add("units that Perses does not support", p.name()+" ("+clip(unit)+")")
	}
}

// hasUnit reports whether there is a unit anywhere in a value.
func hasUnit(value any) bool {
	switch v := value.(type) {
	case object:
		return v["unit"] != nil || slices.ContainsFunc(slices.Collect(maps.Values(v)), hasUnit)
	case []any:
		return slices.ContainsFunc(v, hasUnit)
	}
	return false
}
