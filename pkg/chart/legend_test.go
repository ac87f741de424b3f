package chart

import (
	"fmt"
	"image"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
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
			canvas := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, c.width, c.height)), &lightPalette)
			rest := canvas.withLegend(c.legend, items(c.items), []string{"Max"})
			if got := fmt.Sprintf("%.0f x %.0f", rest.width, rest.height); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestLegendBesideChart holds that long names take no more than half from a chart, as long as some remains of them, and
// that short ones leave room for the note on what is left out.
func TestLegendBesideChart(t *testing.T) {
	long, short := items(60), items(60)
	for i := range long {
		long[i].name, short[i].name = "{instance=\"10.0.0.1:9100\",job=\"node\",cpu=\"0\"}", "a"
	}
	wide := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 580, 1)), &lightPalette)
	for _, c := range []struct {
		name    string
		legend  dashboard.Legend
		items   []legendItem
		columns int
		width   int
		want    float64 // of the legend
	}{
		{"a table of long names", dashboard.Legend{Table: true, Right: true}, long, 2, 580, 290},
		{"a table of many columns", dashboard.Legend{Table: true, Right: true}, long, 4, 580, 110 + 4*72},
		{"a table with room", dashboard.Legend{Table: true, Right: true}, long, 2, 1200, 250 + 2*72},
		{"long names", dashboard.Legend{Right: true}, long, 0, 300, 150},
		{"short names", dashboard.Legend{Right: true}, short, 0, 580, wide.legendStyle().measure(more(60)) + badgeMargin},
		{"few short names", dashboard.Legend{Right: true}, short[:2], 0, 580, wide.itemWidth(short[0])},
	} {
		canvas := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, c.width, 240)), &lightPalette)
		if got := canvas.legendWidth(c.legend, c.items, c.columns); got != c.want {
			t.Errorf("%s: got %v pixels, want %v", c.name, got, c.want)
		}
	}
}

// TestLegendSaysWhatItLeavesOut holds that the rows of a list leave room for the note on what is left out.
func TestLegendSaysWhatItLeavesOut(t *testing.T) {
	c := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 300, 200)), &lightPalette)
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
