package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
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

// kind is a plugin for queries, and how the UI asks them.
type kind struct {
	datasource string // the kind of its datasources
	// prepare makes of the spec of a query what is asked, in a panel of this width.
	prepare func(c conditions) (asked, error)
	// name names a series whose query's spec has no format for that.
	name func(labels model.Metric) string
}

// kinds are the queries that can be run.
var kinds = map[string]kind{
	"PrometheusTimeSeriesQuery": {query.Prometheus, preparePromQL, metricName},
	"LokiTimeSeriesQuery":       {query.Loki, prepareLogMetrics, streamName},
	"LokiLogQuery":              {query.Loki, prepareLogs, streamName},
	"TempoTraceQuery":           {query.Tempo, prepareTraces, streamName},
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
	a, err := prepareLogs(c)
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

func prepareLogs(c conditions) (asked, error) {
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

func prepareTraces(c conditions) (asked, error) {
	a, err := prepareLogs(c)
	a.limit = int(max(0, c.spec.Get("limit").Int()))
	return a, err
}

// unknownKind says why a query is not run.
func unknownKind(q dashboard.Query) error {
	return fmt.Errorf("a query of the plugin %q cannot be run here; these can: %s", q.Plugin, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
}

// instant tells whether a panel shows the values at the end of the range only. Which do is said by the queryOptions of
// their plugins: of a table, that none of its columns embeds another panel.
func instant(p dashboard.Panel) bool {
	switch p.Kind {
	case "TimeSeriesTable", "HistogramChart":
		return true
	case "Table":
		return len(p.Option("columnSettings.#.plugin").Array()) == 0
	}
	return false
}
