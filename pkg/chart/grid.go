package chart

import "github.com/perses/mcp-server/pkg/dashboard"

// The measures of a dashboard, in pixels: dashboards/src/components/GridLayout of perses/shared.
const (
	gridUnit   = 30 // the height of a row of the grid
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

// arrange places the panels of a row on a page of some width, where the UI does, and returns how high the row gets.
func arrange(items []Item, width int) (panels []placed, height int) {
	places := make([]dashboard.Place, len(items))
	for i, item := range items {
		places[i] = item.Place
	}
	column := func(i int) int { return i * (width + dashboard.Gap) / dashboard.Columns }
	for i, at := range dashboard.Arrange(places) {
		panel := placed{&items[i].Panel, box{
			x: column(at.X), width: column(at.X+at.Width) - column(at.X) - dashboard.Gap,
			y: dashboard.Gap + at.Y*(gridUnit+dashboard.Gap), height: at.Height*(gridUnit+dashboard.Gap) - dashboard.Gap,
		}}
		panels = append(panels, panel)
		height = max(height, panel.y+panel.height+dashboard.Gap)
	}
	return panels, height
}
