package chart

import (
	"image"
	"math"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestStatSamples(t *testing.T) {
	nan := math.NaN()
	drawSamples(t, []sample{
		{"stat-one", chart("StatChart", `{"calculation":"last-number","format":{"unit":"bytes"}}`, constant(123456789))},
		{"stat-spark", chart("StatChart", `{"sparkline":{},"format":{"unit":"requests/sec"},`+steps+`}`, waves(1, time.Minute, names...))},
		{"stat-three", chart("StatChart", `{"sparkline":{},"format":{"unit":"percent"},`+steps+`}`, constant(12, 60, 99.9))},
		{"stat-background", chart("StatChart", `{"colorMode":"background_solid","format":{"unit":"percent"},`+steps+`}`, constant(12, 60, 99.9, nan))},
		{"stat-backspark", chart("StatChart", `{"colorMode":"background_solid","sparkline":{},"format":{"unit":"requests/sec"},`+steps+`}`, waves(1, time.Minute, names...))},
		{"stat-many", chart("StatChart", `{"format":{"unit":"seconds"}}`, constant(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21))},
		{"stat-mapped", chart("StatChart", `{"legendMode":"on","colorMode":"none","mappings":[{"kind":"Value","spec":{"value":"1","result":{"value":"everything is up and running","color":"#00ff00"}}}]}`, constant(1))},
		{"stat-none", chart("StatChart", `{}`, QueryResult{})},
	})
}

func TestStatColors(t *testing.T) {
	mapped := `"mappings":[{"kind":"Value","spec":{"value":"60","result":{"value":"sixty","color":"#123456"}}}]`
	for _, c := range []struct {
		spec string
		want []string // of the corners of the cells
	}{
		{`{"colorMode":"background_solid",` + steps + `}`, []string{"2fbf71", "ffcc00", "ea4747", "2fbf71"}},
		{`{"colorMode":"background_solid",` + steps + `,` + mapped + `}`, []string{"2fbf71", "123456", "ea4747", "2fbf71"}},
		{`{"colorMode":"background_solid","thresholds":{"defaultColor":"blue","steps":[{"value":1000}]}}`, []string{"0000ff", "0000ff", "0000ff", "0000ff"}},
		{`{"colorMode":"background_solid","thresholds":{"steps":[{"value":0},{"value":1},{"value":2},{"value":3}]}}`, []string{"2fbf71", "2fbf71", "2fbf71", "2fbf71"}},
		{`{"colorMode":"value",` + steps + `}`, []string{"ffffff", "ffffff", "ffffff", "ffffff"}},
	} {
		_, pixels := content(chart("StatChart", c.spec, constant(12, 60, 99, math.NaN())), 400, 100)
		for i, want := range c.want {
			if got := hex(pixels, i*100+8, 4); got != want {
				t.Errorf("%s: cell %d is %s, want %s", c.spec, i, got, want)
			}
		}
	}
}

func TestStatSparkline(t *testing.T) {
	_, pixels := content(chart("StatChart", `{"sparkline":{}}`, waves(1, time.Minute, "api")), 400, 200)
	const pale = "ace6c6" // the colour of the line at 0.4 upon white
	if got := counted(pixels, image.Rect(0, 150, 400, 200), pale); got < 3000 {
		t.Errorf("there is no area at the bottom: %d pixels of it, but %s", got, hex(pixels, 60, 198))
	}
	if counted(pixels, image.Rect(0, 0, 400, 60), pale) > 0 {
		t.Error("the sparkline is behind the value")
	}
}

func TestCells(t *testing.T) {
	c := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 400, 200)), Light.palette())
	for _, want := range []struct {
		count, cells  int
		width, height float64
	}{
		{1, 1, 400, 200}, {2, 2, 199, 200}, {4, 4, 98.5, 200}, {5, 5, 132, 99}, {12, 12, 98.5, 65.33333333333333}, {13, 13, 98.5, 48.5}, {100, 15, 98.5, 48.5},
	} {
		cells := c.cells(want.count, 80, 48, 2)
		if len(cells) != want.cells || cells[0].width != want.width || cells[0].height != want.height {
			t.Errorf("%d: got %d of %v x %v, want %d of %v x %v", want.count, len(cells), cells[0].width, cells[0].height, want.cells, want.width, want.height)
		}
	}
}

// TestCellsSayWhatIsLeftOut holds that also the only cell that there is room for says how many there are no cells for.
func TestCellsSayWhatIsLeftOut(t *testing.T) {
	for _, count := range []int{1, 3} {
		pixels := image.NewRGBA(image.Rect(0, 0, 120, 60))
		c := newCanvas(worktest.Budget(), pixels, Light.palette())
		c.fill(c.colors.background)
		cells := c.cells(count, 80, 48, 2)
		below := image.Rect(0, int(cells[0].height), 120, 60)
		if got := counted(pixels, below, "3e4662"); len(cells) != 1 || (got > 10) != (count > 1) { // the colour of secondary text
			t.Errorf("of %d: %d cells, and %d pixels of a note below the first", count, len(cells), got)
		}
	}
}

func TestContrasting(t *testing.T) {
	for background, white := range map[uint32]bool{0x000000: true, 0xFFFFFF: false, 0xFFCC00: false, 0x123456: true, 0x777777: false, 0x757575: true} {
		if got := contrasting(rgb(background)) == rgb(0xFFFFFF); got != white {
			t.Errorf("upon %06x: white is %v", background, got)
		}
	}
}
