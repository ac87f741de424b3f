package chart

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// natives returns a query with one series of native histograms.
func natives() QueryResult {
	s := series.Series{Name: "latency", Histograms: []model.SampleHistogramPair{}}
	for i, at := 0, noon.Add(-time.Hour); !at.After(noon); i, at = i+1, at.Add(time.Minute) {
		h := &model.SampleHistogram{}
		for b := range 12 {
			lower := 0.01 * math.Pow(1.6, float64(b))
			count := 100 * math.Exp(-math.Pow(float64(b)-6-3*math.Sin(float64(i)/8), 2)/6)
			h.Buckets = append(h.Buckets, &model.HistogramBucket{Lower: model.FloatString(lower), Upper: model.FloatString(lower * 1.6), Count: model.FloatString(count)})
		}
		s.Histograms = append(s.Histograms, model.SampleHistogramPair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Histogram: h})
		s.Points = append(s.Points, model.SamplePair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Value: 1})
	}
	return QueryResult{Step: time.Minute, Series: []series.Series{s}}
}

// classic returns a query with the series of a classic histogram.
func classic() QueryResult {
	result := QueryResult{Step: time.Minute}
	for row, le := range []string{"+Inf", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5"} {
		rank := float64((row + 9) % 10)
		s := wave("le "+le, time.Minute, 10*(rank+1)*(rank+1), 10, 0)
		s.Labels = model.Metric{"le": model.LabelValue(le)}
		result.Series = append(result.Series, s)
	}
	return result
}

func TestHeatmapSamples(t *testing.T) {
	drawSamples(t, []sample{
		{"heat-native", chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"showVisualMap":true}`, natives())},
		{"heat-log", chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"logBase":10,"showVisualMap":true,"countFormat":{"unit":"requests/sec"}}`, natives())},
		{"heat-classic", chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"showVisualMap":true}`, classic())},
		{"heat-none", chart("HeatMapChart", `{}`, constant(1))},
	})
}

func TestHeatColor(t *testing.T) {
	for part, want := range map[float64]string{0: "313695", 0.1: "4575b4", 0.5: "ffffbf", 0.55: "fff0a8", 1: "a50026", 7: "a50026", -1: "313695"} {
		c := heatColor(part)
		if got := fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B); got != want {
			t.Errorf("at %v: got %s, want %s", part, got, want)
		}
	}
}

// TestHeatScale holds that the scale of a heat map has room for its numbers, or is left out.
func TestHeatScale(t *testing.T) {
	counts, format := extent{0.000139, 100, true}, unit.Format{Unit: "requests/sec"}
	text := textStyle{size: smallSize}.measure(format.Text(counts.min))
	for width, want := range map[int]float64{150: 150, 600: 600 - text - 28} {
		c := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, width, 200)), &lightPalette)
		if got := c.heatScale(counts, format).width; math.Abs(got-want) > 1e-9 {
			t.Errorf("of %d pixels it leaves %v, want %v", width, got, want)
		}
	}
}

func TestClassicHistograms(t *testing.T) {
	query := QueryResult{Step: time.Minute}
	for _, s := range []struct {
		le     string
		values []float64
	}{{"+Inf", []float64{10, 12}}, {"0.1", []float64{1, 2}}, {"1", []float64{4, 1}}, {"0.1", []float64{1, 0}}, {"", []float64{99, 99}}} {
		one := constant(0).Series[0]
		one.Labels = model.Metric{"le": model.LabelValue(s.le)}
		one.Points = one.Points[:2]
		for i, v := range s.values {
			one.Points[i].Value = model.SampleValue(v)
		}
		query.Series = append(query.Series, one)
	}
	data := bucketsOf(worktest.Budget(), chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"}}`, query))
	if got, want := fmt.Sprint(data.bounds), "[100ms 1s +Inf]"; got != want {
		t.Errorf("bounds: got %s, want %s", got, want)
	}
	got := ""
	for _, cell := range data.cells {
		got += fmt.Sprintf("%v %v, ", cell.lower, cell.count)
	}
	// The second time has 2 up to 0.1 and only 1 up to 1: a bucket has no less than nothing.
	if want := "0 2, 0 2, 1 2, 1 0, 2 6, 2 10, "; got != want {
		t.Errorf("counts: got %s, want %s", got, want)
	}
}

func TestHeatCells(t *testing.T) {
	query := natives()
	for i := range query.Series[0].Histograms {
		query.Series[0].Histograms[i].Histogram.Buckets = model.HistogramBuckets{
			{Lower: 0, Upper: 5, Count: 1}, {Lower: 5, Upper: 10, Count: 9},
		}
	}
	_, pixels := content(chart("HeatMapChart", `{}`, query), 300, 200)
	if low, high := hex(pixels, 150, 150), hex(pixels, 150, 40); low != "313695" || high != "a50026" {
		t.Errorf("got %s below and %s above", low, high)
	}
}
