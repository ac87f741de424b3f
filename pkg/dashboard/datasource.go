package dashboard

import (
	"net/url"
	"strings"
)

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

// OriginOf returns the scheme, the host and the port of a URL, by which two are of one server or not; what is none as it is.
func OriginOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return address
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
