package chart

import (
	"math"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// How histograms are laid out, in pixels: histogramchart/src/components/HistogramChartPanel.tsx.
const (
	histogramWidth  = 90 // the least of one among several
	histogramHeight = 80 // the least of one row among several, which the UI never has
	histogramTicks  = 70 // the least distance of the labels below it
)

// histogramColor is that of buckets that have reached no threshold (histogramchart/src/histogram-chart-model.ts).
const histogramColor = "#56b4e9"

// drawHistogram draws a HistogramChart: for each histogram a bar for each bucket, from one of its bounds to the other and
// as high as its count. The UI has them for native histograms alone; here a classic one, whose series have the label le,
// has bars of the same width.
func drawHistogram(c canvas, p Panel, _ Options) {
	all := histogramsOf(c.budget, p)
	if len(all) == 0 {
		c.noHistograms()
		return
	}
	format, thresholds := p.Format(), p.Thresholds()
	if thresholds.Color == "" {
		thresholds.Color = histogramColor
	}
	for i, cell := range c.cells(len(all), histogramWidth, histogramHeight, contentPadding) {
		cell.histogram(p, format, thresholds, all[i])
	}
}

// histogramsOf returns the last histogram of each series, or that of the series with the label le.
func histogramsOf(budget *work.Budget, p Panel) (all []buckets) {
	for _, query := range p.Queries {
		for _, s := range query.Series {
			if last := len(s.Histograms) - 1; last >= 0 {
				all = append(all, buckets{cells: nativeCells(budget, s.Histograms[last:], query.Step)})
			}
		}
	}
	if classic := classicBuckets(budget, p); all == nil && len(classic.cells) > 0 {
		all = append(all, classic.last())
	}
	return all
}

// last returns the buckets at the last time that there are any.
func (h buckets) last() buckets {
	end := h.cells[0].at
	for _, cell := range h.cells {
		if cell.at.After(end) {
			end = cell.at
		}
	}
	last := buckets{bounds: h.bounds}
	for _, cell := range h.cells {
		if cell.at.Equal(end) {
			last.cells = append(last.cells, cell)
		}
	}
	return last
}

// histogram draws one histogram over the whole canvas.
func (c canvas) histogram(p Panel, format unit.Format, thresholds dashboard.Thresholds, h buckets) {
	logBase := p.logBase(h)
	shown, values, counts := h.shown(logBase)
	if !values.some || !counts.some {
		c.noHistograms()
		return
	}
	zero := 0.0
	style := textStyle{size: smallSize, color: c.colors.text, align: right}
	high := newAxis(counts, bounds{min: &zero}, format, int((c.height-timesHeight)/rowOfTicks))
	widest := 0.0
	for _, tick := range high.ticks {
		widest = max(widest, style.measure(format.Text(tick)))
	}
	widest = min(widest, c.width/3)
	area, labelled := c.inset(widest+valueMargin, smallSize/2, timesBeyond, 0).timed()
	for _, tick := range high.ticks {
		y := math.Round(area.height * (1 - high.at(tick)))
		area.fillRect(0, y, area.width, 1, c.colors.grid)
		area.at(-widest-valueMargin, y-smallSize, widest, 2*smallSize).text(format.Text(tick), style)
	}
	wide := histogramAxis(p, values, logBase, h.bounds != nil, max(int(area.width/histogramTicks), 1))
	for _, b := range shown {
		if !c.spend(20 + len(thresholds.Steps)/2) {
			return
		}
		from := area.width * max(0, min(wide.at(b.lower), 1))
		to := area.width * max(0, min(wide.at(b.upper), 1))
		height := area.height * high.at(b.count)
		fill := c.colors.stepColor(thresholds, thresholds.At(b.lower))
		if h.bounds != nil { // whose bounds are rows, of no threshold
			fill = colorOr(thresholds.Color, c.colors.categories[0])
		}
		area.fillRect(from, area.height-height, max(to-from-1, 1), height, fill)
	}
	area.fillRect(0, area.height, area.width, 1, c.colors.axis)
	if labelled {
		area.below(wide, h.bounds)
	}
}

// below writes the labels of an axis under the canvas: its values or, where these are rows, the upper bound of each in
// the middle of its bar.
func (c canvas) below(axis valueAxis, rows []string) {
	style := textStyle{size: smallSize, color: c.colors.text, align: center}
	short := false
	label, middle := unit.Format{Unit: unit.Decimal, ShortValues: &short}.Text, 0.0
	if rows != nil {
		label, middle = func(row float64) string { return rows[int(row)] }, 0.5
	}
	free := math.Inf(-1)
	for _, tick := range axis.ticks {
		if !c.spend(200) {
			return
		}
		width := style.measure(label(tick)) + 1
		from := c.width*axis.at(tick+middle) - width/2
		if from < free {
			continue
		}
		free = from + width + smallSize/2
		c.at(from, c.height+timeMargin-smallSize/2, width, 2*smallSize).text(label(tick), style)
	}
}

// histogramAxis returns the axis along the buckets: of values from 0, or below, to a whole number, or of rows.
func histogramAxis(p Panel, values extent, logBase float64, rows bool, parts int) valueAxis {
	if rows || logBase > 0 {
		return heatAxis(p, values, logBase, rows, unit.Format{}, parts)
	}
	low, high := min(0, math.Floor(values.min)), math.Ceil(values.max)
	for option, bound := range map[string]*float64{"min": &low, "max": &high} {
		if limit, ok := p.Number(option); ok && limit != 0 {
			*bound = limit
		}
	}
	return newAxis(values, bounds{&low, &high}, unit.Format{}, parts)
}
