package sketch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/perses/mcp-server/pkg/work"
)

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
func (q Query) Expand(budget *work.Budget, chart, datasource string, env Env) (json.RawMessage, error) {
	c, err := env.chartOf(cmp.Or(chart, charts[0].name))
	if err != nil {
		return nil, err
	}
	if c.queries == "" {
		return nil, fmt.Errorf("chart %s takes no queries", c.name)
	}
	full, err := q.expand(budget, c, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

func (q Query) expand(budget *work.Budget, c chart, datasource string, env Env) (object, error) {
	if !budget.Spend(ofPart + ofOption*len(q.Options) + len(env.Datasources)) { // by whose names the datasource is looked for
		return nil, unfinished(budget)
	}
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
		of, _ := env.KindOf(cmp.Or(q.Datasource, datasource))
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
