package chart

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// The measures of a dashboard, in pixels: dashboards/src/components/GridLayout of perses/shared.
const (
	gridUnit   = 30 // the height of a row of the grid
	gridGap    = 10 // between panels
	rowTitle   = 36
	rowGap     = 8  // between one row of a dashboard and the next
	pagePad    = 16 // around all rows
	titleSpace = 44 // of the title of the dashboard
	noteSpace  = 96 // of what is said in the place of panels
)

// box is a place on a page, in pixels.
type box struct{ x, y, width, height int }

// placed is a panel with its place, relative to the top left corner of its row.
type placed struct {
	panel *Panel
	box
}

// arrange places the panels of a row on a page of some width, and returns how high the row gets. As the library of the
// UI does (react-grid-layout), it pulls panels up until they meet others, pushes down those that would lie upon
// others, and moves into the grid what stands beyond its right end.
func arrange(items []Item, width int) (panels []placed, height int) {
	type cell struct {
		Item
		order int
	}
	cells := make([]cell, 0, len(items))
	for i, item := range items {
		item.Width = max(1, min(item.Width, dashboard.Columns))
		item.Height = max(1, item.Height)
		item.X = max(0, min(item.X, dashboard.Columns-item.Width))
		item.Y = max(0, item.Y)
		cells = append(cells, cell{item, i})
	}
	slices.SortStableFunc(cells, func(a, b cell) int {
		if a.Y != b.Y {
			return a.Y - b.Y
		}
		return a.X - b.X
	})
	var bottom [dashboard.Columns]int // of what is placed, for each column
	panels = make([]placed, len(items))
	column := func(i int) int { return i * (width + gridGap) / dashboard.Columns }
	for _, c := range cells {
		y := slices.Max(bottom[c.X : c.X+c.Width])
		for i := c.X; i < c.X+c.Width; i++ {
			bottom[i] = y + c.Height
		}
		panels[c.order] = placed{&items[c.order].Panel, box{
			x: column(c.X), width: column(c.X+c.Width) - column(c.X) - gridGap,
			y: gridGap + y*(gridUnit+gridGap), height: c.Height*(gridUnit+gridGap) - gridGap,
		}}
		height = max(height, panels[c.order].y+panels[c.order].height+gridGap)
	}
	return panels, height
}
