package dashboard

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
)

// What a panel shows is said by the spec of its plugin. It is read option by option and leniently, as the UI reads
// it: an option of a wrong type is one that is not there, and never a reason to show nothing.

// Option returns an option of the panel's plugin by its path, as in legend.show. One that is not there, or is in a
// spec that is no JSON, does not exist.
func (p Panel) Option(path string) gjson.Result {
	if path == "" || !json.Valid(p.Spec) {
		return gjson.Result{}
	}
	return gjson.GetBytes(p.Spec, path)
}

// Number returns an option that is a number, and whether it is one.
func (p Panel) Number(path string) (float64, bool) {
	option := p.Option(path)
	return option.Num, option.Type == gjson.Number
}

// Flag returns an option that is true or false, and otherwise what it is by default.
func (p Panel) Flag(path string, byDefault bool) bool {
	if option := p.Option(path); option.IsBool() {
		return option.Bool()
	}
	return byDefault
}

// Choice returns an option that is a text, and otherwise what it is by default.
func (p Panel) Choice(path, byDefault string) string {
	if option := p.Option(path); option.Type == gjson.String && option.Str != "" {
		return option.Str
	}
	return byDefault
}

// formats says where the kinds of panels have the format of their values, and the unit of one that names none. Numbers
// of a panel without a format stand as they are, unless its kind has a unit here.
var formats = map[string]struct{ path, unit string }{
	"BarChart":           {"format", unit.Decimal},
	"GaugeChart":         {"format", "percent-decimal"},
	"HeatMapChart":       {"yAxisFormat", unit.Decimal},
	"HistogramChart":     {"format", unit.Decimal},
	"PieChart":           {"format", unit.Decimal},
	"StatChart":          {"format", ""},
	"StatusHistoryChart": {"", ""},
	"Table":              {`columnSettings.#(name=="value").format`, ""},
	"TimeSeriesChart":    {"yAxis.format", unit.Decimal},
	"TimeSeriesTable":    {"", ""},
}

// Format returns how the panel writes its values: of a heat map those at its axis, of a table those in its column
// value. A kind that is not known here is taken to have its format where most have it.
func (p Panel) Format() unit.Format {
	of, known := formats[p.Kind]
	if !known {
		of.path = "format"
	}
	return p.FormatAt(of.path, of.unit)
}

// FormatAt returns the format at a path of the spec, as Option has it, and the unit of one that names none; the zero
// Format if there is none and no such unit.
func (p Panel) FormatAt(path, byDefault string) unit.Format {
	return p.readFormat(p.Option(path), byDefault)
}

// FormatOf is Format for the values of one of the panel's queries, to which a time series chart can give a unit of
// their own.
func (p Panel) FormatOf(query int) unit.Format {
	format := p.Format()
	for _, settings := range p.Option("querySettings").Array() { // the last one for a query wins
		if index := settings.Get("queryIndex"); index.Type == gjson.Number && index.Num == float64(query) && settings.Get("format.unit").Str != "" {
			format = p.readFormat(settings.Get("format"), unit.Decimal)
		}
	}
	return format
}

// CountFormat returns how a heat map writes how many values there are in a bucket.
func (p Panel) CountFormat() unit.Format { return p.FormatAt("countFormat", unit.Decimal) }

// FormatOfSeries is FormatOf for the values of one series: those of a heat map that are no native histograms are buckets of
// a classic one, and count.
func (p Panel) FormatOfSeries(query int, s series.Series) unit.Format {
	if p.Kind == "HeatMapChart" && len(s.Histograms) == 0 {
		return p.CountFormat()
	}
	return p.FormatOf(query)
}

func (p Panel) readFormat(option gjson.Result, byDefault string) unit.Format {
	format := unit.Format{Unit: byDefault, Location: p.Location, Now: p.Now}
	if option.IsObject() {
		_ = json.Unmarshal([]byte(option.Raw), &format) // it fails on nothing
		if byDefault != "" && option.Get("unit").Str == "" {
			format.Unit = byDefault
		}
	}
	return format
}

// Calculation returns what makes one number of a series of the panel: Last, as in the UI, if the panel names none or
// one that Perses does not know.
func (p Panel) Calculation() series.Calculation {
	return calculation(p.Choice("calculation", ""))
}

func calculation(name string) series.Calculation {
	for _, c := range series.Calculations() {
		if string(c) == name {
			return c
		}
	}
	return series.Last
}

// Legend is the list of series beside a chart.
type Legend struct {
	Right  bool // of the chart, and not below it
	Table  bool // with a line for each series, and not as a list
	Small  bool
	Values []series.Calculation // the columns of a table; of a pie abs and relative
}

// Legend returns the legend of the panel, and whether it shows one. One that names no place is not shown
// (shared/plugin-system/src/model/legend.ts).
func (p Panel) Legend() (Legend, bool) {
	position, mode, size := p.Choice("legend.position", ""), p.Choice("legend.mode", "list"), p.Choice("legend.size", "medium")
	if position != "bottom" && position != "right" || mode != "list" && mode != "table" || size != "medium" && size != "small" {
		return Legend{}, false
	}
	legend := Legend{Right: position == "right", Table: mode == "table", Small: size == "small"}
	for _, value := range p.Option("legend.values").Array() {
		if name := text(value); name != "" {
			legend.Values = append(legend.Values, series.Calculation(name))
		}
	}
	return legend, true
}

// Reading returns the value that the panel shows of a series, as it shows it: the label that a StatChart may show
// instead, or the number of its calculation, mapped to a text or written with its unit. It is nothing for a series
// without points.
func (p Panel) Reading(s series.Series) (text string, ok bool) {
	value, ok := p.Calculation().Of(s.Points)
	if !ok {
		return "", false
	}
	if label := p.metricLabel(s.Labels); label != "" {
		return label, true
	}
	if mapped, _ := p.Mappings().Apply(value); mapped != "" {
		return mapped, true
	}
	return p.Format().Text(value), true
}

// metricLabel returns the label's value that a StatChart shows in the place of a number
// (plugins/statchart/src/StatChartPanel.tsx).
func (p Panel) metricLabel(labels model.Metric) string {
	pattern := p.Choice("metricLabel", "")
	if p.Kind != "StatChart" || pattern == "" {
		return ""
	}
	name, err := readPattern(pattern)
	if err != nil {
		return ""
	}
	for _, key := range sortedLabels(labels) {
		if name.MatchString(string(key)) {
			return string(labels[key])
		}
	}
	return ""
}

// FormatPath returns the path in the spec of a kind of panels at which the format of its values stands, as Option reads it;
// empty for a kind that has none, or whose path leads through a list.
func FormatPath(kind string) string {
	if path := formats[kind].path; !strings.Contains(path, "#") {
		return path
	}
	return ""
}

// DefaultUnit returns the unit of values in a kind of panels whose format is not there.
func DefaultUnit(kind string) string { return cmp.Or(formats[kind].unit, unit.Decimal) }
