package dashboard

import "strings"

// asking are what the kinds of plugins begin with whose datasources are of the kind of the same beginning: a
// LokiLogQuery asks a LokiDatasource.
var asking = []string{"Prometheus", "Loki", "Tempo", "Pyroscope", "ClickHouse", "VictoriaLogs"}

// DatasourceOf returns the kind of the datasources that a plugin of queries, variables or annotations asks; "" if it asks none,
// as far as is known here.
func DatasourceOf(plugin string) (kind string) {
	for _, begin := range asking {
		if strings.HasPrefix(plugin, begin) {
			return begin + "Datasource"
		}
	}
	return ""
}
