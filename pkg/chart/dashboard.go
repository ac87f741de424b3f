package chart

import (
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"

	"golang.org/x/image/draw"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/work"
)

// defaultWidth is that of a page which the options give none.
const defaultWidth = 1280

// maxHeight is what hosts and models take of a picture, in pixels.
const maxHeight = 8000

// minScale is how small a page may become before nothing on it can be read.
const minScale = 0.5

// page is a dashboard that is laid out.
type page struct {
	width, height int
	titles        []pageTitle
	panels        []placed
	note          box // that there are no panels; empty if there are
}

// pageTitle is the title of the dashboard or of a row.
type pageTitle struct {
	text string
	box
	bar bool // whether it stands on a bar, as those of rows do
}

// DrawDashboard returns a dashboard as a PNG, as the UI shows it: its rows with their titles, the panels where they
// stand on the grid. The height follows from the rows, the width is 1280 pixels if the options give none. A page that
// would be too large is drawn at a smaller scale; one that nobody could read then is an error, and so is a width
// below 200 pixels. Panels that are not drawn before the budget ends say so.
func DrawDashboard(budget *work.Budget, title string, rows []Row, o Options) ([]byte, error) {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	if o.Width < 200 {
		return nil, errors.New("a picture of a dashboard needs a width of at least 200 pixels")
	}
	p := layOut(title, rows, o.Width)
	width, height := float64(p.width), float64(p.height)
	scale := min(1, maxHeight/height, math.Sqrt(maxPixels/(width*height)))
	if scale < minScale {
		return nil, fmt.Errorf("the dashboard is %d pixels high at a width of %d, which is too much for one picture: draw some of its panels alone",
			p.height, p.width)
	}
	pixels, err := p.draw(budget, scale, o)
	if err != nil {
		return nil, err
	}
	return encode(budget, pixels)
}

// layOut places titles and panels on a page.
func layOut(title string, rows []Row, width int) page {
	p := page{width: width}
	inner := width - 2*pagePad
	y := pagePad / 2
	if title != "" {
		p.titles = append(p.titles, pageTitle{text: title, box: box{pagePad, y, inner, titleSpace}})
		y += titleSpace
	}
	for _, row := range rows {
		if row.Title != "" {
			p.titles = append(p.titles, pageTitle{row.Title, box{pagePad, y, inner, rowTitle}, true})
			y += rowTitle
		}
		panels, height := arrange(row.Items, inner)
		for _, panel := range panels {
			panel.x += pagePad
			panel.y += y
			p.panels = append(p.panels, panel)
		}
		y += height + rowGap
	}
	if len(p.panels) == 0 {
		p.note = box{pagePad, y, inner, noteSpace}
		y += noteSpace
	}
	p.height = y + pagePad/2
	return p
}

// draw draws a page. Panels are drawn next to each other, each on pixels of its own.
func (p page) draw(budget *work.Budget, scale float64, o Options) (*image.RGBA, error) {
	scaled := func(v int) int { return int(math.Round(float64(v) * scale)) }
	pixels := image.NewRGBA(image.Rect(0, 0, scaled(p.width), scaled(p.height)))
	colors := o.Theme.palette()
	newCanvas(nil, pixels, colors).fill(colors.background)

	// inside draws what a box holds: on the page itself, or at full size and then scaled into it.
	inside := func(budget *work.Budget, b box, content func(c canvas)) {
		place := image.Rect(scaled(b.x), scaled(b.y), scaled(b.x+b.width), scaled(b.y+b.height))
		full := part(pixels, place)
		if scale != 1 {
			full = image.NewRGBA(image.Rect(0, 0, b.width, b.height))
		}
		c := newCanvas(budget, full, colors)
		c.record = shifted(o.record, float64(b.x), float64(b.y))
		if scale == 1 {
			content(c)
			return
		}
		c.fill(colors.background)
		content(c)
		draw.ApproxBiLinear.Scale(pixels, place, full, full.Bounds(), draw.Src, nil)
	}
	for _, h := range p.titles {
		inside(nil, h.box, func(c canvas) {
			style := textStyle{size: headingSize, color: c.colors.text}
			if h.bar {
				c.roundRect(cornerRadius, c.colors.paper)
				c = c.inset(headerPadding, 0, headerPadding, 0)
			}
			c.text(h.text, style)
		})
	}
	if p.note != (box{}) { // or else it seems that the picture is not finished
		inside(nil, p.note, func(c canvas) {
			c.message("There are no panels to show.", textStyle{size: bodySize, color: c.colors.secondary})
		})
	}
	var group parallel.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, panel := range p.panels {
		group.Go(func() (err error) {
			defer func() { // or else it ends the process
				if recover() != nil {
					err = fmt.Errorf("panel %q cannot be drawn: leave it out, or draw others alone", panel.panel.Key)
				}
			}()
			if panel.width > 0 && panel.height > 0 {
				inside(budget, panel.box, func(c canvas) { drawPanel(c, *panel.panel, o) })
			}
			return nil
		})
	}
	return pixels, group.Wait()
}
