package chart

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// at returns an item of a place.
func at(x, y, width, height int) Item {
	return Item{Place: dashboard.Place{X: x, Y: y, Width: width, Height: height}}
}

func TestArrange(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []Item
		want  string
	}{
		{"side by side", []Item{at(0, 0, 12, 4), at(12, 0, 12, 4)}, "0,10 475x150; 485,10 475x150; 170"},
		{"the whole width", []Item{at(0, 0, 24, 2)}, "0,10 960x70; 90"},
		{"in any order", []Item{at(0, 4, 24, 1), at(0, 0, 24, 4)}, "0,170 960x30; 0,10 960x150; 210"},
		{"pulled up", []Item{at(0, 7, 6, 2), at(0, 100, 6, 2), at(6, 50, 18, 1)},
			"0,10 232x70; 0,90 232x70; 242,10 718x30; 170"},
		{"pushed down", []Item{at(0, 0, 12, 4), at(6, 2, 12, 4)}, "0,10 475x150; 242,170 475x150; 330"},
		{"beyond the grid", []Item{at(20, 0, 12, 1), at(-5, -1, 99, 0)}, "485,50 475x30; 0,10 960x30; 90"},
		{"nothing", nil, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			panels, height := arrange(c.items, 960)
			var got []string
			for _, p := range panels {
				got = append(got, fmt.Sprintf("%d,%d %dx%d", p.x, p.y, p.width, p.height))
			}
			if got := strings.Join(append(got, fmt.Sprint(height)), "; "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// FuzzArrange looks for panels that lie upon each other or beyond the page.
func FuzzArrange(f *testing.F) {
	f.Add([]byte{0, 0, 12, 4, 12, 0, 12, 4, 0, 4, 24, 6})
	f.Add([]byte{255, 1, 255, 1, 0, 0, 0, 0, 3, 3, 3, 3, 2, 2, 9, 9})
	f.Fuzz(func(t *testing.T, numbers []byte) {
		var items []Item
		for four := range slices.Chunk(numbers[:min(len(numbers), 80)], 4) {
			if len(four) == 4 {
				items = append(items, at(int(int8(four[0])), int(int8(four[1])), int(int8(four[2])), int(int8(four[3]))))
			}
		}
		panels, height := arrange(items, 1000)
		page := image.Rect(0, 0, 1000, height)
		for i, a := range panels {
			place := image.Rect(a.x, a.y, a.x+a.width, a.y+a.height)
			if place.Empty() || !place.In(page) {
				t.Errorf("%+v lies at %v of %v", items[i], place, page)
			}
			for j, b := range panels[:i] {
				if !place.Intersect(image.Rect(b.x, b.y, b.x+b.width, b.y+b.height)).Empty() {
					t.Errorf("%+v and %+v lie upon each other", items[i], items[j])
				}
			}
		}
	})
}

func TestDashboardSizes(t *testing.T) {
	rows := func(count, height int) []Row {
		row := Row{Title: "Row"}
		for i := range count {
			row.Items = append(row.Items, Item{Panel: chart("TimeSeriesChart", `{}`, waves(1, time.Minute, names...)), Place: dashboard.Place{Y: i, Width: 24, Height: height}})
		}
		return []Row{row}
	}
	for _, c := range []struct {
		name    string
		rows    []Row
		width   int
		want    image.Point
		problem string
	}{
		{name: "no rows", want: image.Point{1280, 60 + 96}},
		{name: "an empty row", rows: []Row{{}}, want: image.Point{1280, 68 + 96}},
		{name: "one panel", rows: rows(1, 6), width: 800, want: image.Point{800, 60 + 36 + 250 + 8}},
		{name: "twenty panels", rows: rows(20, 10), want: image.Point{1123, 7121}},
		{name: "too many", rows: rows(3, 150), problem: "for one picture"},
		{name: "too narrow", width: 100, problem: "at least 200 pixels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			picture, err := DrawDashboard(worktest.Budget(), "Title", c.rows, Options{Width: c.width})
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("got the error %v", err)
				}
				return
			}
			if got := show(t, "dashboard-"+strings.ReplaceAll(c.name, " ", "-"), picture, err).Rect.Size(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
