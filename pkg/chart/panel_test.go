package chart

import (
	"bytes"
	"image"
	"image/color"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestDrawSizes(t *testing.T) {
	p := chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, waves(2, time.Minute, names...))
	for _, size := range []struct {
		width, height int
		problem       string
	}{
		{1, 1, ""}, {3, 400, ""}, {400, 3, ""}, {40, 40, ""}, {100, 60, ""}, {4000, 2000, ""},
		{0, 100, "above 0 pixels"}, {100, -1, "above 0 pixels"}, {4000, 2001, "at most 8000000"}, {1 << 40, 1 << 40, "at most 8000000"},
	} {
		picture, err := Draw(worktest.Budget(), p, Options{Width: size.width, Height: size.height})
		if size.problem != "" {
			if err == nil || !strings.Contains(err.Error(), size.problem) {
				t.Errorf("%d x %d: got the error %v", size.width, size.height, err)
			}
			continue
		}
		if got := show(t, "size", picture, err).Rect.Size(); got != (image.Point{size.width, size.height}) {
			t.Errorf("got %v, want %d x %d", got, size.width, size.height)
		}
	}
}

// TestCard looks for the colours of the card and its title.
func TestCard(t *testing.T) {
	for theme, want := range map[Theme]struct{ background, border, ink color.NRGBA }{
		Light: {rgb(0xFFFFFF), rgb(0xE0E0E0), lightPalette.text},
		Dark:  {rgb(0x151721), rgb(0x313339), darkPalette.text},
	} {
		p := chart("TimeSeriesChart", `{}`)
		p.Title = strings.Repeat("l", 300)
		picture, err := Draw(worktest.Budget(), p, Options{Width: 300, Height: 200, Theme: theme})
		pixels := show(t, "card", picture, err)
		near := func(a, b color.NRGBA) bool {
			d := func(a, b uint8) bool { return max(a, b)-min(a, b) < 8 }
			return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B)
		}
		for at, color := range map[image.Point]color.NRGBA{
			{150, 0}: want.border, {0, 100}: want.border, {299, 100}: want.border, {150, 199}: want.border, {150, 35}: want.border,
			{150, 3}: want.background, {3, 100}: want.background, {296, 18}: want.background, {4, 18}: want.background,
		} {
			if got := pixels.NRGBAAt(at.X, at.Y); !near(got, color) {
				t.Errorf("%s: %v at %v, want %v", theme, got, at, color)
			}
		}
		ink := 0
		for x := range 300 {
			if near(pixels.NRGBAAt(x, 18), want.ink) {
				ink++
			}
		}
		if ink < 20 {
			t.Errorf("%s: the title has %d pixels in a row", theme, ink)
		}
	}
}

// TestEveryPanelKindHasAnEntry compares drawers with dashboard.PanelKinds.
func TestEveryPanelKindHasAnEntry(t *testing.T) {
	var want []string
	for _, kind := range dashboard.PanelKinds() {
		want = append(want, kind.Name)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(drawers)); !slices.Equal(got, want) {
		t.Errorf("drawers has %v; dashboard.PanelKinds has %v", got, want)
	}
}

// TestDrawAtOnce draws the same from several goroutines: it must come out the same, byte for byte.
func TestDrawAtOnce(t *testing.T) {
	rows := []Row{{Title: "Row", Items: []Item{
		{Panel: chart("TimeSeriesChart", `{"legend":{"position":"right"}}`, waves(12, time.Minute, names...)), Place: dashboard.Place{Width: 12, Height: 6}},
		{Panel: chart("TimeSeriesChart", `{"visual":{"stack":"all","areaOpacity":0.4}}`, waves(5, time.Minute, names...)), Place: dashboard.Place{X: 12, Width: 12, Height: 6}},
	}}}
	first, err := DrawDashboard(worktest.Budget(), "Dashboard", rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			again, err := DrawDashboard(worktest.Budget(), "Dashboard", rows, Options{})
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("another picture of %d bytes came of the same, which had %d: %v", len(again), len(first), err)
			}
		})
	}
	group.Wait()
}

// FuzzDraw draws time series charts of any spec.
func FuzzDraw(f *testing.F) {
	for _, spec := range []string{
		`{"legend":{"position":"bottom","mode":"table","values":["mean"]},"yAxis":{"label":"x","show":true,"logBase":2,"min":-1,"max":1e300}}`,
		`{"visual":{"display":"bar","stack":"all","lineWidth":-1,"pointRadius":1e99,"showPoints":"always"}}`,
		`{"thresholds":{"mode":"percent","steps":[{"value":1e308},{"value":-1e308}]},"querySettings":[{"queryIndex":0,"format":{"unit":"years"}}]}`,
		`{"visual":{"lineStyle":"dashed","lineWidth":0.25}}`,
		`[`,
	} {
		f.Add(spec, 5.0, "name", int64(3600))
	}
	f.Fuzz(func(t *testing.T, spec string, value float64, name string, seconds int64) {
		p := Panel{
			Panel: dashboard.Panel{Kind: "TimeSeriesChart", Title: name, Spec: []byte(spec)},
			Start: noon.Add(-time.Duration(seconds%(1<<33)) * time.Second), End: noon,
			Queries: []QueryResult{minutely(values(name, 1, value, -value, 3), values("w", value)), minutely(values("v", 2, 3))},
		}
		if _, err := Draw(worktest.Budget(), p, Options{Width: 200, Height: 140}); err != nil {
			t.Error(err)
		}
	})
}
