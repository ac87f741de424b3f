package chart

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestAxis(t *testing.T) {
	v := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		name      string
		data      extent
		bounds    bounds
		unit      string
		low, high float64
		ticks     []string
	}{
		{"from zero", extent{0, 10, true}, bounds{}, "decimal", 0, 12, []string{"0", "2", "4", "6", "8", "10", "12"}},
		{"below one", extent{0.2, 0.9, true}, bounds{}, "percent-decimal", 0, 1, []string{"0%", "20%", "40%", "60%", "80%", "100%"}},
		{"above one", extent{675, 900, true}, bounds{}, "decimal", 500, 1000, []string{"500", "600", "700", "800", "900", "1K"}},
		{"below zero", extent{-12, 3, true}, bounds{}, "decimal", -20, 5, []string{"-20", "-15", "-10", "-5", "0", "5"}},
		{"equal", extent{7, 7, true}, bounds{}, "decimal", 5, 8, []string{"5", "5.5", "6", "6.5", "7", "7.5", "8"}},
		{"all zero", extent{0, 0, true}, bounds{}, "decimal", 0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1"}},
		{"nothing", extent{}, bounds{}, "decimal", 0, 1.2, []string{"0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"}},
		{"bytes", extent{0, 3 << 30, true}, bounds{}, "bytes", 0, 4 << 30, []string{"0 bytes", "1 GiB", "2 GiB", "3 GiB", "4 GiB"}},
		{"seconds", extent{0, 5400, true}, bounds{}, "seconds", 0, 7200, []string{"0s", "30m", "1h", "1.5h", "2h"}},
		{"both bounds", extent{0, 10, true}, bounds{v(2), v(6)}, "decimal", 2, 6, []string{"2", "3", "4", "5", "6"}},
		{"odd bounds", extent{0, 10, true}, bounds{v(0.5), v(9.7)}, "decimal", 0.5, 9.7, []string{"2", "4", "6", "8"}},
		{"bounds the wrong way", extent{3, 10, true}, bounds{v(6), v(2)}, "decimal", 6, 9, []string{"6", "6.5", "7", "7.5", "8", "8.5", "9"}},
		{"data below the least", extent{1, 2, true}, bounds{v(100), nil}, "decimal", 100, 150, []string{"100", "110", "120", "130", "140", "150"}},
		{"data above the most", extent{500, 600, true}, bounds{nil, v(10)}, "decimal", 5, 10, []string{"5", "6", "7", "8", "9", "10"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := unit.Format{Unit: c.unit}
			a := newAxis(c.data, c.bounds, f, 6)
			var ticks []string
			for _, tick := range a.ticks {
				ticks = append(ticks, f.Text(tick))
			}
			if a.low != c.low || math.Abs(a.high-c.high) > 1e-9*math.Abs(c.high) || !slices.Equal(ticks, c.ticks) {
				t.Errorf("got %v to %v with %q, want %v to %v with %q", a.low, a.high, ticks, c.low, c.high, c.ticks)
			}
		})
	}
}

// TestLabelEnds holds that the ends of an axis have ticks, unless the next tick is too near.
func TestLabelEnds(t *testing.T) {
	v := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		axis valueAxis
		want []float64
	}{
		"the ends are ticks":  {newAxis(extent{0, 10, true}, bounds{}, unit.Format{}, 6), []float64{0, 2, 4, 6, 8, 10, 12}},
		"it begins above 0":   {newAxis(extent{65, 495, true}, bounds{}, unit.Format{}, 6), []float64{50, 100, 200, 300, 400, 500, 600}},
		"odd bounds":          {newAxis(extent{0, 10, true}, bounds{v(0.5), v(9.7)}, unit.Format{}, 6), []float64{0.5, 2, 4, 6, 8, 9.7}},
		"bounds beside ticks": {newAxis(extent{0, 10, true}, bounds{v(1.5), v(8.2)}, unit.Format{}, 6), []float64{2, 4, 6, 8}},
		"a logarithmic one":   {newLogAxis(extent{3, 700, true}, bounds{v(20), v(5000)}, 10, 4), []float64{20, 100, 1000, 5000}},
		"no ticks":            {valueAxis{low: 1, high: 2}, []float64{1, 2}},
	} {
		c.axis.labelEnds(0.08)
		if got := fmt.Sprint(c.axis.ticks); got != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestLogAxesAreFinite holds logarithmic axes to two ends that differ, whatever dashboards and data say.
func TestLogAxesAreFinite(t *testing.T) {
	extremes := []float64{5e-324, 1e-300, 1, 1e300, 1e307, math.MaxFloat64}
	for _, base := range []float64{math.Nextafter(1, 2), 2, 10, 1e200, 1e307, math.MaxFloat64} {
		for _, low := range extremes {
			for _, high := range extremes {
				for _, b := range []bounds{{}, {min: &low}, {max: &high}, {&low, &high}} {
					a := newLogAxis(extent{1, 100, true}, b, base, 5)
					if bottom, top := a.at(a.low), a.at(a.high); bottom != 0 || top != 1 || len(a.ticks) > 100 {
						t.Errorf("base %g, bounds %g, %g: from %g (at %g) to %g (at %g), %d ticks", base, low, high, a.low, bottom, a.high, top, len(a.ticks))
					}
				}
			}
		}
	}
}

// TestLowestLabel holds that a chart says where its value axis begins when that is not at 0.
func TestLowestLabel(t *testing.T) {
	p := chart("TimeSeriesChart", `{"yAxis":{"format":{"unit":"bytes"}}}`, minutely(values("v", 65, 495)))
	spec := readTimeSeriesSpec(p)
	lines := timeLines(worktest.Budget(), p, spec, &lightPalette)
	formats := axisFormats(p, lines)
	plot := plot{canvas: newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 400, 220)), &lightPalette)}
	plot.axes = []valueAxis{spec.axis(lines, nil, 0, formats[0], 6)}
	plot.layout(spec, formats)
	if got := plot.labels[0].texts; len(got) < 3 || got[0] != "50 bytes" {
		t.Errorf("got the labels %q, want 50 bytes first", got)
	}
}

func TestLogAxis(t *testing.T) {
	v := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		data      extent
		bounds    bounds
		base      float64
		low, high float64
		ticks     []float64
	}{
		{extent{3, 700, true}, bounds{}, 10, 1, 1000, []float64{1, 10, 100, 1000}},
		{extent{10, 10, true}, bounds{}, 10, 10, 100, []float64{10, 100}},
		{extent{1, 1 << 12, true}, bounds{}, 2, 1, 1 << 12, []float64{1, 8, 64, 512, 4096}},
		{extent{}, bounds{}, 10, 1, 10, []float64{1, 10}},
		{extent{3, 700, true}, bounds{v(-5), v(5000)}, 10, 1, 5000, []float64{1, 10, 100, 1000}},
		{extent{3, 700, true}, bounds{v(20), nil}, 10, 20, 1000, []float64{100, 1000}},
	} {
		a := newLogAxis(c.data, c.bounds, c.base, 4)
		same := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*b }
		if !same(a.low, c.low) || !same(a.high, c.high) || !slices.EqualFunc(a.ticks, c.ticks, same) {
			t.Errorf("%v in %v: got %v to %v with %v, want %v to %v with %v", c.data, c.bounds, a.low, a.high, a.ticks, c.low, c.high, c.ticks)
		}
	}
	a := newLogAxis(extent{1, 100, true}, bounds{}, 10, 4)
	if at := a.at(10); math.Abs(at-0.5) > 1e-9 {
		t.Errorf("10 lies at %v between 1 and 100", at)
	}
	if at := a.at(0); !math.IsNaN(at) {
		t.Errorf("0 lies at %v of a logarithmic axis", at)
	}
}

// FuzzAxis looks for axes that have no range, or ticks that are many, out of it or out of order.
func FuzzAxis(f *testing.F) {
	f.Add(0.0, 1.0, 0.0, 0.0, uint8(0), "bytes")
	f.Add(-1.7e308, 1.7e308, 1e308, -1e308, uint8(3), "decimal")
	f.Add(5e-324, 5e-324, 5e-324, 0.0, uint8(7), "seconds")
	f.Add(1e15, 1e15+1, 0.0, 0.0, uint8(4), "percent")
	f.Add(-30.0, -6.0, 5e-324, 5e-323, uint8(3), "decimal")
	f.Add(26.0, 81.0, 5e-324, 5e-323, uint8(15), "0") // bounds of which some platforms know no logarithm
	f.Add(65.0, 495.0, 0.0, 555.0, uint8(10), "decimal")
	f.Fuzz(func(t *testing.T, one, other, least, most float64, which uint8, name string) {
		var data extent
		data.add(one)
		data.add(other)
		var b bounds
		if which&1 != 0 && !math.IsNaN(least) && !math.IsInf(least, 0) {
			b.min = &least
		}
		if which&2 != 0 && !math.IsNaN(most) && !math.IsInf(most, 0) {
			b.max = &most
		}
		a := newAxis(data, b, unit.Format{Unit: name}, 6)
		if which&4 != 0 {
			if data.min <= 0 {
				return
			}
			a = newLogAxis(data, b, 2, 6)
		}
		if which&8 != 0 {
			a.labelEnds(0.05)
		}
		if !(a.low < a.high) || math.IsInf(a.high-a.low, 0) || len(a.ticks) > 20 || !slices.IsSorted(a.ticks) {
			t.Errorf("%v in %v: %+v", data, b, a)
		}
		for _, tick := range a.ticks {
			if at := a.at(tick); !(at >= -1e-6 && at <= 1+1e-6) {
				t.Errorf("%v in %v: the tick %v of %+v lies at %v", data, b, tick, a, at)
			}
		}
	})
}
