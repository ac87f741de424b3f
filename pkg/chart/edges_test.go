package chart

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// values returns a series with a value for each minute until noon.
func values(name string, values ...float64) series.Series {
	s := series.Series{Name: name}
	for i, v := range values {
		at := noon.Add(time.Duration(i-len(values)+1) * time.Minute)
		s.Points = append(s.Points, model.SamplePair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Value: model.SampleValue(v)})
	}
	return s
}

func minutely(all ...series.Series) QueryResult {
	return QueryResult{Step: time.Minute, Series: all}
}

// over returns a panel over another time.
func over(p Panel, start, end time.Time) Panel {
	p.Start, p.End = start, end
	return p
}

func TestEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	gap := values("gap", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	gap.Points = append(gap.Points[:3:3], gap.Points[6:]...)
	plain := minutely(values("v", 1, 5, 3, 8, 2, 9, 4))
	for i, c := range []struct {
		name  string
		panel Panel
		zone  *time.Location
	}{
		{name: "no points", panel: chart("TimeSeriesChart", `{}`, minutely(series.Series{Name: "v"}))},
		{name: "one point", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", 42)))},
		{name: "equal", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", 7, 7, 7, 7, 7, 7)))},
		{name: "zero", panel: chart("TimeSeriesChart", `{"visual":{"areaOpacity":0.4}}`, minutely(values("v", 0, 0, 0, 0)))},
		{name: "huge", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", 1e300, -1e300, 1e308, -1.7e308, 1.7e308)))},
		{name: "tiny", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", 1e-300, 5e-324, 3e-300)))},
		{name: "apart", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", 1e15, 1e15+1, 1e15+2)))},
		{name: "negative", panel: chart("TimeSeriesChart", `{"visual":{"areaOpacity":0.3}}`, minutely(values("v", -5, 3, -12, 8, -1, 4, -9)))},
		{name: "infinite", panel: chart("TimeSeriesChart", `{"visual":{"areaOpacity":0.3}}`, minutely(values("v", 1, inf, 3, -inf, 5, 2, inf, inf, 1, 4)))},
		{name: "only infinite", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", inf, -inf)))},
		{name: "NaN", panel: chart("TimeSeriesChart", `{"visual":{"showPoints":"always","pointRadius":6}}`, minutely(values("v", 1, 2, nan, 4, nan, 3, 2, nan, nan, 5)))},
		{name: "only NaN", panel: chart("TimeSeriesChart", `{}`, minutely(values("v", nan, nan)))},
		{name: "gap", panel: chart("TimeSeriesChart", `{"visual":{"areaOpacity":0.3}}`, minutely(gap))},
		{name: "connected", panel: chart("TimeSeriesChart", `{"visual":{"connectNulls":true,"lineStyle":"dashed","lineWidth":3}}`, minutely(gap))},
		{name: "dotted", panel: chart("TimeSeriesChart", `{"visual":{"lineStyle":"dotted","lineWidth":3}}`, minutely(gap))},
		{name: "bounds", panel: chart("TimeSeriesChart", `{"yAxis":{"min":2,"max":6},"visual":{"areaOpacity":0.3}}`, plain)},
		{name: "upside down", panel: chart("TimeSeriesChart", `{"yAxis":{"min":6,"max":2}}`, plain)},
		{name: "beyond", panel: chart("TimeSeriesChart", `{"yAxis":{"min":100}}`, plain)},
		{name: "no axis", panel: chart("TimeSeriesChart", `{"yAxis":{"show":false,"label":"hidden"}}`, plain)},
		{name: "log", panel: chart("TimeSeriesChart", `{"yAxis":{"logBase":2,"show":true,"label":"Bytes read","format":{"unit":"bytes"}}}`, minutely(values("v", 1, 0, 1000, 1e6, -4, 5e7, 30)))},
		{name: "percent", panel: chart("TimeSeriesChart", `{"yAxis":{"format":{"unit":"percent-decimal"},"max":1},"thresholds":{"mode":"percent","steps":[{"value":50,"color":"#00f","name":"half"},{"value":90,"color":"green"}]}}`, minutely(values("v", 0.1, 0.5, 0.95)))},
		{name: "seconds", panel: chart("TimeSeriesChart", `{"yAxis":{"format":{"unit":"seconds"}}}`, minutely(values("v", 0, 3600, 7000, 5000)))},
		{name: "two axes", panel: chart("TimeSeriesChart", `{"yAxis":{"format":{"unit":"bytes"}},"querySettings":[{"queryIndex":1,"format":{"unit":"percent"},"colorMode":"fixed","colorValue":"#d00","lineStyle":"dashed"}]}`, minutely(values("bytes", 5e9, 6e9, 4e9)), minutely(values("percent", 10, 50, 20)))},
		{name: "two steps", panel: chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, waves(1, 15*time.Second, "fine"), waves(1, 4*time.Minute, "coarse"))},
		{name: "minutes", panel: over(chart("TimeSeriesChart", `{}`, waves(2, 15*time.Second, names...)), noon.Add(-10*time.Minute), noon)},
		{name: "seconds long", panel: over(chart("TimeSeriesChart", `{}`, waves(2, time.Second, names...)), noon.Add(-20*time.Second), noon)},
		{name: "milliseconds long", panel: over(chart("TimeSeriesChart", `{}`, waves(1, time.Second, names...)), noon.Add(-200*time.Millisecond), noon)},
		{name: "a day of 23 hours", panel: over(chart("TimeSeriesChart", `{}`, plain), time.Date(2025, 3, 29, 12, 0, 0, 0, berlin), time.Date(2025, 3, 30, 12, 0, 0, 0, berlin)), zone: berlin},
		{name: "three days", panel: over(chart("TimeSeriesChart", `{}`, plain), noon.AddDate(0, 0, -3), noon)},
		{name: "two weeks", panel: over(chart("TimeSeriesChart", `{}`, plain), noon.AddDate(0, 0, -14), noon)},
		{name: "nine months", panel: over(chart("TimeSeriesChart", `{}`, plain), noon.AddDate(0, -9, 0), noon)},
		{name: "three years", panel: over(chart("TimeSeriesChart", `{}`, plain), noon.AddDate(-3, 0, 0), noon)},
		{name: "fifty years", panel: over(chart("TimeSeriesChart", `{}`, plain), noon.AddDate(-50, 0, 0), noon)},
		{name: "no time", panel: over(chart("TimeSeriesChart", `{}`, plain), noon, noon)},
		{name: "backwards", panel: over(chart("TimeSeriesChart", `{}`, plain), noon, noon.Add(-time.Hour))},
		{name: "bar of one", panel: chart("TimeSeriesChart", `{"visual":{"display":"bar"}}`, minutely(values("v", 3)))},
		{name: "negative bars", panel: chart("TimeSeriesChart", `{"visual":{"display":"bar","stack":"all"}}`, minutely(values("a", 3, -2, 4, -1), values("b", 1, -3, -2, 2)))},
		{name: "no spec", panel: chart("TimeSeriesChart", ``, plain)},
		{name: "a wrong spec", panel: chart("TimeSeriesChart", `{"visual":[],"yAxis":"x","legend":7,"thresholds":{"steps":{}},"querySettings":{"a":1}}`, plain)},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.panel.Title = c.name
			picture, err := Draw(worktest.Budget(), c.panel, Options{Width: 400, Height: 220, Location: c.zone})
			show(t, fmt.Sprintf("edge-%02d", i), picture, err)
		})
	}
}

// TestNowhere: what has no place is not drawn. The rasteriser would not come to an end.
func TestNowhere(t *testing.T) {
	c := newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 100, 100)), &lightPalette)
	for _, nowhere := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		c.at(nowhere, 0, 50, 20).text("x", textStyle{size: bodySize})
		c.at(0, nowhere, 50, 20).text("x", textStyle{size: bodySize})
		c.circle(nowhere, 0, 5, c.colors.text)
		c.circle(0, 0, nowhere, c.colors.text)
		c.ring(0, nowhere, 1, 5, 0, 1, c.colors.text)
		c.ring(0, 0, 1, 5, nowhere, 1, c.colors.text)
	}
}

// TestLogarithmsBeyondFloats: bounds of a dashboard beyond which a float has no power of the base.
func TestLogarithmsBeyondFloats(t *testing.T) {
	for _, kind := range []string{"HistogramChart", "HeatMapChart"} {
		p := chart(kind, `{"min":1e308,"max":-5,"logBase":2}`, minutely(values("v", 1, 2)))
		at := model.TimeFromUnix(0)
		p.Queries[0].Series[0].Histograms = []model.SampleHistogramPair{{Timestamp: at, Histogram: &model.SampleHistogram{
			Buckets: model.HistogramBuckets{{Lower: 1, Upper: 2, Count: 3}},
		}}}
		if _, err := Draw(worktest.Budget(), p, Options{Width: 300, Height: 200}); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
