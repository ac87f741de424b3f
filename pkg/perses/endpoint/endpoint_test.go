package endpoint_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/perses/mcp-server/pkg/perses/endpoint"
)

func TestIsProxied(t *testing.T) {
	for path, want := range map[string]bool{
		"/proxy/globaldatasources/prom/api/v1/query":      true,
		"/base/proxy/projects/p/datasources/prom/query":   true,
		"/proxy/projects/proxy/datasources/prom/query":    true,
		"/api/v1/projects/proxy/dashboards":               false,
		"/base/api/v1/projects/p/dashboards/proxy/metric": false,
		"/api/v1/projects":                                false,
		// A Perses behind the proxy of Kubernetes.
		"/api/v1/namespaces/n/services/s/proxy/api/v1/projects":                           false,
		"/api/v1/namespaces/n/services/s/proxy/proxy/globaldatasources/prom/api/v1/query": true,
	} {
		if got := endpoint.IsProxied(&http.Request{URL: &url.URL{Path: path}}); got != want {
			t.Errorf("%s: got %t", path, got)
		}
	}
}
