package chart

import "image/color"

// threshold is a line at a value.
type threshold struct {
	value float64
	color color.NRGBA
	name  string
}

// thresholdLines returns the thresholds of a time series chart. Those in percent are parts of the range from the lower
// bound of the panel, or 0, to the upper one, or the greatest value of all that is not stacked yet
// (convertPercentThreshold in timeserieschart/src/utils/data-transform.ts).
func thresholdLines(p Panel, lines []timeLine, spec timeSeriesSpec, colors *palette) []threshold {
	all := p.Thresholds()
	low, high := 0.0, 0.0
	for i := range lines {
		high = max(high, extentOf(lines[i:i+1], lines[i].axis, false).max)
	}
	if spec.bounds.min != nil {
		low = *spec.bounds.min
	}
	if spec.bounds.max != nil {
		high = *spec.bounds.max
	}
	var limits []threshold
	for i, step := range all.Steps {
		limit := threshold{step.Value, colors.threshold(i), step.Name}
		if i >= len(colors.thresholds) {
			limit.color = colorOr(all.Color, limit.color)
		}
		limit.color = colorOr(step.Color, limit.color)
		if all.Percent {
			limit.value = low + step.Value/100*(high-low)
		}
		limits = append(limits, limit)
	}
	return limits
}

// drawThresholds draws the lines over the data, and above each its name if it has one.
func (p plot) drawThresholds(limits []threshold) {
	for _, limit := range limits {
		y := p.height * (1 - p.axes[0].at(limit.value))
		if !(y >= -1 && y <= p.height+1) {
			continue
		}
		p.canvas.line([]point{{0, y}, {p.width, y}}, stroke{limit.color, 2, []float64{8, 4}})
		if limit.name != "" {
			style := textStyle{size: smallSize, color: p.colors.text}
			width := min(style.measure(style.drawable(limit.name)), p.width-4)
			label := p.at(p.width-4-width, max(y-smallSize-7, 0), width, smallSize+4)
			label.inset(-2, 0, -2, 0).fill(alpha(p.colors.background, 0.8)) // the data may be there
			label.text(limit.name, style)
		}
	}
}
