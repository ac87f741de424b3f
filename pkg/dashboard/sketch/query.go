package sketch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// Expand returns the document of a query for a chart, which is named as in Panel.Chart. A query that names no datasource
// uses the given one if the chart's queries can use its kind.
func (q Query) Expand(budget *work.Budget, chart, datasource string, env Env) (json.RawMessage, error) {
	c, err := env.findChart(cmp.Or(chart, defaultChart))
	if err != nil {
		return nil, err
	}
	if c.Query == "" {
		return nil, fmt.Errorf("chart %s does not accept queries", c.Sketch)
	}
	full, err := q.expand(budget, c, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

func (q Query) expand(budget *work.Budget, c chart, datasource string, env Env) (object, error) {
	if !budget.Spend(partCost + optionByteCost*len(q.Options) + len(env.Datasources)) { // for the lookup of the datasource
		return nil, notExpanded(budget)
	}
	p, err := q.pluginOf(c, datasource, env)
	if err != nil {
		return nil, err
	}
	spec := object{}
	if q.Query == "" && q.Options == nil {
		return nil, errors.New("missing query")
	}
	for _, word := range []struct{ name, text, path string }{{"query", q.Query, "query"}, {"legend", q.Legend, p.Legend}, {"min_step", q.MinStep, p.MinStep}} {
		switch {
		case word.text == "":
		case word.path == "":
			return nil, fmt.Errorf("%s: the query plugin %s does not support it", word.name, p.Name)
		default:
			spec[word.path] = word.text
		}
	}
	if err := env.setDatasource(spec, q.Datasource, datasource, p.Datasource, p.Name); err != nil {
		return nil, err
	}
	if spec, err = mergeRaw(spec, q.Options, "options"); err != nil {
		return nil, err
	}
	inner := object{"plugin": object{"kind": p.Name, "spec": spec}}
	if q.Name != "" {
		inner["name"] = q.Name
	}
	return object{"kind": p.Kind, "spec": inner}, nil
}

// pluginOf returns the plugin of the query: the one that it names, or one that can query its datasource for what the chart
// shows.
func (q Query) pluginOf(c chart, datasource string, env Env) (dashboard.QueryPlugin, error) {
	p, known := dashboard.QueryPluginOf(q.Plugin)
	if !known {
		p = dashboard.QueryPlugin{Name: q.Plugin, Kind: env.queryKind(q.Plugin, c.Query)}
	}
	if q.Plugin == "" {
		of, _ := env.KindOf(cmp.Or(q.Datasource, datasource))
		p, known = dashboard.QueryPluginFor(c.Query, of)
		switch {
		case known:
		case of != "" && q.Datasource != "":
			return p, fmt.Errorf("datasource %q is a %s: set the plugin of the query, because chart %s has no default plugin for a %s from it", q.Datasource, of, c.displayName(), c.Query)
		default:
			p, _ = dashboard.QueryPluginFor(c.Query, "")
		}
	}
	if known := env.Plugins[p.Kind]; env.Plugins != nil && !slices.Contains(known, p.Name) {
		if len(known) == 0 {
			return p, fmt.Errorf("plugin %s: this Perses has no plugin for a %s", p.Name, p.Kind)
		}
		return p, fmt.Errorf("plugin: this Perses has no %s %q%s", p.Kind, clip(p.Name), alternatives(p.Name, known, known))
	}
	return p, nil
}
