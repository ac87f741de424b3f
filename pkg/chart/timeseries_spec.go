package chart

import (
	"image/color"

	"github.com/tidwall/gjson"
)

// timeSeriesSpec is what the plugin spec of a TimeSeriesChart says of the look of its lines and of its axis. The
// defaults are those of timeserieschart/src/time-series-chart-model.ts.
type timeSeriesSpec struct {
	bars         bool
	stacked      bool
	categorical  bool // whether series take the colours of the palette in turn, not those of their names
	allPoints    bool
	connectNulls bool
	lineWidth    float64
	pointSize    float64 // the diameter of a point; the UI calls it a radius
	showAxis     bool
	axisLabel    string
	bounds       bounds
	logBase      float64 // 0 for a linear axis
	style        queryStyle
	queries      map[int]queryStyle // by the index of the query, where it has a style of its own
}

// queryStyle is how the series of a query are drawn.
type queryStyle struct {
	lineStyle string
	opacity   float64 // of the area below the line
	color     string  // of all series; empty for one for each
	single    bool    // whether color counts only when the query has one series
}

func readTimeSeriesSpec(p Panel) timeSeriesSpec {
	s := timeSeriesSpec{
		bars:         p.Choice("visual.display", "") == "bar",
		stacked:      p.Choice("visual.stack", "") == "all", // percent is in the schema, but the UI does not draw it
		categorical:  p.Choice("visual.palette.mode", "") == "categorical",
		allPoints:    p.Choice("visual.showPoints", "") == "always",
		connectNulls: p.Flag("visual.connectNulls", false),
		lineWidth:    within(number(p.Option("visual.lineWidth")), 1.25, 0, 20),
		pointSize:    within(number(p.Option("visual.pointRadius")), 2.75, 0, 40),
		showAxis:     p.Flag("yAxis.show", true),
		bounds:       bounds{number(p.Option("yAxis.min")), number(p.Option("yAxis.max"))},
		logBase:      within(number(p.Option("yAxis.logBase")), 0, 0, 1000),
		style:        queryStyle{lineStyle: p.Choice("visual.lineStyle", ""), opacity: within(number(p.Option("visual.areaOpacity")), 0, 0, 1)},
		queries:      map[int]queryStyle{},
	}
	if s.logBase <= 1 {
		s.logBase = 0
	}
	if p.Flag("yAxis.show", false) { // the UI shows the label only when this is said
		s.axisLabel = p.Choice("yAxis.label", "")
	}
	for _, settings := range p.Option("querySettings").Array() { // of several for a query the last one counts
		index := number(settings.Get("queryIndex"))
		if index == nil {
			continue
		}
		style := s.style
		if own := settings.Get("lineStyle").Str; own != "" {
			style.lineStyle = own
		}
		style.opacity = within(number(settings.Get("areaOpacity")), style.opacity, 0, 1)
		if mode := settings.Get("colorMode").Str; mode == "fixed" || mode == "fixed-single" {
			style.color, style.single = settings.Get("colorValue").Str, mode == "fixed-single"
		}
		s.queries[int(*index)] = style
	}
	return s
}

// of returns the style of a query.
func (s timeSeriesSpec) of(query int) queryStyle {
	if own, ok := s.queries[query]; ok {
		return own
	}
	return s.style
}

// color returns the colour of a series: of its query if that has one, otherwise of the palette
// (timeserieschart/src/utils/palette-gen.ts).
func (s timeSeriesSpec) color(style queryStyle, alone bool, name string, index int, colors *palette) color.NRGBA {
	if fixed, ok := parseColor(style.color); ok && (alone || !style.single) {
		return fixed
	}
	if s.categorical {
		return colors.categories[index%len(colors.categories)]
	}
	return nameColor(name)
}

// dash returns the lengths of the dashes of a line: those of the canvas library of ECharts.
func (s queryStyle) dash(width float64) []float64 {
	width = max(width, 0.25) // the least of the UI's editor; the dashes of far thinner ones are too many to draw
	switch s.lineStyle {
	case "dashed":
		return []float64{4 * width, 2 * width}
	case "dotted":
		return []float64{width, width}
	}
	return nil
}

// number returns a JSON number, nil for anything else.
func number(value gjson.Result) *float64 {
	if value.Type != gjson.Number {
		return nil
	}
	return &value.Num
}

// within returns a value that is given, kept within bounds, or what stands for none.
func within(value *float64, otherwise, low, high float64) float64 {
	if value == nil {
		return otherwise
	}
	return max(low, min(*value, high))
}
