package panel

import (
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

// asked is a query with all that its answer depends on.
type asked struct {
	text    string
	instant bool
	query.Range
	limit int // of what is listed; 0 for the datasource's own
}

// preparers has the query plugins that need more preparation than prepareText.
var preparers = map[string]func(conditions) (asked, error){
	dashboard.PrometheusQuery: preparePromQL,
	"LokiTimeSeriesQuery":     prepareLogMetrics,
}

// prepare returns what a query with this plugin asks, as the UI does.
func prepare(plugin dashboard.QueryPlugin, c conditions) (asked, error) {
	if special, ok := preparers[plugin.Name]; ok {
		return special(c)
	}
	a, err := prepareText(c)
	if plugin.Limit != "" {
		a.limit = int(max(0, c.spec.Get(plugin.Limit).Int()))
	}
	return a, err
}

// pluginOf returns the plugin of a query that can be run.
func pluginOf(q dashboard.Query) (dashboard.QueryPlugin, error) {
	plugin, known := dashboard.QueryPluginOf(q.Plugin)
	if !known || !query.HasLanguage(plugin.Datasource) {
		return plugin, &UnsupportedError{q.Plugin}
	}
	return plugin, nil
}

// conditions are what a query depends on beside itself.
type conditions struct {
	setting
	spec           gjson.Result // of the query's plugin
	start, end     time.Time
	scrapeInterval time.Duration // of the datasource
	budget         *work.Budget
}

// replaced returns a text of the spec with the values of variables in it.
func (c conditions) replaced(path string) (string, error) {
	return c.values.Replace(c.budget, c.spec.Get(path).String())
}

// preparePromQL follows prometheus/src/plugins/prometheus-time-series-query/get-time-series-data.ts.
func preparePromQL(c conditions) (asked, error) {
	minStep := c.scrapeInterval
	text, err := c.replaced("minStep")
	if err != nil {
		return asked{}, fmt.Errorf("its minStep: %w", err)
	}
	if text != "" {
		var ok bool
		if minStep, ok = dashboard.ParseDuration(text); !ok {
			return asked{}, fmt.Errorf("its minStep %q is not a duration such as 30s or 1m", text)
		}
	}
	minStep = minStep.Truncate(time.Second)
	a := asked{Range: aligned(c.start, c.end, minStep, c.suggested), instant: c.instant}
	a.text, err = c.values.Replace(c.budget, dashboard.ReplaceIntervals(c.budget, c.spec.Get("query").String(), a.Step, minStep))
	return a, inQuery(err)
}

// defaultLokiStep is the least step of a query that sets none.
const defaultLokiStep = 15 * time.Second

// prepareLogMetrics follows loki/src/queries/loki-time-series-query/get-loki-time-series-data.ts. Loki is told the step in whole
// seconds, minutes or hours.
func prepareLogMetrics(c conditions) (asked, error) {
	minStep := defaultLokiStep
	if text := c.spec.Get("step").String(); text != "" {
		var ok bool
		if minStep, ok = dashboard.ParseDuration(text); !ok {
			return asked{}, fmt.Errorf("its step %q is not a duration such as 30s or 1m", text)
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

func prepareText(c conditions) (asked, error) {
	text, err := c.replaced("query")
	a := asked{text: text}
	a.Start, a.End = c.start.Truncate(time.Second), c.end.Truncate(time.Second)
	return a, inQuery(err)
}

// inQuery says of what an error is in which the values of variables have no room.
func inQuery(err error) error {
	if err != nil {
		return fmt.Errorf("its query cannot be asked with these values of variables: %w", err)
	}
	return nil
}

// instant reports whether a panel shows the values at the end of the time range only. A table does so unless one of its columns
// embeds another panel.
func instant(p dashboard.Panel) bool {
	kind, _ := dashboard.PanelKindOf(p.Kind)
	return kind.Instant && (kind.ValueColumn == "" || len(p.Option(dashboard.ColumnSettings+".#.plugin").Array()) == 0)
}
