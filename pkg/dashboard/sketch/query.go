package sketch

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Env is what the expansion knows of the Perses for which it is made.
type Env struct {
	Plugins     map[string][]string // the names of its plugins by what they are: Panel, TimeSeriesQuery, Variable, …; nil if that is not known, and so not checked
	Datasources map[string]string   // the kinds of the plugins of datasources, by their names; nil likewise
}

// plugin is a plugin of queries or variables of which it is known what it asks, and where the words of the short form go.
type plugin struct {
	kind       string // of the plugin
	queries    string // the kind of the query
	datasource string // the kind of its datasources
	legend     string
	minStep    string
}

// plugins are the plugins of queries, for each kind of queries the usual one first (plugins/*/schemas of perses/plugins).
var plugins = []plugin{
	{"PrometheusTimeSeriesQuery", timeSeries, prometheus, "seriesNameFormat", "minStep"},
	{"LokiTimeSeriesQuery", timeSeries, "LokiDatasource", "", ""},
	{"LokiLogQuery", "LogQuery", "LokiDatasource", "", ""},
	{"TempoTraceQuery", "TraceQuery", "TempoDatasource", "", ""},
	{"PyroscopeProfileQuery", "ProfileQuery", "PyroscopeDatasource", "", ""},
}

const prometheus = "PrometheusDatasource"

// Expand writes a query in full, for a chart by its name or the kind of its plugin; empty is timeseries. A query that names no
// datasource has the one that is given, if there is one and its kind is one that the chart's queries can ask.
func (q Query) Expand(chart, datasource string, env Env) (json.RawMessage, error) {
	c, err := env.chartOf(orElse(chart, charts[0].name))
	if err != nil {
		return nil, err
	}
	if c.queries == "" {
		return nil, fmt.Errorf("chart %s takes no queries", c.name)
	}
	full, err := q.expand(c, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

func (q Query) expand(c chart, datasource string, env Env) (object, error) {
	p, err := q.pluginOf(c, datasource, env)
	if err != nil {
		return nil, err
	}
	spec := object{}
	if q.Query == "" && q.Options == nil {
		return nil, errors.New("missing: query")
	}
	for _, word := range []struct{ name, text, path string }{{"query", q.Query, "query"}, {"legend", q.Legend, p.legend}, {"min_step", q.MinStep, p.minStep}} {
		switch {
		case word.text == "":
		case word.path == "":
			return nil, fmt.Errorf("%s: queries of the plugin %s have none", word.name, p.kind)
		default:
			spec[word.path] = word.text
		}
	}
	if err := env.choose(spec, q.Datasource, datasource, p.datasource, p.kind); err != nil {
		return nil, err
	}
	if spec, err = mergeRaw(spec, q.Options, "options"); err != nil {
		return nil, err
	}
	inner := object{"plugin": object{"kind": p.kind, "spec": spec}}
	if q.Name != "" {
		inner["name"] = q.Name
	}
	return object{"kind": p.queries, "spec": inner}, nil
}

// pluginOf returns the plugin of the query: the one that it names, or the one that asks its datasource what the chart shows.
func (q Query) pluginOf(c chart, datasource string, env Env) (plugin, error) {
	p := plugin{kind: q.Plugin, queries: env.kindOfQueries(q.Plugin, c.queries)}
	if i := slices.IndexFunc(plugins, func(p plugin) bool { return p.kind == q.Plugin }); i >= 0 {
		p = plugins[i]
	}
	if q.Plugin == "" {
		of := env.Datasources[orElse(q.Datasource, datasource)]
		usual := slices.IndexFunc(plugins, func(p plugin) bool { return p.queries == c.queries })
		fits := slices.IndexFunc(plugins, func(p plugin) bool { return p.queries == c.queries && p.datasource == of })
		switch {
		case fits >= 0:
			p = plugins[fits]
		case of != "" && q.Datasource != "":
			return p, fmt.Errorf("datasource %q is a %s: give the plugin of the query, for there is no usual one that gives chart %s its %s from that", q.Datasource, of, c.called(), c.queries)
		default:
			p = plugins[usual]
		}
	}
	if known := env.Plugins[p.queries]; env.Plugins != nil && !slices.Contains(known, p.kind) {
		if len(known) == 0 {
			return p, fmt.Errorf("plugin %s: this Perses has no plugins for a %s", p.kind, p.queries)
		}
		return p, fmt.Errorf("plugin: this Perses has no %s %q%s", p.queries, clip(p.kind), orAll(p.kind, known, known))
	}
	return p, nil
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

// variableName is how a datasource is that of a variable (shared/cue/common/variable.cue).
var variableName = regexp.MustCompile(`^\$\w+$`)

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
		if !variableName.MatchString(name) {
			return fmt.Errorf("datasource: %q is no variable: want its name behind $, as in $datasource", clip(name))
		}
		spec["datasource"] = name
		return nil
	}
	of, known := e.Datasources[name]
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

// called is what the chart is called in an error.
func (c chart) called() string { return orElse(c.name, c.kind) }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
