package dashboard

import (
	"cmp"
	"slices"

	"github.com/perses/mcp-server/pkg/unit"
)

// PanelKind describes a panel plugin.
type PanelKind struct {
	Name          string // of the plugin, such as TimeSeriesChart
	Sketch        string // its name in sketches, such as timeseries; empty for a plugin that is not in the table
	Width, Height int    // of a new panel, in units of the grid
	Query         string // the kind of query that it shows (the plugin's supportedQueryTypes); empty if it shows none
	Instant       bool   // it shows the values at the end of the time range only (the plugin's queryOptions)
	SingleValue   bool   // it shows one value of each series, which its option calculation, required by Perses, computes
	Cells         bool   // it draws a cell for each series, side by side

	// The options of the plugin's spec, by their paths. An empty path means that the plugin has no such option.
	Format      string // the format of its values; of a heat map, those of its axis
	CountFormat string // the format of the counts in the buckets of a heat map
	Stack       string
	Min, Max    string
	Text        string // what it shows instead of data
	ValueColumn string // the name of the column that shows the values; its format is in columnSettings
	Thresholds  bool   // it has the option thresholds

	DefaultUnit string // the unit of values whose format names none; without it, they are shown as plain numbers
	Defaults    string // options in JSON that Perses requires, or that its UI sets in a new panel
}

// panelKinds lists the panel plugins. Their options are in plugins/*/schemas/*.cue of github.com/perses/plugins.
// Each has an entry in drawers of pkg/chart and an example in pkg/plugin/examples.json.
var panelKinds = []PanelKind{
	{Name: "TimeSeriesChart", Sketch: "timeseries", Width: 12, Height: 8, Query: TimeSeriesQuery, Format: "yAxis.format", DefaultUnit: unit.Decimal,
		Stack: "visual.stack", Min: "yAxis.min", Max: "yAxis.max", Thresholds: true},
	{Name: "StatChart", Sketch: "stat", Width: 6, Height: 4, Query: TimeSeriesQuery, SingleValue: true, Cells: true, Format: "format",
		Thresholds: true, Defaults: `{"sparkline":{}}`},
	{Name: "GaugeChart", Sketch: "gauge", Width: 6, Height: 6, Query: TimeSeriesQuery, SingleValue: true, Cells: true, Format: "format", DefaultUnit: "percent-decimal",
		Max: "max", Thresholds: true},
	{Name: "BarChart", Sketch: "bar", Width: 12, Height: 8, Query: TimeSeriesQuery, SingleValue: true, Format: "format", DefaultUnit: unit.Decimal,
		Defaults: `{"sort":"desc","mode":"value"}`},
	{Name: "PieChart", Sketch: "pie", Width: 8, Height: 8, Query: TimeSeriesQuery, SingleValue: true, Format: "format", DefaultUnit: unit.Decimal, Defaults: `{"radius":50}`},
	{Name: "Table", Sketch: "table", Width: 24, Height: 8, Query: TimeSeriesQuery, Instant: true, ValueColumn: "value"},
	{Name: "TimeSeriesTable", Sketch: "timeseriestable", Width: 24, Height: 8, Query: TimeSeriesQuery, Instant: true},
	{Name: "Markdown", Sketch: "markdown", Width: 24, Height: 4, Text: "text"},
	{Name: "LogsTable", Sketch: "logs", Width: 24, Height: 10, Query: LogQuery},
	{Name: "StatusHistoryChart", Sketch: "statushistory", Width: 12, Height: 8, Query: TimeSeriesQuery},
	{Name: "HeatMapChart", Sketch: "heatmap", Width: 12, Height: 8, Query: TimeSeriesQuery, Format: "yAxisFormat", CountFormat: "countFormat", DefaultUnit: unit.Decimal},
	{Name: "HistogramChart", Sketch: "histogram", Width: 12, Height: 8, Query: TimeSeriesQuery, Instant: true, Format: "format", DefaultUnit: unit.Decimal,
		Min: "min", Max: "max", Thresholds: true},
	{Name: "ScatterChart", Sketch: "scatter", Width: 12, Height: 8, Query: TraceQuery, Defaults: `{"sizeRange":[6,20]}`},
	{Name: "TraceTable", Sketch: "traces", Width: 24, Height: 10, Query: TraceQuery},
	{Name: "TracingGanttChart", Sketch: "gantt", Width: 24, Height: 10, Query: TraceQuery},
	{Name: "FlameChart", Sketch: "flame", Width: 24, Height: 10, Query: ProfileQuery,
		Defaults: `{"palette":"package-name","showSettings":true,"showSeries":false,"showTable":true,"showFlameGraph":true}`},
}

// PanelKinds returns the panel plugins, common ones first.
func PanelKinds() []PanelKind { return slices.Clone(panelKinds) }

// PanelKindOf returns the panel plugin with a name, and whether it is known. For an unknown one it assumes that the panel shows
// time series and has the format of its values where most plugins have it.
func PanelKindOf(name string) (kind PanelKind, known bool) {
	if i := slices.IndexFunc(panelKinds, func(k PanelKind) bool { return k.Name == name }); i >= 0 {
		return panelKinds[i], true
	}
	return PanelKind{Name: name, Width: 12, Height: 8, Query: TimeSeriesQuery, Format: "format"}, false
}

// ColumnSettings is the option of a table that lists the settings of its columns.
const ColumnSettings = "columnSettings"

// formatPath returns the path of the format of values, as Panel.Option reads it.
func (k PanelKind) formatPath() string {
	if k.ValueColumn != "" {
		return ColumnSettings + `.#(name=="` + k.ValueColumn + `").format`
	}
	return k.Format
}

// UnitOrDecimal returns the unit to write into a format for values that have none so far.
func (k PanelKind) UnitOrDecimal() string { return cmp.Or(k.DefaultUnit, unit.Decimal) }
