package chart

import (
	"image/color"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// plot is the area of a chart over time that shows the data, and what maps data to its places.
type plot struct {
	canvas
	start, end time.Time
	axes       []valueAxis
	labels     []axisLabels // of each of the axes
	room       float64      // beside it, for the labels of times at both ends
}

// left returns where a time stands.
func (p plot) left(at time.Time) float64 {
	return p.width * float64(at.Sub(p.start)) / float64(max(p.end.Sub(p.start), 1))
}

// place returns where a value stands at a time. Infinite values have infinite places.
func (p plot) place(at model.Time, value float64, axis int) point {
	return point{p.left(at.Time()), p.height * (1 - p.axes[axis].at(value))}
}

// line draws a series as a line, with the area below it and its points, as far as it has them.
func (p plot) line(l timeLine, s timeSeriesSpec, withPoints bool) {
	for _, segment := range l.segments {
		if !p.spend(20 + 10*len(segment)) {
			return
		}
		tops := make([]point, 0, len(segment))
		var bases []point
		for _, at := range segment {
			top := p.place(at.at, at.value, l.axis)
			if math.IsNaN(top.y) { // what a logarithmic axis cannot show
				p.run(tops, bases, l, s)
				tops, bases = tops[:0], bases[:0]
				continue
			}
			tops = append(tops, top)
			if l.style.opacity > 0 {
				bases = append(bases, p.place(at.at, p.floor(at, l.axis), l.axis))
			}
		}
		p.run(tops, bases, l, s)
		if withPoints {
			for _, top := range tops {
				p.circle(top.x, top.y, s.pointSize/2, l.color)
			}
		}
	}
}

// lonePoint is the least diameter of a point between two gaps, in pixels. The UI shows it under the mouse only.
const lonePoint = 5

// run draws a line without gaps, and the area between it and what it stands on.
func (p plot) run(tops, bases []point, l timeLine, s timeSeriesSpec) {
	if len(bases) > 1 {
		p.between(bend(thin(tops), -1, p.height+1), bend(thin(bases), -1, p.height+1), alpha(l.color, l.style.opacity))
	}
	if len(tops) == 1 && s.lineWidth > 0 { // which as a line would not be seen
		p.circle(tops[0].x, tops[0].y, max(s.lineWidth, s.pointSize, lonePoint)/2, l.color)
	}
	pieces := inside(thin(tops), -s.lineWidth, p.height+s.lineWidth)
	how := stroke{l.color, s.lineWidth, l.style.dash(s.lineWidth)}
	if dense(pieces, how.dash) {
		how.dash = nil
	}
	for _, piece := range pieces {
		p.canvas.line(piece, how)
	}
}

// between fills the area between two lines, in parts that meet between pixels and so show no seams.
func (p plot) between(tops, bases []point, fill color.NRGBA) {
	const part = 8 // pixels
	end := tops[len(tops)-1].x
	for from := math.Floor(p.x+tops[0].x) - p.x; from < end; from += part {
		tops, bases = behind(tops, from), behind(bases, from)
		outline := slab(tops, from, from+part)
		below := slab(bases, from, from+part)
		slices.Reverse(below)
		p.area(append(outline, below...), fill)
	}
}

// behind returns a line without its points before a place from left to right, but for the last of them.
func behind(points []point, from float64) []point {
	for len(points) > 1 && points[1].x < from {
		points = points[1:]
	}
	return points
}

// slab cuts a line to what lies between two places from left to right.
func slab(points []point, from, to float64) []point {
	var cut []point
	add := func(a, b point, x float64) {
		cut = append(cut, point{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)})
	}
	for i, at := range points {
		if i > 0 && points[i-1].x < from && at.x > from {
			add(points[i-1], at, from)
		}
		if i > 0 && points[i-1].x < to && at.x > to {
			add(points[i-1], at, to)
		}
		if at.x > to {
			break
		}
		if at.x >= from {
			cut = append(cut, at)
		}
	}
	return cut
}

// thin leaves out points that would not be seen, since they share a column of pixels with others: of each column
// remain the first, the last, the highest and the lowest point.
func thin(points []point) []point {
	if len(points) < 3 {
		return points
	}
	kept := make([]point, 0, len(points))
	for begin := 0; begin < len(points); {
		end, low, high := begin, begin, begin
		for ; end < len(points) && math.Floor(points[end].x) == math.Floor(points[begin].x); end++ {
			if points[end].y < points[low].y {
				low = end
			}
			if points[end].y > points[high].y {
				high = end
			}
		}
		last := -1
		for _, i := range []int{begin, min(low, high), max(low, high), end - 1} {
			if i > last {
				kept = append(kept, points[i])
				last = i
			}
		}
		begin = end
	}
	return kept
}

// inside cuts a line to what lies between two heights.
func inside(points []point, low, high float64) [][]point {
	var pieces [][]point
	var piece []point
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if max(a.y, b.y) < low || min(a.y, b.y) > high {
			if piece != nil {
				pieces, piece = append(pieces, piece), nil
			}
			continue
		}
		from, to := cut(a, b, low, high), cut(b, a, low, high)
		if piece == nil {
			piece = []point{from}
		}
		piece = append(piece, to)
		if to != b {
			pieces, piece = append(pieces, piece), nil
		}
	}
	if piece != nil {
		pieces = append(pieces, piece)
	}
	return pieces
}

// bend bends a line so that it runs along two heights where it would go beyond them.
func bend(points []point, low, high float64) []point {
	bent := make([]point, 0, 2*len(points)+8)
	for i, at := range points {
		if i > 0 {
			from, to := cut(points[i-1], at, low, high), cut(at, points[i-1], low, high)
			if from != points[i-1] {
				bent = append(bent, from)
			}
			if to != at {
				bent = append(bent, to)
			}
		}
		bent = append(bent, point{at.x, max(low, min(at.y, high))})
	}
	return bent
}

// cut returns a, moved towards b until it lies between two heights.
func cut(a, b point, low, high float64) point {
	bound := max(low, min(a.y, high))
	if bound == a.y {
		return a
	}
	if math.IsInf(a.y, 0) || math.IsInf(b.y, 0) { // the line is upright
		if math.IsInf(a.y, 0) && !math.IsInf(b.y, 0) {
			return point{b.x, bound}
		}
		return point{a.x, bound}
	}
	if a.y == b.y {
		return point{a.x, bound}
	}
	part := max(0, min((bound-a.y)/(b.y-a.y), 1))
	return point{a.x + part*(b.x-a.x), bound}
}
