package sketch

import (
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// place is the position and size of a panel in its row, in grid units.
type place struct{ x, y, width, height int }

func (p place) overlaps(q place) bool {
	return p.x < q.x+q.width && q.x < p.x+p.width && p.y < q.y+q.height && q.y < p.y+p.height
}

// layOut computes the places of a row's panels. Panels are placed side by side, and a new line begins when the next panel
// does not fit. If no panel of a line has a width, all of them grow to fill the line. A panel without a height gets the
// height of the highest panel in its line. A panel with x and y keeps that position, and the next line begins below
// everything before it.
func layOut(panels []Panel) ([]place, error) {
	places := make([]place, len(panels))
	bottom := 0
	for i := 0; i < len(panels); {
		if panels[i].X != nil || panels[i].Y != nil {
			if panels[i].X == nil || panels[i].Y == nil {
				return nil, inPanel(i, errors.New("x and y must be given together"))
			}
			p := &places[i]
			p.x, p.y = *panels[i].X, *panels[i].Y
			p.width, p.height = panels[i].Size()
			if err := checkPlace(*p); err != nil {
				return nil, inPanel(i, err)
			}
			bottom = max(bottom, p.y+p.height)
			i++
			continue
		}
		end, used := i, 0
		for end < len(panels) && panels[end].X == nil && panels[end].Y == nil {
			width, height := panels[end].Size()
			if err := checkPlace(place{0, 0, width, height}); err != nil {
				return nil, inPanel(end, err)
			}
			if used+width > dashboard.Columns {
				break
			}
			used += width
			end++
		}
		bottom += layOutLine(panels[i:end], places[i:end], used, bottom)
		i = end
	}
	return places, checkOverlaps(panels, places)
}

// layOutLine places the panels of one line, whose default widths add up to used columns, and returns the line's height.
func layOutLine(panels []Panel, places []place, used, y int) (height int) {
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

// inPanel prefixes an error with the index of the panel.
func inPanel(i int, err error) error { return fmt.Errorf("panels[%d]: %w", i, err) }

// maxHeight is the maximum height of a panel. No page is that long.
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

// checkOverlaps returns an error if panels overlap. Only panels with x and y can.
func checkOverlaps(panels []Panel, places []place) error {
	for i, p := range panels {
		if p.X == nil {
			continue
		}
		for j := range places {
			if j != i && (j < i || panels[j].X == nil) && places[i].overlaps(places[j]) {
				return inPanel(i, fmt.Errorf("at x %d, y %d it overlaps panels[%d], which is at x %d, y %d with size %d x %d", places[i].x, places[i].y, j, places[j].x, places[j].y, places[j].width, places[j].height))
			}
		}
	}
	return nil
}
