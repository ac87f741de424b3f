package sketch

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// sizes gives the panels of a row the least that makes them stand where they stand: nothing where the flow puts them there
// anyway, else their sizes, else their places. One that stands on another, or out of the grid, has what is left: its flow.
func sizes(budget *work.Budget, row []Panel, places []place) {
	var grid dashboard.Grid
	bottom := 0
	used := 0 // columns of the line before, as the flow counts them; 0 if nothing can join it
	for i := 0; i < len(row); {
		end := lineEnd(places[i:], bottom) + i
		if end > i {
			if n, ok := fitLine(row[i:end], places[i:end], used); ok {
				used = n
				for _, p := range places[i:end] {
					bottom = max(bottom, p.y+p.height)
					grid.Take(budget, p.on())
				}
				i = end
				continue
			}
		}
		if checkPlace(places[i]) == nil && grid.Free(budget, places[i].on()) == places[i].y {
			width, height := row[i].Size()
			row[i].X, row[i].Y = ptr(places[i].x), ptr(places[i].y)
			if places[i].width != width {
				row[i].Width = places[i].width
			}
			if places[i].height != height {
				row[i].Height = places[i].height
			}
			bottom = max(bottom, places[i].y+places[i].height)
			used = 0
		} else {
			// Where it comes to stand, and all below it, is another place.
			row[i].Width, row[i].Height = min(max(1, places[i].width), dashboard.Columns), min(max(1, places[i].height), maxHeight)
			places[i] = place{0, bottom, row[i].Width, row[i].Height}
			bottom += row[i].Height
			used = dashboard.Columns
		}
		grid.Take(budget, places[i].on())
		i++
	}
}

// on returns the place as one of the grid.
func (p place) on() dashboard.Place {
	return dashboard.Place{X: p.x, Y: p.y, Width: p.width, Height: p.height}
}

// lineEnd returns how many places stand beside each other from the left edge of the line that begins at y.
func lineEnd(places []place, y int) int {
	x := 0
	for i, p := range places {
		if p.y != y || p.x != x || checkPlace(p) != nil {
			return i
		}
		x += p.width
	}
	return len(places)
}

// fitLine finds what the panels of a line have to say so that the flow makes this line of them. It returns how many columns they
// use as the flow counts them.
func fitLine(row []Panel, places []place, before int) (used int, ok bool) {
	fitHeights(row, places)
	for _, fit := range []func(){
		func() {},
		func() { // only the widths that are not usual
			for i := range row {
				if width, _ := row[i].Size(); width != places[i].width {
					row[i].Width = places[i].width
				}
			}
		},
		func() { row[0].Width = places[0].width }, // one is enough for none to become wider
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
		line(row, laid, used, places[0].y)
		if slices.Equal(laid, places) {
			return used, true
		}
	}
	for i := range row {
		row[i].Width, row[i].Height = 0, 0
	}
	return 0, false
}

// fitHeights gives the panels of a line the heights that they do not have anyway.
func fitHeights(row []Panel, places []place) {
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
	case alike: // those that would be higher say so; the others become as high
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
