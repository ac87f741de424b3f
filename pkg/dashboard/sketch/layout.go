package sketch

import (
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// layOut computes the places of a row's panels. Panels are placed side by side, and a new line begins when the next panel
// does not fit. If no panel of a line has a width, all of them grow to fill the line. A panel without a height gets the
// height of the highest panel in its line. A panel with x and y keeps that position, and the next line begins below
// everything before it.
func layOut(panels []Panel) ([]dashboard.Place, error) {
	places := make([]dashboard.Place, len(panels))
	bottom := 0
	for i := 0; i < len(panels); {
		if panels[i].X != nil || panels[i].Y != nil {
			if panels[i].X == nil || panels[i].Y == nil {
				return nil, inPanel(i, errors.New("x and y must be given together"))
			}
			p := &places[i]
			p.X, p.Y = *panels[i].X, *panels[i].Y
			p.Width, p.Height = panels[i].Size()
			if err := checkPlace(*p); err != nil {
				return nil, inPanel(i, err)
			}
			bottom = max(bottom, p.Y+p.Height)
			i++
			continue
		}
		end, used := i, 0
		for end < len(panels) && panels[end].X == nil && panels[end].Y == nil {
			width, height := panels[end].Size()
			if err := checkPlace(dashboard.Place{Width: width, Height: height}); err != nil {
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
func layOutLine(panels []Panel, places []dashboard.Place, used, y int) (height int) {
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
		places[i] = dashboard.Place{X: x, Y: y, Width: width, Height: own}
		x += width
	}
	return height
}

// inPanel prefixes an error with the index of the panel.
func inPanel(i int, err error) error { return fmt.Errorf("panels[%d]: %w", i, err) }

// maxHeight is the maximum height of a panel. No page is that long.
const maxHeight = 10_000

func checkPlace(p dashboard.Place) error {
	switch {
	case p.Width < 1 || p.Width > dashboard.Columns:
		return fmt.Errorf("width: want 1 to %d, got %d", dashboard.Columns, p.Width)
	case p.Height < 1 || p.Height > maxHeight:
		return fmt.Errorf("height: want 1 or more, got %d", p.Height)
	case p.X < 0 || p.X+p.Width > dashboard.Columns:
		return fmt.Errorf("x: want 0 to %d for a width of %d, got %d", dashboard.Columns-p.Width, p.Width, p.X)
	case p.Y < 0 || p.Y > maxHeight*100:
		return fmt.Errorf("y: want 0 or more, got %d", p.Y)
	}
	return nil
}

// checkOverlaps returns an error if panels overlap. Only panels with x and y can.
func checkOverlaps(panels []Panel, places []dashboard.Place) error {
	for i, p := range panels {
		if p.X == nil {
			continue
		}
		for j := range places {
			if j != i && (j < i || panels[j].X == nil) && places[i].Overlaps(places[j]) {
				return inPanel(i, fmt.Errorf("at x %d, y %d it overlaps panels[%d], which is at x %d, y %d with size %d x %d", places[i].X, places[i].Y, j, places[j].X, places[j].Y, places[j].Width, places[j].Height))
			}
		}
	}
	return nil
}
