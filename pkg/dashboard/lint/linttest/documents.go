// Package linttest provides dashboards with mistakes, to test package lint and the packages that apply its edits.
package linttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
)

// Env has a few plugins, a default Prometheus datasource, and a project variable.
var Env = lint.Env{
	Plugins: map[string][]string{
		"Panel":           {"BarChart", "GaugeChart", "LogsTable", "Markdown", "StatChart", "TimeSeriesChart"},
		"TimeSeriesQuery": {"LokiTimeSeriesQuery", "PrometheusTimeSeriesQuery"}, "LogQuery": {"LokiLogQuery"},
		"Variable":   {"PrometheusLabelValuesVariable", "PrometheusPromQLVariable", "StaticListVariable"},
		"Datasource": {"LokiDatasource", "PrometheusDatasource"},
	},
	Variables:   []string{"team"},
	Datasources: []lint.Datasource{{Name: "prom", Kind: "PrometheusDatasource", Default: true, ScrapeInterval: 15e9}, {Name: "other", Kind: "PrometheusDatasource"}},
}

// object is a JSON object.
type object = map[string]any

// PanelWith returns a panel with a PromQL query.
func PanelWith(query string) object {
	return object{"kind": "Panel", "spec": object{"display": object{"name": "A panel"}, "plugin": object{"kind": "TimeSeriesChart", "spec": object{"yAxis": object{"format": object{"unit": "decimal"}}}},
		"queries": []any{object{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{"kind": "PrometheusTimeSeriesQuery", "spec": object{"query": query}}}}}}}
}

// DashboardWith returns a dashboard that shows the panels one below the other.
func DashboardWith(panels object) object {
	items := []any{}
	for _, key := range slices.Sorted(maps.Keys(panels)) {
		items = append(items, object{"x": 0, "y": 8 * len(items), "width": 12, "height": 8, "content": object{"$ref": "#/spec/panels/" + key}})
	}
	return object{"kind": "Dashboard", "metadata": object{"name": "d", "project": "p"}, "spec": object{
		"duration": "1h", "panels": panels, "layouts": []any{object{"kind": "Grid", "spec": object{"items": items}}},
	}}
}

// Set returns a copy of a document with another value at a path such as spec/layouts/0; nil removes the key.
func Set(document object, path string, value any) object {
	encoded, _ := json.Marshal(document)
	var copied any
	_ = json.Unmarshal(encoded, &copied)
	keys := strings.Split(path, "/")
	inside := copied
	for _, key := range keys[:len(keys)-1] {
		inside = child(inside, key)
	}
	last := keys[len(keys)-1]
	if list, ok := inside.([]any); ok {
		list[index(last)] = value
	} else if value == nil {
		delete(inside.(object), last)
	} else {
		inside.(object)[last] = value
	}
	return copied.(object)
}

func child(of any, key string) any {
	if list, ok := of.([]any); ok {
		return list[index(key)]
	}
	return of.(object)[key]
}

func index(key string) (i int) {
	_, _ = fmt.Sscan(key, &i)
	return i
}
