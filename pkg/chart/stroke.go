package chart

import (
	"image/color"
	"math"
)

// stroke says how a line is drawn.
type stroke struct {
	color color.NRGBA
	width float64
	dash  []float64 // lengths that are drawn and left out by turns; nil for a solid line
}

// line draws straight lines from each point to the next.
//
// It hands them to the rasteriser in parts, which for each pixel looks through all those in its row that it has seen
// before: one long line that goes up and down would take seconds.
func (c canvas) line(points []point, s stroke) {
	if len(points) < 2 || s.width <= 0 || !c.spend(c.cost(points)) {
		return
	}
	c.markPath(points, s.color)
	c.paths.SetStrokeColor(s.color)
	c.paths.SetLineWidth(s.width)
	left := c.newPart()
	pieces := dashes(points, s.dash)
	if !c.spend(50 * len(pieces)) {
		return
	}
	for _, piece := range pieces {
		for len(piece) > 1 {
			count := left.take(piece)
			c.trace(piece[:count])
			piece = piece[count-1:]
			if left.done() {
				c.paths.Stroke()
				left = c.newPart()
			}
		}
	}
	if left != c.newPart() {
		c.paths.Stroke()
	}
}

// linePart is what a part of a line may still have: points, and pixels up and down.
type linePart struct {
	points int
	height float64
}

func (c canvas) newPart() linePart {
	const points, heights = 64, 2 // so that a row of pixels has few crossings
	return linePart{points, heights * max(c.height, 1)}
}

func (p linePart) done() bool { return p.points <= 0 || p.height <= 0 }

// take takes as many points of a line as there is room for, but at least two.
func (p *linePart) take(line []point) (count int) {
	for count = 1; count < len(line) && (count < 2 || !p.done()); count++ {
		p.points--
		p.height -= math.Abs(line[count].y - line[count-1].y)
	}
	p.points--
	return count
}

// dense tells whether lines would have thousands of dashes. They look whole then, and should be drawn so.
func dense(lines [][]point, pattern []float64) bool {
	const most = 5000
	period, length := 0.0, 0.0
	for _, part := range pattern {
		period += part
	}
	for _, points := range lines {
		for i := 1; i < len(points); i++ {
			length += math.Hypot(points[i].x-points[i-1].x, points[i].y-points[i-1].y)
		}
	}
	return length > most*period
}

// dashes cuts a line into its dashes.
func dashes(points []point, pattern []float64) [][]point {
	if len(pattern) == 0 {
		return [][]point{points}
	}
	var all [][]point
	piece := []point{points[0]}
	turn, left := 0, pattern[0] // the part of the pattern, and what is left of it
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		distance := math.Hypot(to.x-from.x, to.y-from.y)
		for distance > left {
			from = point{from.x + (to.x-from.x)*left/distance, from.y + (to.y-from.y)*left/distance}
			distance -= left
			if turn%2 == 0 {
				all = append(all, append(piece, from))
			}
			piece = []point{from}
			turn++
			left = pattern[turn%len(pattern)]
		}
		left -= distance
		piece = append(piece, to)
	}
	if turn%2 == 0 {
		all = append(all, piece)
	}
	return all
}
