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

// barRows is where the bars of a chart stand.
type barRows struct {
	canvas        // between the names and the values
	axis          valueAxis
	names, labels float64 // the widths of the texts left and right of the bars
}

// drawBar draws a BarChart: a horizontal bar for each series, the greatest at the top.
func drawBar(c canvas, p Panel, _ Options) {
	all := p.readings(c.budget)
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

	below := 0.0 // the height of the labels of the axis
	if c.height > 3*barRow+smallSize {
		below = smallSize + 8
	}
	rows := max(int((c.height-below)/barRow), 1)
	hidden := 0
	if len(all) > rows {
		rows = max(rows-1, 1)
		all, hidden = all[:rows], len(all)-rows
	}
	b := barRows{}
	var values extent
	style := c.barStyle()
	for _, r := range all {
		values.add(r.value)
		b.names = max(b.names, c.measured(r.Name, style))
		b.labels = max(b.labels, style.measure(r.text))
	}
	b.names, b.labels = min(b.names, c.width/3), min(b.labels, c.width*0.42)
	b.canvas = c.inset(b.names+valueMargin, 0, b.labels+barLabelGap, below)
	if hidden > 0 {
		b.height -= barRow
		c.restFrom(b.names+valueMargin, b.height, barRow, hidden)
	}
	widest := max(style.measure(format.Text(values.min)), style.measure(format.Text(values.max)))
	b.axis = barAxis(values, format, int(b.width/(widest+2*smallSize)))
	b.drawTicks(format, c.height-below, below)
	height := b.height / float64(len(all))
	for i, r := range all {
		b.draw(r, float64(i)*height, height)
	}
	b.fillRect(math.Round(b.left(0))-1, 0, 1, b.height, b.colors.axis)
}

func (c canvas) barStyle() textStyle {
	return textStyle{size: smallSize, color: c.colors.text, align: right}
}

// left returns where a value stands: at the end of the axis if it lies beyond that.
func (b barRows) left(value float64) float64 {
	return b.width * max(0, min(b.axis.at(value), 1))
}

// drawTicks draws the lines behind the bars, and below them the labels, if these have a height.
func (b barRows) drawTicks(format unit.Format, y, height float64) {
	style := b.barStyle()
	style.align = center
	for _, value := range b.axis.ticks {
		x := b.width * b.axis.at(value)
		b.fillRect(math.Round(x), 0, 1, b.height, b.colors.grid)
		if height > 0 {
			width := style.measure(format.Text(value)) + 1
			from := max(min(x-width/2, b.width+b.labels+barLabelGap-width), -b.names-valueMargin)
			b.at(from, y, width, height).text(format.Text(value), style)
		}
	}
}

// draw draws a bar in a row, between its name and its value.
func (b barRows) draw(r reading, y, height float64) {
	row := b.at(0, y, b.width, height)
	style := b.barStyle()
	row.at(-b.names-valueMargin, 0, b.names, height).text(r.Name, style)
	zero := b.left(0)
	end := zero
	if !math.IsNaN(r.value) {
		end = b.left(r.value)
	}
	thick := min(height*barPart, barThickest)
	row.at(min(zero, end), (height-thick)/2, math.Abs(end-zero), thick).roundRect(barRounding, b.colors.categories[0])
	style.align = left
	from := max(zero, end) + barLabelGap
	row.at(from, 0, b.width+b.labels+barLabelGap-from, height).text(r.text, style)
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
