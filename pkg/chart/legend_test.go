package chart

import (
	"fmt"
	"image"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

func items(count int) []legendItem {
	var items []legendItem
	for i := range count {
		items = append(items, legendItem{name: fmt.Sprintf("series %02d", i), color: rgb(0xFF0000), values: []string{"1"}})
	}
	return items
}

// TestLegendLayout holds how much of a canvas legends take. Each name takes 85 pixels of a list.
func TestLegendLayout(t *testing.T) {
	for _, c := range []struct {
		name          string
		legend        dashboard.Legend
		width, height int
		items         int
		want          string // what remains
	}{
		{"one row", dashboard.Legend{}, 800, 200, 5, "800 x 180"},
		{"two rows", dashboard.Legend{}, 300, 200, 5, "300 x 160"},
		{"two of many rows", dashboard.Legend{}, 300, 200, 50, "300 x 160"},
		{"five rows in a high panel", dashboard.Legend{}, 300, 300, 50, "300 x 200"},
		{"a narrow column", dashboard.Legend{Right: true}, 800, 200, 5, "715 x 200"},
		{"a table", dashboard.Legend{Table: true}, 800, 300, 3, "800 x 196"},
		{"a table of many", dashboard.Legend{Table: true}, 800, 300, 30, "800 x 144"},
		{"a small table of many", dashboard.Legend{Table: true, Small: true}, 800, 300, 30, "800 x 196"},
		{"a table at the right", dashboard.Legend{Table: true, Right: true}, 800, 300, 30, "643 x 300"},
		{"no room below", dashboard.Legend{}, 300, 60, 5, "300 x 60"},
		{"no room at the right", dashboard.Legend{Right: true}, 180, 200, 5, "180 x 200"},
		{"nothing to show", dashboard.Legend{}, 300, 200, 0, "300 x 200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			canvas := newCanvas(image.NewRGBA(image.Rect(0, 0, c.width, c.height)), &lightPalette)
			rest := canvas.withLegend(c.legend, items(c.items), []string{"Max"})
			if got := fmt.Sprintf("%.0f x %.0f", rest.width, rest.height); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestLegendSaysWhatItLeavesOut holds that the rows of a list leave room for the note on what is left out.
func TestLegendSaysWhatItLeavesOut(t *testing.T) {
	c := newCanvas(image.NewRGBA(image.Rect(0, 0, 300, 200)), &lightPalette)
	for count := range 12 {
		rows := c.flow(items(count), 2)
		shown, used := 0, 0.0
		for _, row := range rows {
			shown += len(row)
			used = 0
			for _, item := range row {
				used += c.itemWidth(item)
			}
			if used > c.width {
				t.Errorf("of %d: a row is %v wide", count, used)
			}
		}
		if shown < count && used+c.legendStyle().measure(more(count-shown)) > c.width {
			t.Errorf("of %d: no room to say that %d are left out", count, count-shown)
		}
		if count <= 6 && shown < count || len(rows) > 2 {
			t.Errorf("of %d: %d are shown in %d rows", count, shown, len(rows))
		}
	}
}
