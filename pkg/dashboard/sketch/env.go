package sketch

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/variable"
)

// Env describes the Perses server that a sketch is expanded for.
type Env struct {
	Plugins     map[string][]string      // plugin names by plugin type: Panel, TimeSeriesQuery, Variable, …; nil if unknown, which skips the checks
	Datasources map[string]string        // datasource kinds by datasource name; nil if unknown
	Shown       func(text string) string // masks a title before it becomes a panel key, which is always shown; nil to use it as it is
}

// findChart returns the chart with the given name or panel kind. It returns an error if Perses has no such panel plugin.
func (e Env) findChart(name string) (chart, error) {
	c, ok := chartNamed(name)
	if !ok {
		c = chartOfKind(name)
	}
	plugins := e.Plugins["Panel"]
	switch {
	case c.Sketch == "" && (plugins == nil || !slices.Contains(plugins, name)) && (plugins != nil || !looksLikePlugin(name)):
		return c, fmt.Errorf("chart: there is no %q%s", clip(name), alternatives(name, slices.Concat(Charts(), plugins), Charts()))
	case plugins != nil && !slices.Contains(plugins, c.Name):
		return c, fmt.Errorf("chart %s: this Perses has no panel plugin %s; its panel plugins are %s", name, c.Name, strings.Join(plugins, ", "))
	}
	return c, nil
}

// looksLikePlugin reports whether a name is written like a plugin name, such as TimeSeriesChart.
func looksLikePlugin(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }

// alternatives returns the end of an error: names similar to a wrong one, or else all names.
func alternatives(name string, known, all []string) string {
	if near := nearest.Names(name, known); len(near) > 0 {
		return ". Nearest: " + strings.Join(near, ", ")
	}
	return "; use one of " + strings.Join(all, ", ")
}

// queryKind returns the kind of the queries of a plugin: the kind that Perses lists the plugin under, or else fallback.
func (e Env) queryKind(plugin, fallback string) string {
	for _, kind := range slices.Sorted(maps.Keys(e.Plugins)) {
		if strings.HasSuffix(kind, "Query") && slices.Contains(e.Plugins[kind], plugin) {
			return kind
		}
	}
	return fallback
}

// setDatasource adds a datasource selector to the spec of a plugin. It selects the datasource name or, if name is empty,
// fallback, provided that the plugin can query that one.
func (e Env) setDatasource(spec object, name, fallback, kind, plugin string) error {
	explicit := name != ""
	if !explicit {
		name = fallback
	}
	if name == "" {
		return nil
	}
	if strings.HasPrefix(name, "$") {
		if !variable.IsPlain(name) {
			return fmt.Errorf("datasource: %q does not name a variable: want $ and its name, as in $datasource", clip(name))
		}
		spec["datasource"] = name
		return nil
	}
	actual, known := e.KindOf(name)
	switch {
	case e.Datasources != nil && !known:
		return e.unknownDatasource(name)
	case kind == "" && !known && !explicit:
		return nil
	case kind == "" && !known:
		return fmt.Errorf("datasource: the kind of %q is unknown for the plugin %s: set {\"datasource\":{\"kind\":…,\"name\":…}} in options", clip(name), plugin)
	case kind == "":
		kind = actual
	case known && actual != kind && explicit:
		return fmt.Errorf("datasource: %q is a %s, but %s needs a %s%s", name, actual, plugin, kind, e.examplesOf(kind))
	case known && actual != kind:
		return nil // fallback does not apply; Perses uses the default datasource of the kind
	}
	spec["datasource"] = object{"kind": kind, "name": name}
	return nil
}

// KindOf returns the kind of a datasource, and whether the datasource exists. Names match regardless of case, because
// Perses' file database stores them in lower case.
func (e Env) KindOf(datasource string) (kind string, known bool) {
	if kind, known = e.Datasources[datasource]; known {
		return kind, true
	}
	for _, name := range slices.Sorted(maps.Keys(e.Datasources)) {
		if strings.EqualFold(name, datasource) {
			return e.Datasources[name], true
		}
	}
	return "", false
}

func (e Env) unknownDatasource(name string) error {
	names := slices.Sorted(maps.Keys(e.Datasources))
	if len(names) == 0 {
		return fmt.Errorf("datasource: there is no %q, and no other datasource: omit it and create a default datasource", clip(name))
	}
	return fmt.Errorf("datasource: there is no %q%s", clip(name), alternatives(name, names, names))
}

// examplesOf names some datasources of a kind for an error.
func (e Env) examplesOf(kind string) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(e.Datasources)) {
		if e.Datasources[name] == kind {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	return ", such as " + strings.Join(names[:min(len(names), 3)], ", ")
}
