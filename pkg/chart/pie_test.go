package chart

import (
	"math"
	"testing"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestPieSamples(t *testing.T) {
	drawSamples(t, []sample{
		{"pie-plain", chart("PieChart", `{}`, constant(12, 60, 130, math.NaN(), 0, 33))},
		{"pie-legend", chart("PieChart", `{"format":{"unit":"bytes"},"legend":{"position":"right","mode":"table","values":["abs","relative"]}}`, constant(12e6, 60e6, 130e6, 7e6))},
		{"pie-labels", chart("PieChart", `{"showLabels":true,"mode":"percentage","colorPalette":["#56B4E9","#009E73","#E69F00"]}`, constant(12, 60, 130, 7))},
		{"pie-one", chart("PieChart", `{"legend":{"position":"bottom","values":["abs"]}}`, constant(12))},
		{"pie-many", chart("PieChart", `{"legend":{"position":"bottom"}}`, constant(1, 2, 3, 4, 50, 60, 70, 80, 90, 100, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24))},
	})
}

func TestSlices(t *testing.T) {
	spec := `{"showLabels":true,"colorPalette":["#ff0000","#00ff00","#0000ff"]}`
	_, pixels := content(chart("PieChart", spec, constant(25, 50, math.NaN(), -7, 25)), 200, 200)
	// From the top to the right: a half, and two quarters.
	for _, c := range []struct {
		x, y int
		want string
	}{{180, 100, "ff0000"}, {160, 150, "ff0000"}, {30, 110, "00ff00"}, {30, 90, "0000ff"}, {5, 5, "ffffff"}} {
		if got := hex(pixels, c.x, c.y); got != c.want {
			t.Errorf("at %d, %d: got %s, want %s", c.x, c.y, got, c.want)
		}
	}
}

func TestPieLegend(t *testing.T) {
	for _, c := range []struct {
		spec, name string
		values     []string
		columns    int
	}{
		{`{}`, "api", nil, 0},
		{`{"legend":{"position":"right","values":["relative","abs"]}}`, "api: 1 KiB (25%)", []string{"1 KiB", "25%"}, 2},
		{`{"legend":{"position":"right","values":["relative"]}}`, "api: 25%", []string{"25%"}, 1},
		{`{"legend":{"position":"right","mode":"table","values":["abs"]}}`, "api", []string{"1 KiB"}, 1},
	} {
		p := chart("PieChart", c.spec[:len(c.spec)-1]+comma(c.spec)+`"format":{"unit":"bytes"}}`, constant(1024))
		all := p.readings(worktest.Budget())
		parts := p.readings(worktest.Budget())
		parts[0].text = "25%"
		items, columns := pieLegend(worktest.Budget(), p, all, parts)
		if items[0].name != c.name || len(items[0].values) != len(c.values) || len(columns) != c.columns {
			t.Errorf("%s: got %+v, %v", c.spec, items, columns)
		}
		for i, value := range c.values {
			if items[0].values[i] != value {
				t.Errorf("%s: got %q, want %q", c.spec, items[0].values, c.values)
			}
		}
	}
}

func comma(spec string) string {
	if spec == "{}" {
		return ""
	}
	return ","
}
