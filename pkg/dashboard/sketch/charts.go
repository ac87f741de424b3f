package sketch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// chart is a kind of panels: what the short form calls it, and where in the spec of its plugin each word goes. A word that has
// no path is one that the chart has no use for.
type chart struct {
	name          string // in the short form; empty for a plugin that is not in the table
	kind          string // of the panel plugin
	width, height int
	queries       string // the kind of its queries; empty if it takes none
	calculation   bool   // it makes one number of a series; Perses demands that it says how
	thresholds    bool
	stack         string
	min, max      string
	text          string
	column        string // of a table, the one that has the values
	base          string // what else a new panel of the UI has, or Perses demands: JSON, which each panel has for itself
}

// charts has the panels that the short form has a name for. What their specs take is in plugins/*/schemas/*.cue of
// perses/plugins; where a format goes is known to pkg/dashboard.
var charts = []chart{
	{name: "timeseries", kind: "TimeSeriesChart", width: 12, height: 8, queries: timeSeries, thresholds: true, stack: "visual.stack", min: "yAxis.min", max: "yAxis.max"},
	{name: "stat", kind: "StatChart", width: 6, height: 4, queries: timeSeries, calculation: true, thresholds: true, base: `{"sparkline":{}}`},
	{name: "gauge", kind: "GaugeChart", width: 6, height: 6, queries: timeSeries, calculation: true, thresholds: true, max: "max"},
	{name: "bar", kind: "BarChart", width: 12, height: 8, queries: timeSeries, calculation: true, base: `{"sort":"desc","mode":"value"}`},
	{name: "pie", kind: "PieChart", width: 8, height: 8, queries: timeSeries, calculation: true, base: `{"radius":50}`},
	{name: "table", kind: "Table", width: 24, height: 8, queries: timeSeries, column: "value"},
	{name: "timeseriestable", kind: "TimeSeriesTable", width: 24, height: 8, queries: timeSeries},
	{name: "markdown", kind: "Markdown", width: 24, height: 4, text: "text"},
	{name: "logs", kind: "LogsTable", width: 24, height: 10, queries: "LogQuery"},
	{name: "statushistory", kind: "StatusHistoryChart", width: 12, height: 8, queries: timeSeries},
	{name: "heatmap", kind: "HeatMapChart", width: 12, height: 8, queries: timeSeries},
	{name: "histogram", kind: "HistogramChart", width: 12, height: 8, queries: timeSeries, thresholds: true, min: "min", max: "max"},
	{name: "scatter", kind: "ScatterChart", width: 12, height: 8, queries: "TraceQuery"},
	{name: "traces", kind: "TraceTable", width: 24, height: 10, queries: "TraceQuery"},
	{name: "gantt", kind: "TracingGanttChart", width: 24, height: 10, queries: "TraceQuery"},
	{name: "flame", kind: "FlameChart", width: 24, height: 10, queries: "ProfileQuery", base: `{"palette":"package-name","showSettings":true,"showSeries":false,"showTable":true,"showFlameGraph":true}`},
}

// timeSeries is the kind of the queries that most charts take.
const timeSeries = "TimeSeriesQuery"

// Charts returns the names of the charts, in the order in which one would look for them.
func Charts() []string {
	var names []string
	for _, c := range charts {
		names = append(names, c.name)
	}
	return names
}

// ofKind returns the chart of a panel plugin. One that is not in the table takes queries, and no other words.
func ofKind(kind string) chart {
	if i := slices.IndexFunc(charts, func(c chart) bool { return c.kind == kind }); i >= 0 {
		return charts[i]
	}
	return chart{kind: kind, width: 12, height: 8, queries: timeSeries}
}

// called is what the chart is called in an error.
func (c chart) called() string { return orElse(c.name, c.kind) }

// word is a word of the short form that some charts have a use for.
type word struct {
	name  string
	given func(p Panel) bool
	path  func(c chart) string // in the spec of the plugin; empty if the chart has no use for it
}

func simple(use bool, path string) string {
	if use {
		return path
	}
	return ""
}

// words are those that not every chart has a use for.
var words = []word{
	{"text", func(p Panel) bool { return p.Text != "" }, func(c chart) string { return c.text }},
	{"unit", func(p Panel) bool { return p.Unit != "" }, chart.format},
	{"decimals", func(p Panel) bool { return p.Decimals != nil }, chart.format},
	{"calculation", func(p Panel) bool { return p.Calculation != "" }, func(c chart) string { return simple(c.calculation, "calculation") }},
	{"thresholds", func(p Panel) bool { return p.Thresholds != nil }, func(c chart) string { return simple(c.thresholds, "thresholds") }},
	{"stack", func(p Panel) bool { return p.Stack }, func(c chart) string { return c.stack }},
	{"min", func(p Panel) bool { return p.Min != nil }, func(c chart) string { return c.min }},
	{"max", func(p Panel) bool { return p.Max != nil }, func(c chart) string { return c.max }},
	{"queries", func(p Panel) bool {
		return p.Queries != nil || p.Query+p.Legend+p.MinStep+p.Datasource != ""
	}, func(c chart) string { return c.queries }},
}

// format is where the chart has the format of its values; of a table, that is the format of a column.
func (c chart) format() string {
	switch {
	case c.name == "":
		return ""
	case c.column != "":
		return columns
	}
	return dashboard.FormatPath(c.kind)
}

// columns is where a table has what it says of its columns.
const columns = "columnSettings"

// setFormat puts a part of the format of values into the spec of the plugin.
func (c chart) setFormat(spec object, key string, value any) {
	if c.column == "" {
		set(spec, c.format()+"."+key, value)
		return
	}
	column := fields(c.columnOf(spec))
	if column == nil {
		column = object{"name": c.column}
		spec[columns] = []any{column}
	}
	set(column, "format."+key, value)
}

// formatOf returns the format of values in the spec of the plugin; nil if there is none.
func (c chart) formatOf(spec object) object {
	if c.column == "" {
		return fields(get(spec, c.format()))
	}
	return fields(c.columnOf(spec), "format")
}

// columnOf returns what a table says of its column of values, if that is all that it says of columns.
func (c chart) columnOf(spec object) any {
	if all := list(spec, columns); len(all) == 1 && text(all[0], "name") == c.column {
		return all[0]
	}
	return nil
}

// checkWords refuses a word that the chart has no use for, and says which it has.
func (p Panel) checkWords(c chart) error {
	var uses []string
	for _, w := range words {
		if w.path(c) != "" {
			uses = append(uses, w.name)
		}
	}
	for _, w := range words {
		if w.given(p) && w.path(c) == "" {
			name := c.name
			if name == "" {
				return fmt.Errorf("%s: the short form does not know what %s does with it; write it in options, as the spec of that plugin has it", w.name, c.kind)
			}
			return fmt.Errorf("%s: chart %s has no use for it; it takes %s, and the spec of its plugin in options", w.name, name, strings.Join(uses, ", "))
		}
	}
	if p.Queries != nil && p.Query+p.Legend+p.MinStep != "" {
		return errors.New("query, legend and min_step on a panel are those of its only query: with queries, write them there")
	}
	return nil
}
