package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// constant returns a query with a series for each value, which it has over the hour until noon.
func constant(values ...float64) QueryResult {
	result := QueryResult{Step: time.Minute}
	for i, v := range values {
		s := series.Series{Name: names[(i+2)%len(names)], Labels: model.Metric{"job": "node", "instance": model.LabelValue(fmt.Sprintf("10.0.0.%d:9100", i))}}
		for at := noon.Add(-time.Hour); !at.After(noon); at = at.Add(result.Step) {
			s.Points = append(s.Points, model.SamplePair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Value: model.SampleValue(v)})
		}
		result.Series = append(result.Series, s)
	}
	return result
}

// sample is a picture to be looked at.
type sample struct {
	name  string
	panel Panel
}

// sizes are what every kind has to look well at.
var sizes = []struct{ width, height int }{{100, 100}, {200, 120}, {400, 220}, {1200, 600}}

func drawSamples(t *testing.T, samples []sample) {
	for _, s := range samples {
		for _, size := range sizes {
			for _, theme := range []Theme{Light, Dark} {
				name := fmt.Sprintf("%s-%d-%s", s.name, size.width, theme)
				t.Run(name, func(t *testing.T) {
					picture, err := Draw(worktest.Budget(), s.panel, Options{Width: size.width, Height: size.height, Theme: theme})
					show(t, name, picture, err)
					staysInside(t, kindPixels(s.panel, size.width, size.height, theme), theme)
				})
			}
		}
	}
}

// kindPixels returns a panel as it is before it becomes a PNG, with exact colours.
func kindPixels(p Panel, width, height int, theme Theme) *image.RGBA {
	pixels := image.NewRGBA(image.Rect(0, 0, width, height))
	drawPanel(newCanvas(worktest.Budget(), pixels, theme.palette()), p, Options{Theme: theme})
	return pixels
}

// content returns the part of a picture that a panel gives to the chart.
func content(p Panel, width, height int) (c canvas, pixels *image.RGBA) {
	pixels = image.NewRGBA(image.Rect(0, 0, width, height))
	c = newCanvas(worktest.Budget(), pixels, Light.palette())
	c.fill(c.colors.background)
	drawers[p.Kind](c, p, Options{})
	return c, pixels
}

// staysInside looks for what is drawn in the margin of a panel, which is free but for its border and title.
func staysInside(t *testing.T, pixels *image.RGBA, theme Theme) {
	t.Helper()
	background := color.RGBAModel.Convert(theme.palette().background)
	bounds := pixels.Bounds()
	for y := headerHeight + 3; y < bounds.Dy()-2; y++ {
		for _, x := range []int{2, 3, bounds.Dx() - 4, bounds.Dx() - 3} {
			if pixels.At(x, y) != background {
				t.Fatalf("there is something in the margin at %d, %d", x, y)
			}
		}
	}
	for x := 4; x < bounds.Dx()-4; x++ {
		for _, y := range []int{headerHeight + 3, bounds.Dy() - 4} {
			if pixels.At(x, y) != background {
				t.Fatalf("there is something in the margin at %d, %d", x, y)
			}
		}
	}
}

// hex writes the colour of a pixel.
func hex(pixels *image.RGBA, x, y int) string {
	c := pixels.RGBAAt(x, y)
	return fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B)
}

// counted returns how many pixels of a rectangle have a colour.
func counted(pixels *image.RGBA, area image.Rectangle, want string) int {
	count := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if hex(pixels, x, y) == want {
				count++
			}
		}
	}
	return count
}

const steps = `"thresholds":{"steps":[{"value":50},{"value":80,"color":"#ea4747"}]}`

// FuzzKinds draws panels of all kinds with any spec, values and size.
func FuzzKinds(f *testing.F) {
	specs := []string{
		`{}`, `{"sparkline":{"width":-1},"colorMode":"background_solid","valueFontSize":1e9,"legendMode":"on"}`,
		`{"max":0,"thresholds":{"steps":[{"value":-1},{"value":1e300}]}}`, `{"sort":"asc","mode":"percentage","showLabels":true,"colorPalette":["x"]}`,
		`{"legend":{"position":"right","mode":"table","values":["abs","relative"]},"logBase":2,"min":5,"max":1,"showVisualMap":true}`,
		`{"columnSettings":[{"name":"value","width":-4,"format":{"unit":"bytes"}}],"transforms":[{"kind":"MergeSeries","spec":{}}]}`,
		`{"text":"# a\n* b\n|c|d|\n|-|-|\n|e|\n` + "`f" + `","allowWrap":true}`,
	}
	for i, spec := range specs {
		f.Add(spec, float64(i), math.Inf(i%3-1), 300, 40*i, 3)
	}
	f.Add(`{}`, math.NaN(), 1e308, 1, 1, 40)
	f.Fuzz(func(t *testing.T, spec string, a, b float64, width, height, count int) {
		width, height, count = 1+abs(width)%500, 1+abs(height)%300, abs(count)%50
		queries := []QueryResult{flips(count, a, b, -a, a+b), classic(), natives()}
		for kind := range drawers {
			p := chart(kind, spec, queries[:1+count%3]...)
			p.Text, p.Lines = spec, []string{spec, "error"}
			kindPixels(p, width, height, Dark)
		}
	})
}

func abs(v int) int { return max(v, -max(v, -math.MaxInt)) }
