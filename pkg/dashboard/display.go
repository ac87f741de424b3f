package dashboard

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// The options of a panel are in the spec of its plugin. They are parsed leniently, as in the UI: an option of the wrong type is
// ignored, and never a reason to show nothing.

// options caches the options of a plugin's spec by name, parsed on first use.
type options struct {
	once  sync.Once
	spec  json.RawMessage
	names map[string]gjson.Result
}

// WithSpec returns the panel with another spec of its plugin, which is parsed only once.
func (p Panel) WithSpec(spec json.RawMessage) Panel {
	p.Spec, p.options = spec, &options{spec: spec}
	return p
}

// members returns the options of the panel's plugin by name.
func (p Panel) members() map[string]gjson.Result {
	o := p.options
	if o == nil || len(o.spec) != len(p.Spec) || unsafe.SliceData(o.spec) != unsafe.SliceData(p.Spec) {
		o = &options{spec: p.Spec}
	}
	o.once.Do(func() {
		if json.Valid(o.spec) {
			o.names = MembersOf(gjson.ParseBytes(o.spec))
		}
	})
	return o.names
}

// Option returns an option of the panel's plugin by path, such as legend.show. It does not exist if it is missing or the spec
// is not JSON.
func (p Panel) Option(path string) gjson.Result {
	name, rest, nested := strings.Cut(path, ".")
	option := p.members()[name]
	if nested {
		return option.Get(rest)
	}
	return option
}

// Number returns an option that is a number. ok is false if it is not.
func (p Panel) Number(path string) (float64, bool) {
	option := p.Option(path)
	return option.Num, option.Type == gjson.Number
}

// Flag returns a Boolean option, or byDefault if it is missing or not Boolean.
func (p Panel) Flag(path string, byDefault bool) bool {
	if option := p.Option(path); option.IsBool() {
		return option.Bool()
	}
	return byDefault
}

// Choice returns a string option, or byDefault if it is missing, empty or not a string.
func (p Panel) Choice(path, byDefault string) string {
	if option := p.Option(path); option.Type == gjson.String && option.Str != "" {
		return option.Str
	}
	return byDefault
}

// Format returns the format of the panel's values: for a heat map those of its axis, for a table those of its value column.
func (p Panel) Format() unit.Format {
	kind, _ := PanelKindOf(p.Kind)
	return p.FormatAt(kind.formatPath(), kind.DefaultUnit)
}

// FormatAt returns the format at a path of the spec, as in Option. byDefault is the unit if the format is missing or names none.
func (p Panel) FormatAt(path, byDefault string) unit.Format {
	return p.readFormat(p.Option(path), byDefault)
}

// Formats returns the format of the values of each query, given the number of queries. Time series charts can have a unit for each
// query.
func (p Panel) Formats(queries int) []unit.Format {
	formats := slices.Repeat([]unit.Format{p.Format()}, queries)
	for _, settings := range p.Option("querySettings").Array() { // the last settings for a query win
		of := FieldsOf(settings, "queryIndex", "format")
		index := of[0].Num
		if of[0].Type == gjson.Number && index >= 0 && index < float64(queries) && index == math.Trunc(index) && of[1].Get("unit").Str != "" {
			formats[int(index)] = p.readFormat(of[1], unit.Decimal)
		}
	}
	return formats
}

// CountFormat returns how a heat map writes the counts in its buckets.
func (p Panel) CountFormat() unit.Format {
	kind, _ := PanelKindOf(p.Kind)
	return p.FormatAt(kind.CountFormat, unit.Decimal)
}

// Counts reports whether the values of a series are counts in a bucket, as CountFormat writes them. In a heat map, they are unless
// the series is a native histogram.
func (p Panel) Counts(s series.Series) bool {
	kind, _ := PanelKindOf(p.Kind)
	return kind.CountFormat != "" && len(s.Histograms) == 0
}

func (p Panel) readFormat(option gjson.Result, byDefault string) unit.Format {
	format := unit.Format{Unit: byDefault, Location: p.Location, Now: p.Now}
	if option.IsObject() {
		_ = json.Unmarshal([]byte(option.Raw), &format) // unit.Format ignores invalid values
		if byDefault != "" && option.Get("unit").Str == "" {
			format.Unit = byDefault
		}
	}
	return format
}

// Calculation returns the calculation that reduces a series to one number. As in the UI, it is Last if the panel names none or an
// unknown one.
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

// Legend describes the legend of a chart.
type Legend struct {
	Right  bool // to the right of the chart instead of below it
	Table  bool // a table with a line for each series instead of a list
	Small  bool
	Values []series.Calculation // the columns of a table; abs and relative for a pie chart
}

// Legend returns the legend of the panel, and whether it is shown. Without a valid position it is not
// (shared/plugin-system/src/model/legend.ts).
func (p Panel) Legend() (Legend, bool) {
	position, mode, size := p.Choice("legend.position", ""), p.Choice("legend.mode", "list"), p.Choice("legend.size", "medium")
	if position != "bottom" && position != "right" || mode != "list" && mode != "table" || size != "medium" && size != "small" {
		return Legend{}, false
	}
	legend := Legend{Right: position == "right", Table: mode == "table", Small: size == "small"}
	for _, value := range p.Option("legend.values").Array() {
		if name := TextOf(value); name != "" {
			legend.Values = append(legend.Values, series.Calculation(name))
		}
	}
	return legend, true
}

// ValueFormatter formats the value that a panel shows for a series.
type ValueFormatter struct {
	budget      *work.Budget
	calculation series.Calculation
	format      unit.Format
	mappings    Mappings
	label       *work.Pattern // matches the label whose value a StatChart shows; nil for none
}

// ValueFormatter returns the formatter for the panel's series. Its results are wrong once the budget is spent.
func (p Panel) ValueFormatter(budget *work.Budget) ValueFormatter {
	f := ValueFormatter{budget: budget, calculation: p.Calculation(), format: p.Format(), mappings: p.Mappings(budget)}
	if pattern := p.Choice("metricLabel", ""); p.Kind == "StatChart" && pattern != "" {
		f.label, _ = parsePattern(budget, pattern) // nil if it is invalid
	}
	return f
}

// Format returns the number that the calculation makes of a series, and the text that the panel shows: the value of a label in a
// StatChart, the text of a value mapping, or the number with its unit. ok is false if the series has no data points.
func (f ValueFormatter) Format(s series.Series) (value float64, text string, ok bool) {
	value, ok = f.calculation.Of(s.Points)
	if !ok || !f.budget.Spend(len(s.Points)/4+100) {
		return value, "", ok
	}
	if label := f.metricLabel(s.Labels); label != "" {
		return value, Clip(label, maxShown), true
	}
	if mapped, _ := f.mappings.Apply(f.budget, value); mapped != "" {
		return value, Clip(mapped, maxShown), true
	}
	return value, f.format.Text(value), true
}

// metricLabel returns the value of the label that a StatChart shows instead of a number, "" if there is none
// (plugins/statchart/src/StatChartPanel.tsx).
func (f ValueFormatter) metricLabel(labels model.Metric) string {
	if f.label == nil {
		return ""
	}
	for _, key := range sortedLabels(labels) {
		if f.label.Match(f.budget, string(key)) {
			return string(labels[key])
		}
	}
	return ""
}
