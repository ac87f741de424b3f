package chart

import (
	"image/color"
	"math"
)

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

// drawThresholds draws the lines over the data, and above each its name if it has one: at the right, or left of another
// name upon which it would lie.
func (p plot) drawThresholds(limits []threshold) {
	style := textStyle{size: smallSize, color: p.colors.text}
	const high, gap = smallSize + 4, 4
	height := func(limit threshold) float64 { return p.height * (1 - p.axes[0].at(limit.value)) }
	var shown []threshold
	last := map[float64]int{} // of the thresholds at each height, which covers the others
	for i, limit := range limits {
		last[math.Round(height(limit))] = i
	}
	for i, limit := range limits {
		if y := height(limit); y >= -1 && y <= p.height+1 && last[math.Round(y)] == i && p.spend(100) {
			p.canvas.line([]point{{0, y}, {p.width, y}}, stroke{limit.color, 2, []float64{8, 4}})
			shown = append(shown, limit)
		}
	}
	var names []point // the top left corners of those that are written
	for _, limit := range shown {
		if limit.name == "" {
			continue
		}
		top, end := max(height(limit)-smallSize-7, 0), p.width-gap
		p.spend(len(names))
		for _, other := range names {
			if math.Abs(other.y-top) < high {
				end = min(end, other.x-2*gap)
			}
		}
		width := min(p.measured(limit.name, style), end)
		label := p.at(end-width, top, width, high)
		label.inset(-2, 0, -2, 0).fill(alpha(p.colors.background, 0.8)) // the data may be there
		label.text(limit.name, style)
		names = append(names, point{end - width, top})
	}
}
