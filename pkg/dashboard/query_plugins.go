package dashboard

import (
	"slices"
	"strings"
)

// The kinds of queries, by what they return.
const (
	TimeSeriesQuery = "TimeSeriesQuery"
	LogQuery        = "LogQuery"
	TraceQuery      = "TraceQuery"
	ProfileQuery    = "ProfileQuery"
)

// The query plugin and the datasource kind for PromQL.
const (
	PrometheusQuery      = "PrometheusTimeSeriesQuery"
	PrometheusDatasource = "PrometheusDatasource"
)

// QueryPlugin describes a query plugin.
type QueryPlugin struct {
	Name       string // such as PrometheusTimeSeriesQuery
	Kind       string // the kind of query: TimeSeriesQuery, …
	Datasource string // the kind of datasource that it queries
	Explorer   string // the page of Perses' UI where a person can try such a query; empty if there is none

	// The options of the plugin's spec. An empty one means that the plugin has no such option.
	Legend  string
	MinStep string
	Limit   string // the maximum number of log lines, traces, …
}

// queryPlugins lists the query plugins, the preferred one of each kind first. Their options are in plugins/*/schemas of
// github.com/perses/plugins. Each has an example in pkg/plugin/examples.json, and its datasource an entry in languages of
// pkg/query.
var queryPlugins = []QueryPlugin{
	{Name: PrometheusQuery, Kind: TimeSeriesQuery, Datasource: PrometheusDatasource, Explorer: "Prometheus-PrometheusExplorer", Legend: "seriesNameFormat", MinStep: "minStep"},
	{Name: "LokiTimeSeriesQuery", Kind: TimeSeriesQuery, Datasource: "LokiDatasource"},
	{Name: "LokiLogQuery", Kind: LogQuery, Datasource: "LokiDatasource"},
	{Name: "TempoTraceQuery", Kind: TraceQuery, Datasource: "TempoDatasource", Explorer: "Tempo-TempoExplorer", Limit: "limit"},
	{Name: "PyroscopeProfileQuery", Kind: ProfileQuery, Datasource: "PyroscopeDatasource"},
	{Name: "ClickHouseTimeSeriesQuery", Kind: TimeSeriesQuery, Datasource: "ClickHouseDatasource"},
	{Name: "ClickHouseLogQuery", Kind: LogQuery, Datasource: "ClickHouseDatasource"},
	{Name: "VictoriaLogsTimeSeriesQuery", Kind: TimeSeriesQuery, Datasource: "VictoriaLogsDatasource"},
	{Name: "VictoriaLogsLogQuery", Kind: LogQuery, Datasource: "VictoriaLogsDatasource"},
}

// QueryPlugins returns the query plugins, the preferred one of each kind first.
func QueryPlugins() []QueryPlugin { return slices.Clone(queryPlugins) }

// QueryPluginFor returns the preferred plugin for a query kind and a datasource kind, or for any datasource kind if that is empty.
func QueryPluginFor(query, datasource string) (plugin QueryPlugin, known bool) {
	for _, p := range queryPlugins {
		if p.Kind == query && (datasource == "" || p.Datasource == datasource) {
			return p, true
		}
	}
	return QueryPlugin{}, false
}

// QueryPluginOf returns the query plugin with a name, and whether it is known.
func QueryPluginOf(name string) (plugin QueryPlugin, known bool) {
	if i := slices.IndexFunc(queryPlugins, func(p QueryPlugin) bool { return p.Name == name }); i >= 0 {
		return queryPlugins[i], true
	}
	return QueryPlugin{}, false
}

// DatasourceOf returns the datasource kind of a plugin for queries, variables or annotations, or "" if it has none that is
// known. The names of all plugins for a datasource begin with the same word: a LokiLogQuery queries a LokiDatasource.
func DatasourceOf(plugin string) (kind string) {
	for _, p := range queryPlugins {
		if strings.HasPrefix(plugin, strings.TrimSuffix(p.Datasource, "Datasource")) {
			return p.Datasource
		}
	}
	return ""
}
