package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// datasourceTerm matches the definition of a datasource, references to it, and queries that use it as the default of the
// dashboard, of the project or of all projects.
func datasourceTerm(_ *work.Budget, name string) matcher {
	known := defaults{}
	return matcher{
		match: placesOf(func(d *uses.Dashboard, u uses.Use) (note string, ok bool) {
			switch u.Sort {
			case uses.Datasource, uses.OwnDatasource:
				// Perses' file database ignores case in names.
				return noteOf(u.Sort), strings.EqualFold(u.Name, name)
			case uses.DefaultDatasource:
				return noteOf(u.Sort), strings.EqualFold(known.lookup(d, u.Name), name)
			}
			return "", false
		}),
		names: namesOf(uses.Datasource, uses.OwnDatasource),
		prepare: func(call *Call, dashboards []*uses.Dashboard) []string {
			return append(known.load(call, dashboards), chosenByVariable(dashboards)...)
		},
	}
}

// chosenByVariable reports the number of dashboards in which a variable selects the datasource.
func chosenByVariable(dashboards []*uses.Dashboard) []string {
	count := 0
	for _, d := range dashboards {
		if slices.ContainsFunc(d.Uses, func(u uses.Use) bool { return u.Sort == uses.Datasource && strings.HasPrefix(u.Name, "$") }) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("datasources that a variable selects are not resolved: %d dashboards have such a variable", count)}
}

// defaults maps a project and a datasource kind to the name of the default datasource. The project "" has the global ones.
type defaults map[string]map[string]string

// lookup returns the name of the default datasource for a dashboard, in the order of Perses' UI.
func (k defaults) lookup(d *uses.Dashboard, kind string) string {
	return cmp.Or(d.Defaults[kind], k[d.Project][kind], k[""][kind])
}

// load lists the defaults of the projects whose dashboards use them. It returns a hint about those that it cannot list.
func (k defaults) load(call *Call, dashboards []*uses.Dashboard) []string {
	wanted := map[string]bool{}
	for _, d := range dashboards {
		if slices.ContainsFunc(d.Uses, func(u uses.Use) bool { return u.Sort == uses.DefaultDatasource && d.Defaults[u.Name] == "" }) {
			wanted[""], wanted[d.Project] = true, true
		}
	}
	var mu sync.Mutex
	var unknown []string
	var group parallel.Group
	group.SetLimit(maxConcurrentProjects)
	for project := range wanted {
		group.Go(func() error {
			part, done := call.Apart()
			defer done()
			all, err := part.Datasources(project, false)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				unknown = append(unknown, cmp.Or(project, "all projects"))
				return nil
			}
			k[project] = defaultsAmong(all)
			return nil
		})
	}
	_ = group.Wait() // failures are in unknown
	if unknown == nil {
		return nil
	}
	slices.Sort(unknown)
	return []string{"the default datasources could not be listed of: " + someOf(unknown, 3)}
}

func defaultsAmong(all []perses.Datasource) map[string]string {
	names := map[string]string{}
	for _, d := range all {
		if kind := kindOfDatasource(d); gjson.GetBytes(d.Spec, "default").Bool() && names[kind] == "" {
			names[kind] = d.Name
		}
	}
	return names
}
