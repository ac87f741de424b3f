package tools

import (
	"slices"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
)

// What there is around a dashboard, for whoever writes, changes, checks or migrates one.

// scopesOf returns where a name of this kind can lead to in a project: first what the project has, then what is global.
func scopesOf(kind perses.Kind, project string) []perses.Ref {
	scopes := []perses.Ref{{Kind: kind, Project: project}}
	if kind == modelv1.KindDatasource || kind == modelv1.KindVariable {
		scopes = append(scopes, perses.Ref{Kind: "Global" + kind})
	}
	return scopes
}

// seen are things of several scopes. closed are those of the scopes that the caller may not read.
type seen[T any] struct {
	all    []T
	closed []perses.Ref
}

// look reads the scopes of a kind at the same time.
func look[T any](c *Call, kind perses.Kind, project string, read func(perses.Ref) ([]T, error)) (s seen[T], err error) {
	scopes := scopesOf(kind, project)
	found, failed := make([][]T, len(scopes)), make([]error, len(scopes))
	parallel.Each(len(scopes), func(i int) { found[i], failed[i] = read(scopes[i]) })
	for i, scope := range scopes {
		switch {
		case perses.IsForbidden(failed[i]):
			s.closed = append(s.closed, scope)
		case failed[i] != nil:
			return s, c.Explain("list", scope, failed[i])
		}
		s.all = append(s.all, found[i]...)
	}
	return s, nil
}

// datasourcesAround returns the datasources that a dashboard of a project can use. Unless fresh, they may be seconds old.
func (c *Call) datasourcesAround(project string, fresh bool) (seen[perses.Datasource], error) {
	return look(c, modelv1.KindDatasource, project, func(scope perses.Ref) ([]perses.Datasource, error) { return c.Datasources(scope.Project, fresh) })
}

// variablesAround returns the names of the variables that a dashboard of a project can use beside its own.
func (c *Call) variablesAround(project string) (seen[string], error) {
	return look(c, modelv1.KindVariable, project, func(scope perses.Ref) ([]string, error) { return c.Names(scope, "") })
}

// pluginNames returns the names of the plugins by what they are, sorted.
func (c *Call) pluginNames() (map[string][]string, error) {
	plugins, err := c.Plugins()
	if err != nil {
		return nil, c.Explain("list", perses.Ref{Kind: "plugins"}, err)
	}
	names := map[string][]string{}
	for _, p := range plugins {
		names[p.Kind] = append(names[p.Kind], p.Name)
	}
	for _, of := range names {
		slices.Sort(of)
	}
	return names, nil
}

// env is what the expansion of a sketch has to know. Which datasources there are is not known where they cannot be read; why
// not, the write says that follows.
func (c *Call) env(project string) (env sketch.Env, err error) {
	env.Shown = perses.MaskText
	if env.Plugins, err = c.pluginNames(); err != nil {
		return env, err
	}
	datasources, err := c.datasourcesAround(project, false)
	if err != nil || datasources.closed != nil {
		return env, nil
	}
	env.Datasources = map[string]string{}
	for _, d := range slices.Backward(datasources.all) { // those of the project come before global ones of the same name
		env.Datasources[d.Name] = kindOfDatasource(d)
	}
	return env, nil
}

// lintEnv is what a check has to know: the plugins, unless they are known, and more. What the caller may not read is not known,
// and closed says so.
func (c *Call) lintEnv(project string, plugins map[string][]string) (env lint.Env, closed []perses.Ref, err error) {
	var datasources seen[perses.Datasource]
	var variables seen[string]
	var group parallel.Group
	if env.Plugins = plugins; plugins == nil {
		group.Go(func() (err error) { env.Plugins, err = c.pluginNames(); return err })
	}
	group.Go(func() (err error) { datasources, err = c.datasourcesAround(project, false); return err })
	group.Go(func() (err error) { variables, err = c.variablesAround(project); return err })
	if err := group.Wait(); err != nil {
		return env, nil, err
	}
	if datasources.closed == nil {
		env.Datasources = []lint.Datasource{} // known to be none
		for _, d := range datasources.all {
			env.Datasources = append(env.Datasources, lint.DatasourceOf(d.Name, d.Spec))
		}
	}
	if variables.closed == nil {
		env.Variables = append([]string{}, variables.all...)
	}
	return env, slices.Concat(datasources.closed, variables.closed), nil
}
