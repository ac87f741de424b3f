package chart

import (
	"math"

	"github.com/perses/mcp-server/pkg/unit"
)

// How bars are laid out, in pixels: barchart/src/BarChartBase.tsx, and what ECharts does by default.
const (
	barRow      = 20  // the least height of a bar with the space around it
	barPart     = 0.8 // of a row is the bar
	barThickest = 150
	barLabelGap = 6
	barRounding = 4
)

// drawBar draws a BarChart: a horizontal bar for each series, the greatest at the top.
func drawBar(c canvas, p Panel, _ Options) {
	all := p.readings()
	if len(all) == 0 {
		c.noData()
		return
	}
	sortReadings(all, p.Choice("sort", "desc") == "asc")
	format := p.Format()
	if p.Choice("mode", "value") == "percentage" {
		format = unit.Format{Unit: "percent", DecimalPlaces: format.DecimalPlaces}
		share(all, format)
	}

	axisHeight := 0.0
	if c.height > 3*barRow+smallSize {
		axisHeight = smallSize + 8
	}
	rows := max(int((c.height-axisHeight)/barRow), 1)
	hidden := 0
	if len(all) > rows {
		rows = max(rows-1, 1)
		all, hidden = all[:rows], len(all)-rows
	}
	var values extent
	style := textStyle{size: smallSize, color: c.colors.text, align: right}
	names, labels := 0.0, 0.0
	for _, r := range all {
		values.add(r.value)
		names = max(names, style.measure(style.drawable(r.Name)))
		labels = max(labels, style.measure(r.text))
	}
	names, labels = min(names, c.width/3), min(labels, c.width*0.42)

	bars := c.inset(names+valueMargin, 0, labels+barLabelGap, axisHeight)
	if hidden > 0 {
		bars.height -= barRow
		bars.at(0, bars.height, c.width, barRow).rest(hidden)
	}
	widest := max(style.measure(format.Text(values.min)), style.measure(format.Text(values.max)))
	axis := barAxis(values, format, int(bars.width/(widest+2*smallSize)))
	for _, value := range axis.ticks {
		x := bars.width * axis.at(value)
		bars.fillRect(math.Round(x), 0, 1, bars.height, c.colors.grid)
		if axisHeight > 0 {
			tick := style
			tick.align = center
			width := tick.measure(format.Text(value)) + 1
			at := max(min(x-width/2, bars.width+labels+barLabelGap-width), -names-valueMargin)
			bars.at(at, c.height-axisHeight, width, axisHeight).text(format.Text(value), tick)
		}
	}
	height := bars.height / float64(len(all))
	zero := bars.width * max(0, min(axis.at(0), 1))
	for i, r := range all {
		row := bars.at(0, float64(i)*height, bars.width, height)
		row.at(-names-valueMargin, 0, names, height).text(r.Name, style)
		thick := min(height*barPart, barThickest)
		end := zero
		if !math.IsNaN(r.value) {
			end = bars.width * max(0, min(axis.at(r.value), 1))
		}
		row.at(min(zero, end), (height-thick)/2, math.Abs(end-zero), thick).roundRect(barRounding, c.colors.categories[0])
		value := style
		value.align = left
		from := max(zero, end) + barLabelGap
		row.at(from, 0, bars.width+labels+barLabelGap-from, height).text(r.text, value)
	}
	bars.fillRect(math.Round(zero)-1, 0, 1, bars.height, c.colors.axis)
}

// barAxis returns the axis along the bars. It reaches from the least to the greatest value and to 0; the room that the
// UI leaves beyond them is here that of the values beside the bars.
func barAxis(values extent, f unit.Format, parts int) valueAxis {
	low, high := min(values.min, 0), max(values.max, 0)
	if low == high {
		high = 1
	}
	return newAxis(values, bounds{&low, &high}, f, max(parts, 1))
}

// share turns values into percents of their sum.
func share(all []reading, f unit.Format) {
	sum := 0.0
	for _, r := range all {
		sum += r.value
	}
	for i := range all {
		all[i].value = all[i].value / sum * 100
		all[i].text = f.Text(all[i].value)
	}
}
