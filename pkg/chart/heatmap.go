package chart

import (
	"image/color"
	"math"

	"github.com/perses/mcp-server/pkg/unit"
)

// heatColors are the colours of counts, from the least to the greatest (heatmapchart/src/components/HeatMapChart.tsx).
var heatColors = []color.NRGBA{
	rgb(0x313695), rgb(0x4575B4), rgb(0x74ADD1), rgb(0xABD9E9), rgb(0xE0F3F8), rgb(0xFFFFBF),
	rgb(0xFEE090), rgb(0xFDAE61), rgb(0xF46D43), rgb(0xD73027), rgb(0xA50026),
}

// heatColor returns the colour at a part of the scale, between those that it has.
func heatColor(part float64) color.NRGBA {
	if math.IsNaN(part) {
		part = 0
	}
	at := max(0, min(part, 1)) * float64(len(heatColors)-1)
	index := min(int(at), len(heatColors)-2)
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + (at-float64(index))*(float64(b)-float64(a))))
	}
	a, b := heatColors[index], heatColors[index+1]
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xFF}
}

// drawHeatmap draws a HeatMapChart: the buckets of a histogram over time, in colours that stand for how many values are
// in each. The UI has them for native histograms alone; here the series of a classic one, with their label le, are
// rows of the same height.
func drawHeatmap(c canvas, p Panel, o Options) {
	data := bucketsOf(c.budget, p)
	logBase := p.logBase(data)
	shown, values, counts := data.shown(logBase)
	if !values.some || !counts.some {
		c.noHistograms()
		return
	}
	if p.Flag("showVisualMap", false) {
		c = c.heatScale(counts, p.CountFormat())
	}
	format := p.Format()
	axis := heatAxis(p, values, logBase, data.bounds != nil, format, int(c.height/rowOfTicks))
	label, middle := format.Text, 0.0
	if data.bounds != nil { // rows have theirs in the middle
		label, middle = func(row float64) string { return data.bounds[int(row)] }, 0.5
	} else if whole, _ := c.timed(); whole.height > 0 {
		axis.labelEnds(smallSize / whole.height)
	}
	style := textStyle{size: smallSize, color: c.colors.text, align: right}
	widest := 0.0
	for _, tick := range axis.ticks {
		widest = max(widest, c.measured(label(tick), style))
	}
	widest = min(widest, c.width/3)
	cells, timed := c.inset(widest+valueMargin, smallSize/2, timesBeyond, 0).timed()
	inner := plot{canvas: cells, start: p.Start, end: p.End}
	if timed {
		inner.drawTimes(o.Location)
	}
	free := math.Inf(1)
	for _, tick := range axis.ticks {
		y := cells.height * (1 - axis.at(tick+middle))
		if y > free-smallSize {
			continue
		}
		free = y
		cells.at(-widest-valueMargin, y-smallSize, widest, 2*smallSize).text(label(tick), style)
	}
	inner.canvas, inner.axes = cells.clipped(), []valueAxis{axis}
	for _, cell := range shown {
		inner.heat(cell, counts)
	}
}

// heatAxis returns the axis of the values. That of rows has a tick for each.
func heatAxis(p Panel, values extent, logBase float64, rows bool, format unit.Format, parts int) valueAxis {
	if rows {
		axis := valueAxis{low: 0, high: values.max}
		for row := range int(values.max) {
			axis.ticks = append(axis.ticks, float64(row))
		}
		return axis
	}
	bound := func(option string, data float64) *float64 {
		if limit, ok := p.Number(option); ok && (logBase == 0 || limit > 0) {
			return &limit
		}
		return &data
	}
	b := bounds{bound("min", values.min), bound("max", values.max)}
	if logBase > 0 {
		return newLogAxis(values, b, logBase, max(parts, 1))
	}
	return newAxis(values, b, format, max(parts, 1))
}

// heat draws a bucket from its time to the next.
func (p plot) heat(cell bucket, counts extent) {
	fill := heatColor((cell.count - counts.min) / max(counts.max-counts.min, math.SmallestNonzeroFloat64))
	top, bottom := p.height*(1-p.axes[0].at(cell.upper)), p.height*(1-p.axes[0].at(cell.lower))
	left, right := math.Round(p.x+p.left(cell.at)), math.Round(p.x+p.left(cell.at.Add(cell.step)))
	from, to := math.Round(p.y+top), math.Round(p.y+bottom)
	p.fillRect(left-p.x, from-p.y, max(right-left, 1), max(to-from, 1), fill)
}

// heatScale draws the scale of the colours at the right, and returns the rest of the canvas: all of it when there would
// be too little, as with legends.
func (c canvas) heatScale(counts extent, format unit.Format) canvas {
	const bar, gap = 10, 6
	style := textStyle{size: smallSize, color: c.colors.text}
	high, low := format.Text(counts.max), format.Text(counts.min)
	width := min(max(style.measure(high), style.measure(low)), c.width/3)
	rest := c.inset(0, 0, width+gap+bar+valueMargin, 0)
	if rest.width < minContent {
		return c
	}
	place := c.at(c.width-width-gap-bar, 0, bar+gap+width, c.height)
	for y := range int(c.height) {
		place.fillRect(0, float64(y), bar, 1, heatColor(1-float64(y)/max(c.height-1, 1)))
	}
	place.at(bar+gap, 0, width, smallSize+2).text(high, style)
	place.at(bar+gap, c.height-smallSize-2, width, smallSize+2).text(low, style)
	return rest
}
