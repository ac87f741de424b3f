package sketch

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// setLayout sets as few layout fields of the panels as needed to put them at their places: none if layOut does that anyway,
// otherwise their sizes, otherwise their coordinates. A panel that overlaps another or lies outside the grid keeps its
// size, and layOut decides where it goes.
func setLayout(budget *work.Budget, row []Panel, places []place) {
	var grid dashboard.Grid
	bottom := 0
	used := 0 // columns of the previous line, as layOut counts them; 0 if no panel can join that line
	for i := 0; i < len(row); {
		end := lineLength(places[i:], bottom) + i
		if end > i {
			if n, ok := fitLine(row[i:end], places[i:end], used); ok {
				used = n
				for _, p := range places[i:end] {
					bottom = max(bottom, p.y+p.height)
					grid.Take(budget, p.gridPlace())
				}
				i = end
				continue
			}
		}
		if checkPlace(places[i]) == nil && grid.Free(budget, places[i].gridPlace()) == places[i].y {
			width, height := row[i].Size()
			row[i].X, row[i].Y = pointerTo(places[i].x), pointerTo(places[i].y)
			if places[i].width != width {
				row[i].Width = places[i].width
			}
			if places[i].height != height {
				row[i].Height = places[i].height
			}
			bottom = max(bottom, places[i].y+places[i].height)
			used = 0
		} else {
			// This panel and all below it end up in different places.
			row[i].Width, row[i].Height = min(max(1, places[i].width), dashboard.Columns), min(max(1, places[i].height), maxHeight)
			places[i] = place{0, bottom, row[i].Width, row[i].Height}
			bottom += row[i].Height
			used = dashboard.Columns
		}
		grid.Take(budget, places[i].gridPlace())
		i++
	}
}

func (p place) gridPlace() dashboard.Place {
	return dashboard.Place{X: p.x, Y: p.y, Width: p.width, Height: p.height}
}

// lineLength returns how many places are side by side from the left edge, in the line that begins at y.
func lineLength(places []place, y int) int {
	x := 0
	for i, p := range places {
		if p.y != y || p.x != x || checkPlace(p) != nil {
			return i
		}
		x += p.width
	}
	return len(places)
}

// fitLine sets the sizes with which layOut reproduces a line. It returns the number of columns that the line uses, as
// layOut counts them.
func fitLine(row []Panel, places []place, before int) (used int, ok bool) {
	setHeights(row, places)
	for _, fit := range []func(){
		func() {},
		func() { // only widths that differ from the default
			for i := range row {
				if width, _ := row[i].Size(); width != places[i].width {
					row[i].Width = places[i].width
				}
			}
		},
		func() { row[0].Width = places[0].width }, // one given width keeps all panels from growing
	} {
		fit()
		used = 0
		for _, p := range row {
			width, _ := p.Size()
			used += width
		}
		first, _ := row[0].Size()
		if used > dashboard.Columns || before > 0 && before+first <= dashboard.Columns {
			continue
		}
		laid := make([]place, len(row))
		layOutLine(row, laid, used, places[0].y)
		if slices.Equal(laid, places) {
			return used, true
		}
	}
	for i := range row {
		row[i].Width, row[i].Height = 0, 0
	}
	return 0, false
}

// setHeights sets heights that layOut would not choose itself.
func setHeights(row []Panel, places []place) {
	highest, alike := 0, true
	for i := range row {
		_, height := row[i].Size()
		highest = max(highest, height)
		alike = alike && places[i].height == places[0].height
	}
	height := places[0].height
	switch {
	case alike && height == highest:
	case alike && height > highest:
		row[0].Height = height
	case alike: // The higher panels state their height, and the others adopt it.
		for i := range row {
			if _, usual := row[i].Size(); usual > height {
				row[i].Height = height
			}
		}
	default:
		for i := range row {
			row[i].Height = places[i].height
		}
	}
}
