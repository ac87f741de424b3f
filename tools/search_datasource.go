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

// datasourceTerm is met where a datasource of the name is defined, is named, or is the default that is used because none is
// named: of the dashboard itself, of its project, or of all.
func datasourceTerm(_ *work.Budget, name string) matcher {
	known := defaults{}
	return matcher{
		in: placesOf(func(d *uses.Dashboard, u uses.Use) (note string, ok bool) {
			switch u.Sort {
			case uses.Datasource, uses.OwnDatasource:
				// Perses' file database takes names in other letters for the same.
				return noteOf(u.Sort), strings.EqualFold(u.Name, name)
			case uses.DefaultDatasource:
				return noteOf(u.Sort), strings.EqualFold(known.of(d, u.Name), name)
			}
			return "", false
		}),
		names: namesOf(uses.Datasource, uses.OwnDatasource),
		prepare: func(call *Call, dashboards []*uses.Dashboard) []string {
			return append(known.read(call, dashboards), chosenByVariable(dashboards)...)
		},
	}
}

// chosenByVariable says how many dashboards may use any datasource.
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
	return []string{fmt.Sprintf("which datasource a variable stands for is not looked up: %d dashboards have such", count)}
}

// defaults are the names of the default datasources of projects by their kinds; the global ones under "".
type defaults map[string]map[string]string

// of returns the name of the default that a dashboard uses, in the order in which Perses' UI looks.
func (k defaults) of(d *uses.Dashboard, kind string) string {
	return cmp.Or(d.Defaults[kind], k[d.Project][kind], k[""][kind])
}

// read reads the defaults of the projects whose dashboards use them. What the caller may not read is not known, which it says.
func (k defaults) read(call *Call, dashboards []*uses.Dashboard) []string {
	wanted := map[string]bool{}
	for _, d := range dashboards {
		if slices.ContainsFunc(d.Uses, func(u uses.Use) bool { return u.Sort == uses.DefaultDatasource && d.Defaults[u.Name] == "" }) {
			wanted[""], wanted[d.Project] = true, true
		}
	}
	var mu sync.Mutex
	var unknown []string
	var group parallel.Group
	group.SetLimit(projectsAtOnce)
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
	_ = group.Wait() // what fails is not known
	if unknown == nil {
		return nil
	}
	slices.Sort(unknown)
	return []string{"the default datasources of these could not be read: " + someOf(unknown, 3)}
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
