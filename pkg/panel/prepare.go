package panel

import (
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

// request is a query with everything that its answer depends on.
type request struct {
	text    string
	instant bool
	query.Range
	limit int // the maximum number of entries; 0 for the datasource's default
}

// preparers has the query plugins that need more preparation than prepareText.
var preparers = map[string]func(conditions) (request, error){
	dashboard.PrometheusQuery: preparePromQL,
	"LokiTimeSeriesQuery":     prepareLogMetrics,
}

// prepare returns the request of a query, as the UI prepares it.
func prepare(plugin dashboard.QueryPlugin, c conditions) (request, error) {
	if special, ok := preparers[plugin.Name]; ok {
		return special(c)
	}
	a, err := prepareText(c)
	if plugin.Limit != "" {
		a.limit = int(max(0, c.spec.Get(plugin.Limit).Int()))
	}
	return a, err
}

// pluginOf returns the plugin of a query, or an error if such queries cannot be run.
func pluginOf(q dashboard.Query) (dashboard.QueryPlugin, error) {
	plugin, known := dashboard.QueryPluginOf(q.Plugin)
	if !known || !query.HasLanguage(plugin.Datasource) {
		return plugin, &UnsupportedError{q.Plugin}
	}
	return plugin, nil
}

// conditions are the spec of a query and everything that its request depends on.
type conditions struct {
	panelContext
	spec           gjson.Result // of the plugin
	start, end     time.Time
	scrapeInterval time.Duration // of the datasource
	budget         *work.Budget
}

// replaced returns a string of the spec with its variables replaced.
func (c conditions) replaced(path string) (string, error) {
	return c.values.Replace(c.budget, c.spec.Get(path).String())
}

// preparePromQL follows prometheus/src/plugins/prometheus-time-series-query/get-time-series-data.ts.
func preparePromQL(c conditions) (request, error) {
	minStep := c.scrapeInterval
	text, err := c.replaced("minStep")
	if err != nil {
		return request{}, fmt.Errorf("its minStep: %w", err)
	}
	if text != "" {
		var ok bool
		if minStep, ok = dashboard.ParseDuration(text); !ok {
			return request{}, fmt.Errorf("its minStep %q is not a duration such as 30s or 1m", text)
		}
	}
	minStep = minStep.Truncate(time.Second)
	a := request{Range: aligned(c.start, c.end, minStep, c.suggested), instant: c.instant}
	a.text, err = c.values.Replace(c.budget, dashboard.ReplaceIntervals(c.budget, c.spec.Get("query").String(), a.Step, minStep))
	return a, inQuery(err)
}

// defaultLokiStep is the minimum step of a query that sets none.
const defaultLokiStep = 15 * time.Second

// prepareLogMetrics follows loki/src/queries/loki-time-series-query/get-loki-time-series-data.ts. It rounds the step to
// whole seconds, minutes or hours.
func prepareLogMetrics(c conditions) (request, error) {
	minStep := defaultLokiStep
	if text := c.spec.Get("step").String(); text != "" {
		var ok bool
		if minStep, ok = dashboard.ParseDuration(text); !ok {
			return request{}, fmt.Errorf("its step %q is not a duration such as 30s or 1m", text)
		}
		minStep = minStep.Truncate(time.Second)
	}
	a, err := prepareText(c)
	step := rangeStep(c.end.Sub(c.start), minStep, c.suggested)
	unit := time.Hour
	if step < time.Minute {
		unit = time.Second
	} else if step < time.Hour {
		unit = time.Minute
	}
	a.Step = max(step.Round(unit), unit)
	return a, err
}

func prepareText(c conditions) (request, error) {
	text, err := c.replaced("query")
	a := request{text: text}
	a.Start, a.End = c.start.Truncate(time.Second), c.end.Truncate(time.Second)
	return a, inQuery(err)
}

// inQuery adds to an error of Replace that it concerns the query.
func inQuery(err error) error {
	if err != nil {
		return fmt.Errorf("its query cannot be run with these values of variables: %w", err)
	}
	return nil
}

// instant reports whether a panel shows only the values at the end of the time range. A table does so unless one of its columns
// embeds another panel.
func instant(p dashboard.Panel) bool {
	kind, _ := dashboard.PanelKindOf(p.Kind)
	return kind.Instant && (kind.ValueColumn == "" || len(p.Option(dashboard.ColumnSettings+".#.plugin").Array()) == 0)
}
