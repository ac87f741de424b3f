package chart

import (
	"fmt"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// thirty returns the rows of a dashboard with thirty panels of ten series each.
func thirty() []Row {
	specs := []string{
		`{"legend":{"position":"bottom"}}`,
		`{"legend":{"position":"right","mode":"table","values":["mean","max"]},"yAxis":{"format":{"unit":"bytes"}}}`,
		`{"visual":{"stack":"all","areaOpacity":0.4}}`,
	}
	var rows []Row
	for r := range 5 {
		row := Row{Title: fmt.Sprintf("Row %d", r+1)}
		for i := range 6 {
			panel := chart("TimeSeriesChart", specs[i%3], waves(10, 15*time.Second, names...))
			panel.Title = fmt.Sprintf("Panel %d of row %d", i+1, r+1)
			row.Items = append(row.Items, Item{Panel: panel, Place: dashboard.Place{X: i % 2 * dashboard.Columns / 2, Y: i / 2 * 8, Width: 12, Height: 8}})
		}
		rows = append(rows, row)
	}
	return rows
}

func TestDashboardSample(t *testing.T) {
	picture, err := DrawDashboard(worktest.Budget(), "Thirty panels", thirty(), Options{})
	show(t, "dashboard-30", picture, err)
	picture, err = DrawDashboard(worktest.Budget(), "Thirty panels", thirty()[:1], Options{Theme: Dark})
	show(t, "dashboard-6", picture, err)
}

func BenchmarkPanel(b *testing.B) {
	panel := chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, waves(10, 15*time.Second, names...))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Draw(worktest.Budget(), panel, Options{Width: 800, Height: 400}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDashboard(b *testing.B) {
	rows := thirty()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DrawDashboard(worktest.Budget(), "Thirty panels", rows, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
