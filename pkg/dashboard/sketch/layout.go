package sketch

import (
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// place is where a panel stands in its row, in units of the grid.
type place struct{ x, y, width, height int }

func (p place) overlaps(q place) bool {
	return p.x < q.x+q.width && q.x < p.x+p.width && p.y < q.y+q.height && q.y < p.y+p.height
}

// flow lays out the panels of a row. They stand beside each other, and where one does not fit any more, a new line begins. If no
// panel of a line has a width, they become wider until the line is full; one without a height is as high as the highest of
// its line. A panel with x and y stands there, and the next line begins below all that came before.
func flow(panels []Panel) ([]place, error) {
	places := make([]place, len(panels))
	bottom := 0
	for i := 0; i < len(panels); {
		if panels[i].X != nil || panels[i].Y != nil {
			if panels[i].X == nil || panels[i].Y == nil {
				return nil, wherePanel(i, errors.New("x and y go together"))
			}
			p := &places[i]
			p.x, p.y = *panels[i].X, *panels[i].Y
			p.width, p.height = panels[i].Size()
			if err := checkPlace(*p); err != nil {
				return nil, wherePanel(i, err)
			}
			bottom = max(bottom, p.y+p.height)
			i++
			continue
		}
		end, used := i, 0
		for end < len(panels) && panels[end].X == nil && panels[end].Y == nil {
			width, height := panels[end].Size()
			if err := checkPlace(place{0, 0, width, height}); err != nil {
				return nil, wherePanel(end, err)
			}
			if used+width > dashboard.Columns {
				break
			}
			used += width
			end++
		}
		bottom += line(panels[i:end], places[i:end], used, bottom)
		i = end
	}
	return places, overlap(panels, places)
}

// line lays out one line, whose panels use so many columns, and returns its height.
func line(panels []Panel, places []place, used, y int) (height int) {
	wider := true
	for _, p := range panels {
		_, own := p.Size()
		height = max(height, own)
		wider = wider && p.Width == 0
	}
	x := 0
	for i, p := range panels {
		width, own := p.Size()
		if wider {
			free := dashboard.Columns - used
			width += free / len(panels)
			if i < free%len(panels) {
				width++
			}
		}
		if p.Height == 0 {
			own = height
		}
		places[i] = place{x, y, width, own}
		x += width
	}
	return height
}

// wherePanel says which panel of a row an error is about.
func wherePanel(i int, err error) error { return fmt.Errorf("panels[%d]: %w", i, err) }

// maxHeight is more than any page can be scrolled through.
const maxHeight = 10_000

func checkPlace(p place) error {
	switch {
	case p.width < 1 || p.width > dashboard.Columns:
		return fmt.Errorf("width: want 1 to %d, got %d", dashboard.Columns, p.width)
	case p.height < 1 || p.height > maxHeight:
		return fmt.Errorf("height: want 1 or more, got %d", p.height)
	case p.x < 0 || p.x+p.width > dashboard.Columns:
		return fmt.Errorf("x: want 0 to %d for a width of %d, got %d", dashboard.Columns-p.width, p.width, p.x)
	case p.y < 0 || p.y > maxHeight*100:
		return fmt.Errorf("y: want 0 or more, got %d", p.y)
	}
	return nil
}

// overlap refuses panels of which one stands on another. Only those with a place of their own can.
func overlap(panels []Panel, places []place) error {
	for i, p := range panels {
		if p.X == nil {
			continue
		}
		for j := range places {
			if j != i && (j < i || panels[j].X == nil) && places[i].overlaps(places[j]) {
				return wherePanel(i, fmt.Errorf("at x %d, y %d it overlaps panels[%d] at x %d, y %d of %d x %d", places[i].x, places[i].y, j, places[j].x, places[j].y, places[j].width, places[j].height))
			}
		}
	}
	return nil
}
