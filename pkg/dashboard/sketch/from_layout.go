package sketch

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// setLayout sets as few layout fields of the panels as needed to put them at their places: none if layOut does that anyway,
// otherwise their sizes, otherwise their coordinates. A panel that overlaps another or lies outside the grid keeps its
// size, and layOut decides where it goes.
func setLayout(budget *work.Budget, row []Panel, places []dashboard.Place) {
	var grid dashboard.Grid
	bottom := 0
	used := 0 // columns of the previous line, as layOut counts them; 0 if no panel can join that line
	for i := 0; i < len(row); {
		end := lineLength(places[i:], bottom) + i
		if end > i {
			if n, ok := fitLine(row[i:end], places[i:end], used); ok {
				used = n
				for _, p := range places[i:end] {
					bottom = max(bottom, p.Y+p.Height)
					grid.Take(budget, p)
				}
				i = end
				continue
			}
		}
		if checkPlace(places[i]) == nil && grid.Free(budget, places[i]) == places[i].Y {
			width, height := row[i].Size()
			row[i].X, row[i].Y = pointerTo(places[i].X), pointerTo(places[i].Y)
			if places[i].Width != width {
				row[i].Width = places[i].Width
			}
			if places[i].Height != height {
				row[i].Height = places[i].Height
			}
			bottom = max(bottom, places[i].Y+places[i].Height)
			used = 0
		} else {
			// This panel and all below it end up in different places.
			row[i].Width, row[i].Height = min(max(1, places[i].Width), dashboard.Columns), min(max(1, places[i].Height), maxHeight)
			places[i] = dashboard.Place{Y: bottom, Width: row[i].Width, Height: row[i].Height}
			bottom += row[i].Height
			used = dashboard.Columns
		}
		grid.Take(budget, places[i])
		i++
	}
}

// lineLength returns how many places are side by side from the left edge, in the line that begins at y.
func lineLength(places []dashboard.Place, y int) int {
	x := 0
	for i, p := range places {
		if p.Y != y || p.X != x || checkPlace(p) != nil {
			return i
		}
		x += p.Width
	}
	return len(places)
}

// fitLine sets the sizes with which layOut reproduces a line. It returns the number of columns that the line uses, as
// layOut counts them.
func fitLine(row []Panel, places []dashboard.Place, before int) (used int, ok bool) {
	setHeights(row, places)
	for _, fit := range []func(){
		func() {},
		func() { // only widths that differ from the default
			for i := range row {
				if width, _ := row[i].Size(); width != places[i].Width {
					row[i].Width = places[i].Width
				}
			}
		},
		func() { row[0].Width = places[0].Width }, // one given width keeps all panels from growing
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
		laid := make([]dashboard.Place, len(row))
		layOutLine(row, laid, used, places[0].Y)
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
func setHeights(row []Panel, places []dashboard.Place) {
	highest, alike := 0, true
	for i := range row {
		_, height := row[i].Size()
		highest = max(highest, height)
		alike = alike && places[i].Height == places[0].Height
	}
	height := places[0].Height
	switch {
	case alike && height == highest:
	case alike && height > highest:
		row[0].Height = height
	case alike: // The higher panels state their height, and the others adopt it.
		for i := range row {
			if _, defaultHeight := row[i].Size(); defaultHeight > height {
				row[i].Height = height
			}
		}
	default:
		for i := range row {
			row[i].Height = places[i].Height
		}
	}
}
