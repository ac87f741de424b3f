package chart

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

var out = flag.String("chart.out", "", "folder for the pictures that the tests draw, so that somebody can look at them")

// show writes a picture to the folder of the flag, if there is one, and decodes it.
func show(t testing.TB, name string, picture []byte, err error) *image.NRGBA {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(picture) > MaxBytes {
		t.Errorf("%s has %d bytes, more than %d", name, len(picture), MaxBytes)
	}
	if *out != "" {
		if err := os.WriteFile(filepath.Join(*out, name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	pixels := image.NewNRGBA(decoded.Bounds())
	for y := range pixels.Rect.Dy() {
		for x := range pixels.Rect.Dx() {
			pixels.Set(x, y, decoded.At(x, y))
		}
	}
	return pixels
}

// noon is when the pictures of the tests end.
var noon = time.Date(2025, 3, 12, 12, 0, 0, 0, time.UTC)

// chart returns a panel of a kind with the results of its queries, over the hour until noon.
func chart(kind, spec string, queries ...QueryResult) Panel {
	return Panel{
		Panel:   dashboard.Panel{Key: "p", Title: "Requests", Kind: kind, Spec: json.RawMessage(spec)},
		Start:   noon.Add(-time.Hour),
		End:     noon,
		Queries: queries,
	}
}

// wave returns a series over the hour until noon that swings around a value.
func wave(name string, step time.Duration, middle, swing, phase float64) series.Series {
	s := series.Series{Name: name}
	for at := noon.Add(-time.Hour); !at.After(noon); at = at.Add(step) {
		turn := at.Sub(noon).Minutes()/20 + phase
		value := middle + swing*math.Sin(turn*2*math.Pi) + swing/5*math.Sin(turn*17)
		s.Points = append(s.Points, model.SamplePair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Value: model.SampleValue(value)})
	}
	return s
}

func waves(count int, step time.Duration, names ...string) QueryResult {
	result := QueryResult{Step: step}
	for i := range count {
		name := names[i%len(names)]
		result.Series = append(result.Series, wave(name, step, float64(100+40*i), 30, float64(i)/7))
	}
	return result
}

var names = []string{
	`{instance="10.0.0.1:9100",job="node"}`, `{instance="10.0.0.2:9100",job="node"}`, "api", "checkout", "errors 5xx",
	"gateway", "Zürich-Оплата", "日本語 😀 latency", "prometheus", "a very long name of a series that goes on and on: /api/v1/query_range?query=up",
}

func TestSamples(t *testing.T) {
	step := 15 * time.Second
	for name, c := range map[string]struct {
		panel Panel
		o     Options
	}{
		"ts-plain":   {chart("TimeSeriesChart", `{}`, waves(3, step, names...)), Options{Width: 800, Height: 400}},
		"ts-dark":    {chart("TimeSeriesChart", `{"legend":{"position":"bottom"},"visual":{"areaOpacity":0.2}}`, waves(4, step, names...)), Options{Width: 800, Height: 400, Theme: Dark}},
		"ts-ten":     {chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, waves(10, step, names...)), Options{Width: 800, Height: 400}},
		"ts-table":   {chart("TimeSeriesChart", `{"legend":{"position":"bottom","mode":"table","values":["mean","max","last"]},"yAxis":{"format":{"unit":"bytes"}}}`, waves(10, step, names...)), Options{Width: 800, Height: 450}},
		"ts-right":   {chart("TimeSeriesChart", `{"legend":{"position":"right"},"yAxis":{"show":true,"label":"Requests","format":{"unit":"requests/sec"}},"thresholds":{"steps":[{"value":250,"name":"busy"},{"value":400}]}}`, waves(10, step, names...)), Options{Width: 800, Height: 350}},
		"ts-rtable":  {chart("TimeSeriesChart", `{"legend":{"position":"right","mode":"table","values":["max"]}}`, waves(10, step, names...)), Options{Width: 800, Height: 350, Theme: Dark}},
		"ts-stack":   {chart("TimeSeriesChart", `{"legend":{"position":"bottom"},"visual":{"stack":"all","areaOpacity":0.5,"palette":{"mode":"categorical"}}}`, waves(6, step, names...)), Options{Width: 800, Height: 400}},
		"ts-bars":    {chart("TimeSeriesChart", `{"visual":{"display":"bar","palette":{"mode":"categorical"}}}`, waves(3, 5*time.Minute, names...)), Options{Width: 800, Height: 300}},
		"ts-barstk":  {chart("TimeSeriesChart", `{"visual":{"display":"bar","stack":"all","palette":{"mode":"categorical"}}}`, waves(3, time.Minute, names...)), Options{Width: 800, Height: 300}},
		"ts-none":    {chart("TimeSeriesChart", `{}`), Options{Width: 400, Height: 200}},
		"ts-many":    {chart("TimeSeriesChart", `{"legend":{"position":"right","mode":"table","values":["max"]}}`, waves(300, time.Minute, names...)), Options{Width: 800, Height: 350}},
		"ts-small":   {chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, waves(3, step, names...)), Options{Width: 200, Height: 120}},
		"ts-log":     {chart("TimeSeriesChart", `{"yAxis":{"logBase":10}}`, waves(30, step, names...)), Options{Width: 500, Height: 300}},
		"ts-problem": {Panel{Panel: dashboard.Panel{Title: "A title that is far too long for the small card that it has to stand on", Kind: "TimeSeriesChart"}, Problem: `cannot query: 1:12: parse error: unexpected character '}' in "rate(http_requests_total{job=~"}[5m])"`}, Options{Width: 400, Height: 200}},
		"unknown":    {chart("FlameChart", `{}`), Options{Width: 400, Height: 200, Theme: Dark}},
	} {
		t.Run(name, func(t *testing.T) {
			picture, err := Draw(worktest.Budget(), c.panel, c.o)
			show(t, name, picture, err)
		})
	}
}
