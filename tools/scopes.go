package tools

import (
	"slices"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// scopesOf returns where Perses looks up a name of this kind for a project: in the project, then among the global documents.
func scopesOf(kind perses.Kind, project string) []perses.Ref {
	scopes := []perses.Ref{{Kind: kind, Project: project}}
	if kind == modelv1.KindDatasource || kind == modelv1.KindVariable {
		scopes = append(scopes, perses.Ref{Kind: "Global" + kind})
	}
	return scopes
}

// visible holds the items found in several scopes, and the scopes that the caller may not list.
type visible[T any] struct {
	items     []T
	forbidden []perses.Ref
}

// listScopes lists the scopes of a kind concurrently.
func listScopes[T any](c *Call, kind perses.Kind, project string, list func(perses.Ref) ([]T, error)) (v visible[T], err error) {
	scopes := scopesOf(kind, project)
	items, errs := make([][]T, len(scopes)), make([]error, len(scopes))
	parallel.Each(len(scopes), func(i int) { items[i], errs[i] = list(scopes[i]) })
	for i, scope := range scopes {
		switch {
		case problem.IsForbidden(errs[i]):
			v.forbidden = append(v.forbidden, scope)
		case errs[i] != nil:
			return v, c.Explain("list", scope, errs[i])
		}
		v.items = append(v.items, items[i]...)
	}
	return v, nil
}

// visibleDatasources returns the datasources that a dashboard of a project can use. Unless fresh is set, they may come from a
// cache that is some seconds old.
func (c *Call) visibleDatasources(project string, fresh bool) (visible[perses.Datasource], error) {
	return listScopes(c, modelv1.KindDatasource, project, func(scope perses.Ref) ([]perses.Datasource, error) { return c.Datasources(scope.Project, fresh) })
}

// visibleVariables returns the names of the variables that a dashboard of a project can use in addition to its own.
func (c *Call) visibleVariables(project string) (visible[string], error) {
	return listScopes(c, modelv1.KindVariable, project, func(scope perses.Ref) ([]string, error) { return c.Names(scope, "") })
}

// pluginNames returns the sorted names of the plugins by their kind (Panel, Variable, …).
func (c *Call) pluginNames() (map[string][]string, error) {
	plugins, err := c.Plugins()
	if err != nil {
		return nil, c.Explain("list", perses.Ref{Kind: "plugins"}, err)
	}
	names := map[string][]string{}
	for _, p := range plugins {
		names[p.Kind] = append(names[p.Kind], p.Name)
	}
	for _, sorted := range names {
		slices.Sort(sorted)
	}
	return names, nil
}

// sketchEnv returns the environment in which sketches are expanded. If the datasources cannot be listed, they are left unknown:
// the write that follows reports the reason.
func (c *Call) sketchEnv(project string) (env sketch.Env, err error) {
	env.Shown = mask.Text
	if env.Plugins, err = c.pluginNames(); err != nil {
		return env, err
	}
	datasources, err := c.visibleDatasources(project, false)
	if err != nil || datasources.forbidden != nil {
		return env, nil
	}
	env.Datasources = map[string]string{}
	for _, d := range slices.Backward(datasources.items) { // a datasource of the project hides a global one of the same name
		env.Datasources[d.Name] = kindOfDatasource(d)
	}
	return env, nil
}

// lintEnv returns the environment in which a dashboard is checked, and the scopes that the caller may not list: their contents
// are unknown. The plugins are listed if they are nil.
func (c *Call) lintEnv(project string, plugins map[string][]string) (env lint.Env, forbidden []perses.Ref, err error) {
	var datasources visible[perses.Datasource]
	var variables visible[string]
	var group parallel.Group
	if env.Plugins = plugins; plugins == nil {
		group.Go(func() (err error) { env.Plugins, err = c.pluginNames(); return err })
	}
	group.Go(func() (err error) { datasources, err = c.visibleDatasources(project, false); return err })
	group.Go(func() (err error) { variables, err = c.visibleVariables(project); return err })
	if err := group.Wait(); err != nil {
		return env, nil, err
	}
	if datasources.forbidden == nil {
		env.Datasources = []lint.Datasource{} // nil would mean that they are unknown
		for _, d := range datasources.items {
			env.Datasources = append(env.Datasources, lint.DatasourceOf(d.Name, d.Spec))
		}
	}
	if variables.forbidden == nil {
		env.Variables = append([]string{}, variables.items...)
	}
	return env, slices.Concat(datasources.forbidden, variables.forbidden), nil
}
