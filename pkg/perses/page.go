package perses

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// tabs are the pages of Perses' UI on which the documents of a kind are listed: below the page of their
// project, or for what belongs to no project below /admin (ui/app/src/views/{projects,admin}).
var tabs = map[Kind]string{
	modelv1.KindDatasource:         "datasources",
	modelv1.KindVariable:           "variables",
	modelv1.KindSecret:             "secrets",
	modelv1.KindRole:               "roles",
	modelv1.KindRoleBinding:        "rolesbindings",
	modelv1.KindGlobalDatasource:   "datasources",
	modelv1.KindGlobalVariable:     "variables",
	modelv1.KindGlobalSecret:       "secrets",
	modelv1.KindGlobalRole:         "roles",
	modelv1.KindGlobalRoleBinding:  "rolesbindings",
	modelv1.KindUser:               "users",
	modelv1.KindDashboard:          "dashboards",
	modelv1.KindEphemeralDashboard: "ephemeraldashboards",
}

// Page returns the address of the page in Perses' UI where a person can see the document: a page of its
// own for projects and dashboards, the tab that lists it for the other kinds, "" where there is none.
func (s *Server) Page(r Ref) string {
	var path []string
	switch {
	case r.Kind == modelv1.KindProject:
		path = []string{"projects", r.Name}
	case r.Kind == modelv1.KindDashboard || r.Kind == modelv1.KindEphemeralDashboard:
		path = []string{"projects", r.Project, tabs[r.Kind], r.Name}
	case tabs[r.Kind] == "":
		return ""
	case modelv1.IsGlobal(r.Kind):
		path = []string{"admin", tabs[r.Kind]}
	default:
		path = []string{"projects", r.Project, tabs[r.Kind]}
	}
	return s.page(path...).String()
}

func (s *Server) page(path ...string) *url.URL {
	root := url.URL{Scheme: s.url.Scheme, Host: s.url.Host, Path: s.url.Path}
	return root.JoinPath(path...)
}

// Explore returns the address of the page in Perses' UI that asks a datasource this query over a time range, or "" if there is no
// such page for its kind. A single point in time stands for the hour before it.
func (s *Server) Explore(project, kind, datasource, query string, start, end time.Time) string {
	plugins := dashboard.QueryPlugins()
	i := slices.IndexFunc(plugins, func(p dashboard.QueryPlugin) bool { return p.Datasource == kind && p.Explorer != "" })
	if i < 0 {
		return ""
	}
	p := plugins[i]
	tab := "graph" // of the explorer of Prometheus (plugins/prometheus/src/explore/PrometheusExplorer.tsx)
	if !start.Before(end) {
		tab, start = "table", end.Add(-time.Hour)
	}
	type object = map[string]any
	data := Marshal(object{"tab": tab, "queries": []object{{"kind": p.Kind, "spec": object{"plugin": object{
		"kind": p.Name, "spec": object{"query": query, "datasource": object{"kind": kind, "name": datasource}}}}}}})
	page := s.page("explore")
	page.RawQuery = url.Values{
		"project": {project}, "explorer": {p.Explorer}, "data": {string(data)},
		"start": {strconv.FormatInt(start.UnixMilli(), 10)}, "end": {strconv.FormatInt(end.UnixMilli(), 10)},
	}.Encode()
	return page.String()
}
