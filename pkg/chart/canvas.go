package chart

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"github.com/go-analyze/charts/chartdraw/drawing"

	"github.com/perses/mcp-server/pkg/work"
)

// surface is an image and the rasteriser that draws paths on it. It serves one goroutine.
type surface struct {
	image  *image.RGBA
	paths  *drawing.RasterGraphicContext
	budget *work.Budget // drawing spends from it and stops when it ends; nil draws without a limit
	record func(mark)   // called for everything that is drawn; nil outside of tests
}

// mark is a text or a shape on a picture, as tests see it.
type mark struct {
	text                string // empty for a shape
	bold, upwards       bool
	x, y, width, height float64 // the height of a text is its size
	color               color.NRGBA
}

// shifted returns a function that records marks of a part of a picture, which begins at x and y, on the whole picture.
func shifted(record func(mark), x, y float64) func(mark) {
	if record == nil {
		return nil
	}
	return func(m mark) {
		m.x += x
		m.y += y
		record(m)
	}
}

// mark records what is drawn in a rectangle of the canvas.
func (c canvas) mark(x, y, width, height float64, m mark) {
	if c.record != nil {
		m.x, m.y, m.width, m.height = c.x+x, c.y+y, width, height
		c.record(m)
	}
}

func newSurface(budget *work.Budget, pixels *image.RGBA, record func(mark)) *surface {
	paths := drawing.NewRasterGraphicContext(pixels)
	paths.SetDPI(pixelsPerPoint)
	return &surface{pixels, paths, budget, record}
}

// spend takes units of work from the budget, and tells whether drawing may go on. What is drawn spends itself; what is
// calculated before has to.
func (s *surface) spend(units int) bool { return s.budget == nil || s.budget.Spend(units) }

// canvas is a rectangle of a surface. Who draws in it measures in pixels from its top left corner, with fractions.
// Paths are cut off at the edges of the surface, not of the rectangle: see clipped.
type canvas struct {
	*surface
	colors        *palette
	x, y          float64 // of the top left corner on the surface
	width, height float64
}

// newCanvas returns a canvas that is a whole image.
func newCanvas(budget *work.Budget, pixels *image.RGBA, colors *palette) canvas {
	size := pixels.Bounds().Size()
	return canvas{surface: newSurface(budget, pixels, nil), colors: colors, width: float64(size.X), height: float64(size.Y)}
}

// at returns a rectangle of the canvas; width and height are not below 0.
func (c canvas) at(x, y, width, height float64) canvas {
	c.x, c.y = c.x+x, c.y+y
	c.width, c.height = max(width, 0), max(height, 0)
	return c
}

// inset returns what is left of the canvas within a margin.
func (c canvas) inset(left, top, right, bottom float64) canvas {
	return c.at(left, top, c.width-left-right, c.height-top-bottom)
}

// clipped returns the same rectangle as a surface of its own, so that nothing drawn on it shows outside.
func (c canvas) clipped() canvas {
	inner := c.pixels(0, 0, c.width, c.height)
	c.x, c.y = c.x-float64(inner.Min.X), c.y-float64(inner.Min.Y)
	c.surface = newSurface(c.budget, part(c.image, inner), shifted(c.record, float64(inner.Min.X), float64(inner.Min.Y)))
	return c
}

// part returns a part of an image as an image that begins at (0, 0), which is where the rasteriser counts from. They
// share their pixels.
func part(whole *image.RGBA, place image.Rectangle) *image.RGBA {
	place = place.Intersect(whole.Bounds())
	if place.Empty() {
		return image.NewRGBA(image.Rectangle{})
	}
	return &image.RGBA{Pix: whole.Pix[whole.PixOffset(place.Min.X, place.Min.Y):], Stride: whole.Stride,
		Rect: image.Rect(0, 0, place.Dx(), place.Dy())}
}

// pixels returns the whole pixels nearest to a rectangle of the canvas, as far as the surface has them.
func (c canvas) pixels(x, y, width, height float64) image.Rectangle {
	round := func(v float64) int { return int(math.Round(max(min(v, 1e6), -1e6))) }
	return image.Rect(round(c.x+x), round(c.y+y), round(c.x+x+width), round(c.y+y+height)).Intersect(c.image.Bounds())
}

// fillRect fills a rectangle, from whole pixel to whole pixel: its edges are sharp.
func (c canvas) fillRect(x, y, width, height float64, fill color.NRGBA) {
	place := c.pixels(x, y, width, height)
	cost := place.Dx() * place.Dy() / 16
	if fill.A < 0xFF {
		cost *= 4
	}
	if !place.Empty() && c.spend(20+place.Dy()/2+cost) {
		c.mark(x, y, width, height, mark{color: fill})
		draw.Draw(c.image, place, image.NewUniform(fill), image.Point{}, draw.Over)
	}
}

// fill fills the whole canvas.
func (c canvas) fill(fill color.NRGBA) {
	c.fillRect(0, 0, c.width, c.height, fill)
}

// fillColumn fills a rectangle whose upper and lower edges are sharp. Its sides may lie within pixels, so that many
// narrow ones all look equally wide.
func (c canvas) fillColumn(x, y, width, height float64, fill color.NRGBA) {
	left, right := c.x+x, c.x+x+width
	first, last := math.Ceil(left), math.Floor(right)
	if first > last { // within one pixel
		c.fillRect(last-c.x, y, 1, height, alpha(fill, width))
		return
	}
	c.fillRect(first-1-c.x, y, 1, height, alpha(fill, first-left))
	c.fillRect(first-c.x, y, last-first, height, fill)
	c.fillRect(last-c.x, y, 1, height, alpha(fill, right-last))
}

// costOfPixel is what a pixel on the way of a line costs.
const costOfPixel = 4

// point is a place on a canvas.
type point struct{ x, y float64 }

// finite tells whether something can be drawn at such places: over a curve that has none the rasteriser never ends.
func finite(places ...float64) bool {
	return !slices.ContainsFunc(places, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// area fills the polygon of the points. The time that takes grows with the square of how many lie side by side.
func (c canvas) area(points []point, fill color.NRGBA) {
	if len(points) < 3 || !c.spend(200+c.cost(points)) {
		return
	}
	c.trace(points)
	c.markPath(points, fill)
	c.fillPath(fill)
}

// circle fills a circle.
func (c canvas) circle(x, y, radius float64, fill color.NRGBA) {
	if radius <= 0 || !finite(c.x+x, c.y+y, radius) || !c.spend(c.roundCost(radius, 2*math.Pi)) {
		return
	}
	c.mark(x-radius, y-radius, 2*radius, 2*radius, mark{color: fill})
	c.paths.MoveTo(c.x+x+radius, c.y+y)
	c.paths.ArcTo(c.x+x, c.y+y, radius, radius, 0, 2*math.Pi)
	c.fillPath(fill)
}

// ring fills a part of a ring, or of a disc when inner is 0. Angles are in radians, clockwise from 3 o'clock.
func (c canvas) ring(x, y, inner, outer, start, sweep float64, fill color.NRGBA) {
	if outer <= 0 || sweep <= 0 || !finite(c.x+x, c.y+y, outer, start, sweep) || !c.spend(c.roundCost(outer, sweep)) {
		return
	}
	c.mark(x-outer, y-outer, 2*outer, 2*outer, mark{color: fill})
	x, y = c.x+x, c.y+y
	c.paths.MoveTo(x+outer*math.Cos(start), y+outer*math.Sin(start))
	c.paths.ArcTo(x, y, outer, outer, start, sweep)
	end := start + sweep
	c.paths.LineTo(x+inner*math.Cos(end), y+inner*math.Sin(end))
	if inner > 0 {
		c.paths.ArcTo(x, y, inner, inner, end, -sweep)
	}
	c.fillPath(fill)
}

// roundRect fills the canvas but for its rounded corners, from whole pixel to whole pixel. Only the corners go to the
// rasteriser, which would take long over the whole of a card.
func (c canvas) roundRect(radius float64, fill color.NRGBA) {
	whole := c.pixels(0, 0, c.width, c.height)
	c = c.at(float64(whole.Min.X)-c.x, float64(whole.Min.Y)-c.y, float64(whole.Dx()), float64(whole.Dy()))
	c.mark(0, 0, c.width, c.height, mark{color: fill})
	parts := *c.surface
	parts.record, c.surface = nil, &parts
	r := math.Floor(min(radius, c.width/2, c.height/2))
	c.fillRect(r, 0, c.width-2*r, r, fill)
	c.fillRect(0, r, c.width, c.height-2*r, fill)
	c.fillRect(r, c.height-r, c.width-2*r, r, fill)
	c.ring(c.width-r, c.height-r, 0, r, 0, math.Pi/2, fill)
	c.ring(r, c.height-r, 0, r, math.Pi/2, math.Pi/2, fill)
	c.ring(r, r, 0, r, math.Pi, math.Pi/2, fill)
	c.ring(c.width-r, r, 0, r, -math.Pi/2, math.Pi/2, fill)
}

// cost returns what it costs to rasterise a polygon or a line: its points, and the pixels on its way.
func (c canvas) cost(points []point) int {
	length := 0.0
	for i := 1; i < len(points); i++ {
		length += math.Abs(points[i].x-points[i-1].x) + math.Abs(points[i].y-points[i-1].y)
	}
	// What lies beyond the canvas is not drawn.
	return 25*len(points) + int(min(length, float64(len(points))*(c.width+c.height))*costOfPixel)
}

// roundCost is cost for a part of a disc.
func (c canvas) roundCost(radius, sweep float64) int {
	radius = min(radius, c.width+c.height)
	return 200 + int(radius*(20+radius*min(sweep, 2*math.Pi)/8))
}

func (c canvas) trace(points []point) {
	for i, p := range points {
		if i == 0 {
			c.paths.MoveTo(c.x+p.x, c.y+p.y)
		} else {
			c.paths.LineTo(c.x+p.x, c.y+p.y)
		}
	}
}

// markPath records a polygon or a line.
func (c canvas) markPath(points []point, paint color.NRGBA) {
	if c.record == nil {
		return
	}
	var x, y extent
	for _, p := range points {
		x.add(p.x)
		y.add(p.y)
	}
	c.mark(x.min, y.min, x.max-x.min, y.max-y.min, mark{color: paint})
}

func (c canvas) fillPath(fill color.NRGBA) {
	c.paths.Close()
	c.paths.SetFillColor(fill)
	c.paths.SetFillRule(drawing.FillRuleWinding)
	c.paths.Fill()
}
