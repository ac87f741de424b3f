// Package endpoint knows the URL paths of Perses.
package endpoint

import (
	"net/http"
	"strings"
)

const (
	// API begins the paths below which Perses stores documents. Other paths validate, migrate, log in and forward requests.
	API = "/api/v1/"
	// GlobalProxy begins the paths whose requests Perses forwards to global datasources.
	GlobalProxy = "/proxy/globaldatasources/"
	// ProjectProxy begins the paths whose requests Perses forwards to the datasources of projects and dashboards.
	ProjectProxy = "/proxy/projects/"
)

// IsProxied reports whether Perses forwards a request to a datasource. A project may be called proxy, and the URL of Perses may
// itself contain that word.
func IsProxied(r *http.Request) bool {
	return strings.Contains(r.URL.Path, GlobalProxy) || strings.Contains(r.URL.Path, ProjectProxy)
}

// IsWrite reports whether a request creates, changes or deletes a document.
func IsWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && strings.Contains(r.URL.Path, API) && !IsProxied(r)
}
