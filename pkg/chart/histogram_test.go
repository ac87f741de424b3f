package chart

import (
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

// few returns a query with one series of two native histograms, of which the last has these counts from 0 on.
func few(counts ...float64) QueryResult {
	query := natives()
	s := &query.Series[0]
	s.Histograms = s.Histograms[len(s.Histograms)-2:]
	last := &model.SampleHistogram{}
	for i, count := range counts {
		last.Buckets = append(last.Buckets, &model.HistogramBucket{Lower: model.FloatString(i), Upper: model.FloatString(i + 1), Count: model.FloatString(count)})
	}
	s.Histograms[1].Histogram = last
	return query
}

func TestHistogramSamples(t *testing.T) {
	drawSamples(t, []sample{
		{"hist-native", chart("HistogramChart", `{"format":{"unit":"decimal"}}`, natives())},
		{"hist-log", chart("HistogramChart", `{"logBase":10,"thresholds":{"steps":[{"value":0.1},{"value":1,"color":"#d00"}]}}`, natives())},
		{"hist-three", chart("HistogramChart", `{"max":10}`, few(1, 5, 9, 3), few(20, 3000, 5000), natives())},
		{"hist-classic", chart("HistogramChart", `{}`, classic())},
		{"hist-none", chart("HistogramChart", `{}`, constant(1))},
	})
}

// TestHistogramBars looks for the bars of the last histogram: they are as wide as their buckets, as high as their counts,
// and from a threshold on in its colour.
func TestHistogramBars(t *testing.T) {
	spec := `{"thresholds":{"steps":[{"value":2,"color":"#ff0000"}]}}`
	c, pixels := content(chart("HistogramChart", spec, few(5, 0, 10)), 320, 220)
	measure := func(color string) (width, height int) {
		for x := range int(c.width) {
			column := counted(pixels, image.Rect(x, 0, x+1, int(c.height)), color)
			if column > 0 {
				width++
			}
			height = max(height, column)
		}
		return width, height
	}
	lowWidth, low := measure("56b4e9")
	highWidth, high := measure("ff0000")
	if lowWidth < 80 || abs(lowWidth-highWidth) > 1 || low < 50 || abs(2*low-high) > 2 {
		t.Errorf("the bar of 5 is %d by %d, that of 10 %d by %d pixels", lowWidth, low, highWidth, high)
	}
}

// TestHistogramsOf holds which histograms are drawn: the last of each series, or one that several series make.
func TestHistogramsOf(t *testing.T) {
	for name, c := range map[string]struct {
		query QueryResult
		want  string // the counts of each
	}{
		"native":     {few(1, 5, 9), "[1 5 9]"},
		"classic":    {classic(), "[10 30 50 70 90 110 130 150 170 190]"},
		"plain":      {constant(1, 2), ""},
		"no buckets": {few(), "[]"},
	} {
		got := ""
		for _, h := range histogramsOf(worktest.Budget(), chart("HistogramChart", `{}`, c.query)) {
			var counts []int
			for _, cell := range h.cells {
				counts = append(counts, int(math.Round(cell.count)))
			}
			got += fmt.Sprint(counts)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
