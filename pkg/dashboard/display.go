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

// What a panel shows is said by the spec of its plugin. It is read option by option and leniently, as the UI reads
// it: an option of a wrong type is one that is not there, and never a reason to show nothing.

// options are the options of a plugin's spec by their names, as they were found when they were asked for first.
type options struct {
	once  sync.Once
	spec  json.RawMessage
	names map[string]gjson.Result
}

// WithSpec returns the panel with a spec of its plugin. To ask for many options of it takes no longer than to ask for one.
func (p Panel) WithSpec(spec json.RawMessage) Panel {
	p.Spec, p.options = spec, &options{spec: spec}
	return p
}

// members returns the options of the panel's plugin by their names.
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

// Option returns an option of the panel's plugin by its path, as in legend.show. One that is not there, or is in a
// spec that is no JSON, does not exist.
func (p Panel) Option(path string) gjson.Result {
	name, rest, nested := strings.Cut(path, ".")
	option := p.members()[name]
	if nested {
		return option.Get(rest)
	}
	return option
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

// Format returns how the panel writes its values: of a heat map those at its axis, of a table those in its column of values.
func (p Panel) Format() unit.Format {
	kind, _ := PanelKindOf(p.Kind)
	return p.FormatAt(kind.formatPath(), kind.DefaultUnit)
}

// FormatAt returns the format at a path of the spec, as Option has it, and the unit of one that names none; the zero
// Format if there is none and no such unit.
func (p Panel) FormatAt(path, byDefault string) unit.Format {
	return p.readFormat(p.Option(path), byDefault)
}

// Formats returns Format for the values of each of so many of the panel's queries, to which a time series chart can give
// units of their own.
func (p Panel) Formats(queries int) []unit.Format {
	formats := slices.Repeat([]unit.Format{p.Format()}, queries)
	for _, settings := range p.Option("querySettings").Array() { // the last one for a query wins
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
		if name := TextOf(value); name != "" {
			legend.Values = append(legend.Values, series.Calculation(name))
		}
	}
	return legend, true
}

// Reader reads the values of series as a panel shows them.
type Reader struct {
	budget      *work.Budget
	calculation series.Calculation
	format      unit.Format
	mappings    Mappings
	label       *work.Pattern // of the labels whose value a StatChart shows; nil for none
}

// Reader returns what reads the values of the panel's series. It reads wrong ones once the budget is spent.
func (p Panel) Reader(budget *work.Budget) Reader {
	r := Reader{budget: budget, calculation: p.Calculation(), format: p.Format(), mappings: p.Mappings(budget)}
	if pattern := p.Choice("metricLabel", ""); p.Kind == "StatChart" && pattern != "" {
		r.label, _ = parsePattern(budget, pattern) // nil for what is none
	}
	return r
}

// Read returns the value that the panel shows of a series, and as it shows it: the label that a StatChart may show
// instead, or the number of its calculation, mapped to a text or written with its unit. It is nothing for a series
// without points.
func (r Reader) Read(s series.Series) (value float64, text string, ok bool) {
	value, ok = r.calculation.Of(s.Points)
	if !ok || !r.budget.Spend(len(s.Points)/4+100) {
		return value, "", ok
	}
	if label := r.metricLabel(s.Labels); label != "" {
		return value, Clip(label, maxShown), true
	}
	if mapped, _ := r.mappings.Apply(r.budget, value); mapped != "" {
		return value, Clip(mapped, maxShown), true
	}
	return value, r.format.Text(value), true
}

// metricLabel returns the label's value that a StatChart shows in the place of a number
// (plugins/statchart/src/StatChartPanel.tsx).
func (r Reader) metricLabel(labels model.Metric) string {
	if r.label == nil {
		return ""
	}
	for _, key := range sortedLabels(labels) {
		if r.label.Match(r.budget, string(key)) {
			return string(labels[key])
		}
	}
	return ""
}
