package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

// plain is a chart without labels around its plot: red lines of 3 pixels from 0 to 10, over 10 minutes.
func plain(visual string, queries ...QueryResult) Panel {
	spec := `{"yAxis":{"show":false,"min":0,"max":10},"visual":{"lineWidth":3` + visual + `},"querySettings":[
		{"queryIndex":0,"colorMode":"fixed","colorValue":"#f00"},{"queryIndex":1,"colorMode":"fixed","colorValue":"#00f"}]}`
	return over(chart("TimeSeriesChart", spec, queries...), noon.Add(-20*time.Minute), noon)
}

// drawn is a panel as it looks before it is encoded, and where its plot lies.
type drawn struct {
	*image.RGBA
	plot   image.Rectangle
	beyond float64 // minutes before and behind the time of the panel, for bars
}

// drawPlain draws a panel of plain.
func drawPlain(p Panel) drawn {
	pixels := image.NewRGBA(image.Rect(0, 0, 426, 297))
	drawPanel(newCanvas(worktest.Budget(), pixels, &lightPalette), p, Options{})
	d := drawn{RGBA: pixels, plot: image.Rect(13, 36+12+5, 426-13, 297-13-30)} // 400 by 201 pixels
	if readTimeSeriesSpec(p).bars {
		d.beyond = 0.4
	}
	return d
}

// at returns the colour at so many minutes before noon, at a value.
func (d drawn) at(minutes, value float64) color.RGBA {
	x := float64(d.plot.Max.X) - (minutes+d.beyond)/(20+2*d.beyond)*float64(d.plot.Dx())
	y := float64(d.plot.Max.Y) - value/10*float64(d.plot.Dy())
	return d.RGBAAt(int(x), int(y))
}

var (
	red  = color.RGBA{255, 0, 0, 255}
	blue = color.RGBA{0, 0, 255, 255}
	rose = color.RGBA{255, 127, 127, 255} // red, half transparent
)

// TestPlot looks for colours where values are, and for none where there are none.
func TestPlot(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	white := color.RGBA{255, 255, 255, 255}
	type look struct {
		minutes, value float64
		want           color.RGBA
	}
	gap := minutely(values("v", 5, 5, 5, nan, 5, 5, 5))
	for name, c := range map[string]struct {
		panel Panel
		looks []look
	}{
		"a line":                    {plain("", minutely(values("v", 2, 4, 6, 8))), []look{{2.5, 3, red}, {1.5, 5, red}, {0.5, 7, red}, {2.5, 5, white}, {0.5, 3, white}, {4.5, 5, white}}},
		"a gap":                     {plain("", gap), []look{{5.5, 5, red}, {4.5, 5, red}, {1.5, 5, red}, {3.3, 5, white}, {2.7, 5, white}}},
		"connected":                 {plain(`,"connectNulls":true`, gap), []look{{5.5, 5, red}, {3.3, 5, red}, {2.7, 5, red}, {1.5, 5, red}}},
		"one point":                 {plain("", minutely(values("v", 5, nan))), []look{{1, 5, red}, {1.3, 5, white}}},
		"beyond the top":            {plain("", minutely(values("v", 5, 15))), []look{{0.75, 7.5, red}, {0.2, 9.9, white}}},
		"from infinite to infinite": {plain("", minutely(values("v", inf, 5, 5, -inf))), []look{{2, 8, red}, {1.5, 5, red}, {1, 2, red}, {2.5, 8, white}, {0.5, 2, white}}},
		"an area":                   {plain(`,"areaOpacity":0.5`, minutely(values("v", 4, 8))), []look{{0.5, 3, rose}, {0.25, 1, rose}, {0.5, 7, white}}},
		"a stack": {plain(`,"areaOpacity":0.5,"stack":"all"`, minutely(values("v", 4, 4, 4)), minutely(values("w", 4, 4, 4))),
			[]look{{1.5, 2, rose}, {1.5, 6, color.RGBA{127, 127, 255, 255}}, {1.5, 8, blue}, {1.5, 9, white}}},
		"bars": {plain(`,"display":"bar"`, minutely(values("v", 4, 8)), minutely(values("w", 2, nan))),
			[]look{{1.25, 3, red}, {1.25, 5, white}, {1, 1, white}, {0.75, 1, blue}, {0.75, 3, white}, {0.25, 7, red}, {-0.25, 1, white}}},
		"stacked bars": {plain(`,"display":"bar","stack":"all"`, minutely(values("v", 4, 8)), minutely(values("w", 2, -2))),
			[]look{{1.2, 2, red}, {0.8, 2, red}, {1.2, 5, blue}, {1.2, 7, white}, {0.2, 7, red}, {-0.2, 7, red}, {0.5, 2, white}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := drawPlain(c.panel)
			for _, look := range c.looks {
				got := d.at(look.minutes, look.value)
				if look.want == white && (int(got.R)+int(got.G)+int(got.B) > 3*200) { // or a line of the grid
					continue
				}
				near := func(a, b uint8) bool { return max(a, b)-min(a, b) < 12 }
				if !near(got.R, look.want.R) || !near(got.G, look.want.G) || !near(got.B, look.want.B) {
					t.Errorf("%v minutes before noon at %v: got %v, want %v", look.minutes, look.value, got, look.want)
				}
			}
		})
	}
}

// TestLonePoint holds that a point between two gaps is seen, however thin lines are.
func TestLonePoint(t *testing.T) {
	p := plain(`,"lineWidth":1`, minutely(values("v", math.NaN(), 5, math.NaN())))
	p.Spec = []byte(strings.Replace(string(p.Spec), `"lineWidth":3,`, "", 1))
	d := drawPlain(p)
	if got := counted(d.RGBA, d.plot, "ff0000"); got < 9 {
		t.Errorf("%d pixels of it are red", got)
	}
}

// TestPlotKeepsToItsArea looks for the colours of the data outside of the plot.
func TestPlotKeepsToItsArea(t *testing.T) {
	for _, visual := range []string{`,"areaOpacity":1`, `,"display":"bar"`, `,"showPoints":"always","pointRadius":40`} {
		d := drawPlain(plain(visual, minutely(values("v", 5, 1e9, -1e9, 5, math.Inf(1), 0, 10, 20, -5))))
		for y := range d.Rect.Dy() {
			for x := range d.Rect.Dx() {
				if !(image.Point{x, y}.In(d.plot.Inset(-2))) && d.RGBAAt(x, y) == red {
					t.Fatalf("%s: red at %d, %d, outside of %v", visual, x, y, d.plot)
				}
			}
		}
	}
}

func TestThresholds(t *testing.T) {
	for spec, want := range map[string]string{
		`{"steps":[{"value":5},{"value":7,"color":"#123456","name":"high"}]}`:      "5 ffcc00 , 7 123456 high, ",
		`{"mode":"percent","steps":[{"value":50,"color":"red"}]}`:                  "6 ff0000 , ",
		`{"defaultColor":"#abc","steps":[{},{"value":1},{"value":2},{"value":3}]}`: "0 ffcc00 , 1 ff9f1c , 2 ea4747 , 3 aabbcc , ",
		`{}`: "",
	} {
		p := chart("TimeSeriesChart", `{"yAxis":{"min":2},"thresholds":`+spec+`}`, minutely(values("v", 3, 10)))
		lines := timeLines(worktest.Budget(), p, readTimeSeriesSpec(p), &lightPalette)
		got := ""
		for _, limit := range thresholdLines(p, lines, readTimeSeriesSpec(p), &lightPalette) {
			got += fmt.Sprintf("%v %02x%02x%02x %s, ", limit.value, limit.color.R, limit.color.G, limit.color.B, limit.name)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
}

// TestThresholdNames looks for the ink of two names whose lines are near each other: all of what each has alone.
func TestThresholdNames(t *testing.T) {
	ink := func(steps string) int {
		p := plain("", minutely(values("v", 0)))
		p.Spec = []byte(strings.Replace(string(p.Spec), `{"yAxis"`, `{"thresholds":{"steps":[`+steps+`]},"yAxis"`, 1))
		d := drawPlain(p)
		return counted(d.RGBA, d.plot, "2a2e42") // the colour of the text
	}
	low, high := `{"value":5,"name":"Limit"}`, `{"value":5.4,"name":"Higher limit"}`
	alone := ink(low) + ink(high)
	for _, both := range []string{low + "," + high, high + "," + low} {
		if got := ink(both); got < alone*9/10 {
			t.Errorf("%s: %d pixels of text are left of %d", both, got, alone)
		}
	}
}

func TestThin(t *testing.T) {
	var points []point
	for i := range 1000 {
		points = append(points, point{float64(i) / 100, math.Mod(float64(i)*37, 101)})
	}
	thinned := thin(points)
	if len(thinned) > 40 || thinned[0] != points[0] || thinned[len(thinned)-1] != points[999] {
		t.Errorf("of 1000 points in 10 columns remain %d, from %v to %v", len(thinned), thinned[0], thinned[len(thinned)-1])
	}
	for i := 1; i < len(thinned); i++ {
		if thinned[i].x <= thinned[i-1].x {
			t.Errorf("%v after %v", thinned[i], thinned[i-1])
		}
	}
}

// TestDashes holds that dashes go on across the points of a line.
func TestDashes(t *testing.T) {
	var line []point
	for x := range 11 {
		line = append(line, point{float64(x), 0})
	}
	got := ""
	for _, dash := range dashes(line, []float64{4, 2.5}) {
		got += fmt.Sprintf("%v-%v ", dash[0].x, dash[len(dash)-1].x)
	}
	if want := "0-4 6.5-10 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if whole := dashes(line, nil); len(whole) != 1 || len(whole[0]) != 11 {
		t.Errorf("without a pattern: %v", whole)
	}
	if dense([][]point{line}, []float64{4, 2.5}) || !dense([][]point{{{0, 0}, {1e6, 0}}}, []float64{4, 2.5}) {
		t.Error("the wrong lines are dense")
	}
}

// FuzzClip looks for lines that leave the heights between which they are to stay.
func FuzzClip(f *testing.F) {
	f.Add(0.0, 50.0, 500.0, -500.0)
	f.Add(math.Inf(1), 5.0, math.Inf(-1), math.Inf(1))
	f.Add(1e300, -1e300, 100.0, 0.0)
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		var points []point
		for i, y := range []float64{a, b, c, d} {
			if math.IsNaN(y) {
				return
			}
			points = append(points, point{float64(i), y})
		}
		within := func(p point) bool { return p.y >= 0 && p.y <= 100 && p.x >= 0 && p.x <= 3 }
		for _, piece := range inside(points, 0, 100) {
			for _, p := range piece {
				if !within(p) {
					t.Errorf("%v: %v is part of a line", points, p)
				}
			}
		}
		for _, p := range bend(points, 0, 100) {
			if !within(p) {
				t.Errorf("%v: %v is part of an area", points, p)
			}
		}
	})
}
