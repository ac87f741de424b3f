package panel

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
)

// selectorOf returns the selector of the datasource of a query or a variable: a name, the value of a variable, or the default of the
// kind. A variable that is undefined or has several values selects the default, as in the UI
// (plugin-system/src/components/DatasourceSelect/DatasourceSelect.tsx).
func selectorOf(d dashboard.Dashboard, spec gjson.Result, kind string, values dashboard.Values) (query.Selector, error) {
	s := query.Selector{Kind: kind, Project: d.Project, Dashboard: d.Name, Local: d.Datasources}
	reference := spec.Get("datasource")
	switch {
	case reference.IsObject():
		if of := reference.Get("kind").String(); of != kind {
			return s, fmt.Errorf("its datasource is a %s, but it needs a %s", of, kind)
		}
		s.Name = reference.Get("name").String()
	case strings.HasPrefix(reference.String(), "$"):
		names := dashboard.References(reference.String())
		if len(names) == 0 {
			return s, fmt.Errorf("its datasource %q is not a reference to a variable", reference.String())
		}
		if value := values[names[0]]; !value.IsList && len(value.Values) > 0 {
			s.Name = value.Values[0]
		}
	case reference.Type == gjson.String:
		return s, fmt.Errorf("its datasource %q is neither a variable nor an object with kind and name", reference.Str)
	}
	return s, nil
}

// countDatasources returns the number of distinct references to datasources in a dashboard.
func countDatasources(d dashboard.Dashboard, variables []dashboard.Variable) int {
	seen := map[string]bool{}
	add := func(spec []byte, plugin string) { seen[plugin+gjson.GetBytes(spec, "datasource").Raw] = true }
	for _, p := range d.Panels {
		for _, q := range p.Queries {
			add(q.Spec, dashboard.DatasourceOf(q.Plugin))
		}
	}
	for _, v := range variables {
		if _, ok := lists[v.Plugin]; ok {
			add(v.Spec, query.Prometheus)
		}
	}
	return len(seen)
}
