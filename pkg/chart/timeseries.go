package chart

import (
	"time"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// The measures of the chart, in pixels: the grid and the axes of components/src/utils/theme-gen.ts of perses/shared,
// and what timeserieschart/src/TimeSeriesChartPanel.tsx sets over them.
const (
	plotTop     = 5
	plotBottom  = 8  // between the labels of times and a legend below them
	plotSide    = 20 // left of the labels of the axis, and right of the plot
	plotNoAxis  = 30 // below the plot when the value axis is hidden
	valueMargin = 12 // between the plot and the labels of values
	timeMargin  = 15 // between the plot and the labels of times
	labelWidth  = 30 // left of the labels when the axis has a name
	rowOfTicks  = 30 // the least height of a part of the value axis
)

// drawTimeSeries draws a TimeSeriesChart.
func drawTimeSeries(c canvas, p Panel, o Options) {
	spec := readTimeSeriesSpec(p)
	lines := timeLines(c.budget, p, spec, c.colors)
	if len(lines) == 0 {
		c.noData()
		return
	}
	formats := axisFormats(p, lines)
	limits := thresholdLines(p, lines, spec, c.colors)
	if spec.stacked {
		stack(c.budget, lines)
	}
	if legend, shown := p.Legend(); shown {
		items, columns := timeLegend(c.budget, lines, legend.Values, formats[0])
		if rest := c.withLegend(legend, items, columns); rest.height < c.height {
			c = rest.inset(0, 0, 0, plotBottom)
		} else {
			c = rest
		}
	}

	plot := plot{canvas: c, start: p.Start, end: p.End}
	if spec.bars { // so that the first and the last are whole
		beyond := time.Duration(float64(barDistance(lines)) * (1 - freeBand) / 2)
		plot.start, plot.end = p.Start.Add(-beyond), p.End.Add(beyond)
	}
	parts := max(1, min(int((c.height-plotTop-timeMargin-smallSize)/rowOfTicks), 6))
	for axis := range formats {
		plot.axes = append(plot.axes, spec.axis(lines, limits, axis, formats[axis], parts))
	}
	plot.layout(spec, formats)
	plot.drawAxes(spec.axisLabel, o.Location)

	inner := plot
	inner.canvas = plot.inset(-2, -2, -2, -2).clipped().inset(2, 2, 2, 2)
	if spec.bars {
		inner.drawBars(lines, spec.stacked)
	} else {
		points := spec.allPoints || p.End.Sub(p.Start) <= 15*time.Minute
		for _, line := range lines {
			inner.line(line, spec, points)
		}
	}
	inner.drawThresholds(limits)
}

// axis returns the value axis with an index. Only the first has the bounds of the panel.
func (s timeSeriesSpec) axis(lines []timeLine, limits []threshold, index int, f unit.Format, parts int) valueAxis {
	data, b := extentOf(lines, index, s.logBase > 0), s.bounds
	if index > 0 {
		zero := 0.0
		b = bounds{}
		if data.min > 0 {
			b.min = &zero
		}
		return newAxis(data, b, f, parts)
	}
	for _, limit := range limits {
		if s.logBase == 0 || limit.value > 0 {
			data.add(limit.value)
		}
	}
	if s.logBase > 0 {
		return newLogAxis(data, b, s.logBase, parts)
	}
	return newAxis(data, b, f, parts)
}

// timeLegend returns the items of a legend with their values, and the heads of these: in the order of the UI, whatever
// theirs in the panel.
func timeLegend(budget *work.Budget, lines []timeLine, wanted []series.Calculation, f unit.Format) (items []legendItem, columns []string) {
	for _, line := range lines {
		items = append(items, legendItem{name: line.name, color: line.color})
	}
	for _, calculation := range series.Calculations() {
		for _, one := range wanted {
			if one != calculation {
				continue
			}
			columns = append(columns, calculation.Label())
			for i, line := range lines {
				if !budget.Spend(100 + len(line.samples)/2) {
					return items, columns
				}
				text := ""
				if value, ok := calculation.Of(line.samples); ok {
					text = f.Text(value)
				}
				items[i].values = append(items[i].values, text)
			}
			break
		}
	}
	return items, columns
}
