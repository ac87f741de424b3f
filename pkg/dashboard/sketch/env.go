package sketch

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/variable"
)

// Env is what the expansion knows of the Perses for which it is made.
type Env struct {
	Plugins     map[string][]string      // the names of its plugins by what they are: Panel, TimeSeriesQuery, Variable, …; nil if that is not known, and so not checked
	Datasources map[string]string        // the kinds of the plugins of datasources, by their names; nil likewise
	Shown       func(text string) string // what of a title goes into a key, which everybody sees; nil for all of it
}

// chartOf returns the chart of a name, which is one of the table or the kind of a plugin, if this Perses has its plugin.
func (e Env) chartOf(name string) (chart, error) {
	c, ok := chartCalled(name)
	if !ok {
		c = ofKind(name)
	}
	plugins := e.Plugins["Panel"]
	switch {
	case c.Sketch == "" && (plugins == nil || !slices.Contains(plugins, name)) && (plugins != nil || !isPlugin(name)):
		return c, fmt.Errorf("chart: there is no %q%s", clip(name), orAll(name, slices.Concat(Charts(), plugins), Charts()))
	case plugins != nil && !slices.Contains(plugins, c.Name):
		return c, fmt.Errorf("chart %s: this Perses has no panel plugin %s; it has %s", name, c.Name, strings.Join(plugins, ", "))
	}
	return c, nil
}

// isPlugin tells whether a name looks like that of a plugin: TimeSeriesChart.
func isPlugin(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }

// orAll says which names a wrong one may have been meant for, or which there are.
func orAll(name string, known, all []string) string {
	if near := nearest.Names(name, known); len(near) > 0 {
		return ". Nearest: " + strings.Join(near, ", ")
	}
	return "; there are " + strings.Join(all, ", ")
}

// kindOfQueries returns what queries of a plugin are: what Perses says, or else what the chart takes.
func (e Env) kindOfQueries(plugin, otherwise string) string {
	for _, kind := range slices.Sorted(maps.Keys(e.Plugins)) {
		if strings.HasSuffix(kind, "Query") && slices.Contains(e.Plugins[kind], plugin) {
			return kind
		}
	}
	return otherwise
}

// choose puts the selector of a datasource into the spec of a plugin: of the one that is named, or by default of another, if
// that is of the kind that the plugin asks.
func (e Env) choose(spec object, name, byDefault, kind, plugin string) error {
	given := name != ""
	if !given {
		name = byDefault
	}
	if name == "" {
		return nil
	}
	if strings.HasPrefix(name, "$") {
		if !variable.IsPlain(name) {
			return fmt.Errorf("datasource: %q is no variable: want its name behind $, as in $datasource", clip(name))
		}
		spec["datasource"] = name
		return nil
	}
	of, known := e.KindOf(name)
	switch {
	case e.Datasources != nil && !known:
		return e.noDatasource(name)
	case kind == "" && !known && !given:
		return nil
	case kind == "" && !known:
		return fmt.Errorf("datasource: of what kind %q is, the plugin %s does not tell: write it in options, as {\"datasource\":{\"kind\":…,\"name\":…}}", clip(name), plugin)
	case kind == "":
		kind = of
	case known && of != kind && given:
		return fmt.Errorf("datasource: %q is a %s, but %s asks a %s%s", name, of, plugin, kind, e.others(kind))
	case known && of != kind:
		return nil // the default of its kind
	}
	spec["datasource"] = object{"kind": kind, "name": name}
	return nil
}

// KindOf returns the kind of the datasource that a name leads to, and whether there is one. A name in other letters is one
// that Perses takes for the same: its file database keeps names in lower case.
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

func (e Env) noDatasource(name string) error {
	names := slices.Sorted(maps.Keys(e.Datasources))
	if len(names) == 0 {
		return fmt.Errorf("datasource: there is no %q, and no other; leave it out for the default, which somebody has to create", clip(name))
	}
	return fmt.Errorf("datasource: there is no %q%s", clip(name), orAll(name, names, names))
}

// others names the datasources of a kind.
func (e Env) others(kind string) string {
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
