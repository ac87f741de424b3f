package edit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// eachSelector visits each datasource selector: an object with a kind under the key "datasource". spec is the object that
// contains it.
func (e *editor) eachSelector(visit func(where string, spec, selector *node)) {
	for _, p := range e.parts() {
		var down func(v *node)
		down = func(v *node) {
			if !e.worthSearching(v) || !mayContain(v, `"datasource"`) {
				return
			}
			for _, m := range v.members() {
				if m.key == "datasource" && m.value.get("kind").isString() {
					visit(p.name, v, m.value)
				}
				down(m.value)
			}
		}
		down(p.parent.loaded[p.index].value)
	}
}

// commonDatasource returns the name of the datasource for a new query that names none: the one that all other queries name.
// It returns "", which stands for the default datasource of the kind, if they differ, if some name none, or if the
// datasource does not exist.
func (e *editor) commonDatasource() string {
	only, several := "", false
	e.eachQueryPlugin(func(_ string, plugin *node) {
		name := plugin.get("spec", "datasource", "name").str()
		switch {
		case plugin.get("kind").str() == "StaticListVariable" || several:
		case only == "" && name != "":
			only = name
		case name != only:
			several = true
		}
	})
	if _, ok := e.fullEnv().KindOf(only); several || e.env.Datasources != nil && !ok {
		return ""
	}
	return only
}

// eachQueryPlugin visits the plugins that query a datasource: those of queries, variables and annotations.
func (e *editor) eachQueryPlugin(visit func(where string, plugin *node)) {
	for _, p := range e.parts() {
		v := p.parent.loaded[p.index].value
		if plugin := v.get("spec", "plugin"); plugin.isObject() {
			visit(p.name, plugin)
		} else if plugin := v.get("plugin"); plugin.isObject() {
			visit(p.name, plugin)
		}
	}
}

// datasourceKind returns the kind of a datasource, or "" if the known datasources are not listed.
func (e *editor) datasourceKind(name string) (string, error) {
	if kind := e.document.get("spec", "datasources", name, "plugin", "kind").str(); kind != "" {
		return kind, nil
	}
	env := e.fullEnv()
	if kind, ok := env.KindOf(name); ok || env.Datasources == nil {
		return kind, nil
	}
	return "", notFound("datasource", name, slices.Sorted(maps.Keys(env.Datasources)), "")
}

// canQuery reports whether a plugin of a query or variable can query datasources of a kind. It compares the beginnings of
// their names: PrometheusTimeSeriesQuery queries a PrometheusDatasource.
func canQuery(plugin, kind string) bool {
	return kind != "" && strings.HasPrefix(plugin, strings.TrimSuffix(kind, "Datasource"))
}

func (e *editor) replaceDatasource(f fields) error {
	from, to := f.str("from"), f.str("to")
	kind, err := e.datasourceKind(to)
	if err != nil {
		return inField("to", err)
	}
	var names, places []string
	seen := map[string]bool{"": true}
	wrong := ""
	plugins := map[*node]string{} // kind of the plugin by its spec
	e.eachQueryPlugin(func(_ string, plugin *node) {
		if spec := plugin.get("spec"); spec != nil {
			plugins[spec] = plugin.get("kind").str()
		}
	})
	e.eachSelector(func(where string, spec, selector *node) {
		name := selector.get("name").str()
		if name != from || name == "" {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
			return
		}
		if kind != "" && kind != selector.get("kind").str() {
			plugin := plugins[spec]
			if !canQuery(plugin, kind) && wrong == "" {
				wrong = fmt.Sprintf("%s uses a %s, but %q is a %s: change the query first", where, cmp.Or(plugin, "plugin for another kind of datasource"), to, kind)
			}
			selector.put("kind", stringNode(kind))
		}
		selector.put("name", stringNode(to))
		places = appendPlace(places, where)
	})
	if wrong != "" {
		return errors.New(wrong)
	}
	if len(places) == 0 {
		return inField("from", notFound("query or variable with the datasource", from, names, ""))
	}
	if from != to {
		e.report("datasource %s -> %s in %s", from, to, firstFew(places))
	}
	return nil
}

// setDatasource sets the datasource of all queries and variables that name none and can query it.
func (e *editor) setDatasource(name string) error {
	kind, err := e.datasourceKind(name)
	if err != nil {
		return err
	}
	var places []string
	e.eachQueryPlugin(func(where string, plugin *node) {
		if e.checkSize(0) != nil { // applyEdit reports it
			return
		}
		have := plugin.get("spec", "datasource")
		ofKind := cmp.Or(kind, have.get("kind").str())
		if have.get("name") != nil || have != nil && !have.isObject() || !canQuery(plugin.get("kind").str(), ofKind) {
			return
		}
		if have != nil && have.get("kind").str() != ofKind {
			return
		}
		selector := plugin.ensureObject("spec", "datasource")
		selector.put("kind", stringNode(ofKind))
		selector.put("name", stringNode(name))
		places = append(places, where)
	})
	if len(places) > 0 {
		e.report("datasource set to %s in %s", name, firstFew(places))
	}
	return nil
}
