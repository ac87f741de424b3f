package chart

import (
	"math"
	"time"

	"github.com/prometheus/common/model"
)

// The widths of bars as ECharts has them: of the distance between two times a fifth stays free, and between two bars
// almost a third of one; none is wider than the UI's theme says.
const (
	freeBand  = 0.2
	barGap    = 0.3
	widestBar = 150 // pixels
)

// barDistance returns the least time between two points of a series; where none has two, the least step, which may be 0.
func barDistance(lines []timeLine) time.Duration {
	const none = time.Duration(math.MaxInt64)
	distance, step := none, none
	for _, line := range lines {
		last := model.Earliest
		for _, segment := range line.segments {
			for _, p := range segment {
				if last != model.Earliest {
					distance = min(distance, p.at.Sub(last))
				}
				last = p.at
			}
		}
		step = min(step, line.step)
	}
	if distance == none {
		return step
	}
	return distance
}

// drawBars draws series as bars at their times: beside each other, or upon each other when they are stacked.
func (p plot) drawBars(lines []timeLine, stacked bool) {
	columns := 1.0
	if !stacked {
		columns = float64(len(lines))
	}
	band := p.width
	if distance := barDistance(lines); distance > 0 {
		band = p.left(p.start.Add(distance))
	}
	width := min(band*(1-freeBand)/(columns+(columns-1)*barGap), widestBar)
	for i, line := range lines {
		x := -width / 2
		if !stacked {
			x += width * (1 + barGap) * (float64(i) - (columns-1)/2)
		}
		for _, segment := range line.segments {
			if !p.spend(10 * len(segment)) {
				return
			}
			for _, at := range segment {
				from, to := p.place(at.at, p.floor(at, line.axis), line.axis), p.place(at.at, at.value, line.axis)
				if math.IsNaN(from.y + to.y) {
					continue
				}
				low, high := max(0, min(from.y, p.height)), max(0, min(to.y, p.height))
				p.fillColumn(from.x+x, min(low, high), max(width, 1), math.Abs(low-high), line.color)
			}
		}
	}
}

// floor returns the value that a bar or an area stands on: of another series, or as near to 0 as the axis goes.
func (p plot) floor(at timePoint, axis int) float64 {
	if at.base != 0 {
		return at.base
	}
	return max(min(0, p.axes[axis].high), p.axes[axis].low)
}
