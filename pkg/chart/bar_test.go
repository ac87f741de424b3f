package chart

import (
	"image"
	"math"
	"testing"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestBarSamples(t *testing.T) {
	nan := math.NaN()
	drawSamples(t, []sample{
		{"bar-one", chart("BarChart", `{"format":{"unit":"bytes"}}`, constant(63.7e6))},
		{"bar-five", chart("BarChart", `{"format":{"unit":"requests/sec"}}`, constant(12, 60, 130, nan, 0))},
		{"bar-percent", chart("BarChart", `{"mode":"percentage","sort":"asc"}`, constant(12, 60, 130, 7, 77, 4, 44, 54))},
		{"bar-signs", chart("BarChart", `{}`, constant(-12000, 60000, 30000, -9000))},
		{"bar-many", chart("BarChart", `{}`, constant(1, 2, 3, 4, 50, 60, 70, 80, 90, 100, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34))},
	})
}

// bars returns how many pixels wide the bars are, from the top.
func barWidths(spec string, values ...float64) []int {
	_, pixels := content(chart("BarChart", spec, constant(values...)), 400, 216)
	var widths []int
	height := 194 / len(values) // less the axis
	for i := range values {
		y := i*height + height/2
		widths = append(widths, counted(pixels, image.Rect(0, y, 400, y+1), "56b4e9"))
	}
	return widths
}

func TestBarsAreSortedAndToScale(t *testing.T) {
	down, up := barWidths(`{}`, 10, 40, 20), barWidths(`{"sort":"asc"}`, 10, 40, 20)
	for i, part := range []float64{1, 0.5, 0.25} {
		if got := float64(down[i]) / float64(down[0]); math.Abs(got-part) > 0.03 {
			t.Errorf("bar %d has %v of the greatest, want %v: %v", i, got, part, down)
		}
		if up[i] != down[2-i] {
			t.Errorf("ascending: got %v, want %v the other way round", up, down)
		}
	}
	if mixed := barWidths(`{}`, math.NaN(), 5, -5, math.Inf(1)); mixed[0] < 100 || mixed[0] != mixed[1] || mixed[1]-mixed[2] > 2 || mixed[3] != 0 {
		t.Errorf("infinite, 5, -5, NaN: got %v", mixed)
	}
}

func TestShare(t *testing.T) {
	p := chart("BarChart", `{"mode":"percentage","format":{"unit":"bytes","decimalPlaces":1}}`, constant(10, 30))
	all := p.readings(worktest.Budget())
	share(all, p.FormatAt("none", "percent"))
	if all[0].text != "25%" || all[1].text != "75%" {
		t.Errorf("got %s and %s", all[0].text, all[1].text)
	}
}
