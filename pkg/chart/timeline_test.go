package chart

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

// spelled writes segments by the minutes before noon of their points, and their values.
func spelled(segments [][]timePoint) string {
	var all []string
	for _, segment := range segments {
		var points []string
		for _, p := range segment {
			points = append(points, fmt.Sprintf("%v:%v", p.at.Time().Sub(noon).Minutes(), p.value))
		}
		all = append(all, strings.Join(points, " "))
	}
	return strings.Join(all, " | ")
}

func TestSegments(t *testing.T) {
	nan := math.NaN()
	s := values("v", 1, 2, nan, 4, 5, 6, 7)
	s.Points = append(s.Points[:4:4], s.Points[5:]...) // without the 5
	start := noon.Add(-time.Hour)
	for _, c := range []struct {
		name       string
		step       time.Duration
		start, end time.Time
		connect    bool
		want       string
	}{
		{"a sample is missing", time.Minute, start, noon, false, "-6:1 -5:2 | -3:4 | -1:6 0:7"},
		{"connected", time.Minute, start, noon, true, "-6:1 -5:2 -3:4 -1:6 0:7"},
		{"one and a half steps are no gap", 80 * time.Second, start, noon, false, "-6:1 -5:2 | -3:4 -1:6 0:7"},
		{"just above is one", 79 * time.Second, start, noon, false, "-6:1 -5:2 | -3:4 | -1:6 0:7"},
		{"no step, no gap", 0, start, noon, false, "-6:1 -5:2 | -3:4 -1:6 0:7"},
		{"only what is in the range", time.Minute, noon.Add(-5 * time.Minute), noon.Add(-time.Minute), false, "-5:2 | -3:4 | -1:6"},
		{"nothing in the range", time.Minute, noon.Add(time.Minute), noon.Add(time.Hour), false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := spelled(segments(s, c.step, c.start, c.end, c.connect)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if len(s.Points) != 6 {
		t.Error("the series has changed")
	}
}

func TestStack(t *testing.T) {
	p := chart("TimeSeriesChart", `{}`, minutely(values("a", 1, -2, 3), values("b", 10, -20, -30), values("c", 100, math.Inf(1), 300)))
	lines := timeLines(worktest.Budget(), p, readTimeSeriesSpec(p), &lightPalette)
	stack(worktest.Budget(), lines)
	for i, want := range []string{"-2:1 -1:-2 0:3", "-2:11 -1:-22 0:-30", "-2:111 -1:+Inf 0:303"} {
		if got := spelled(lines[i].segments); got != want {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
}

func TestTimeLegend(t *testing.T) {
	p := chart("TimeSeriesChart", `{"yAxis":{"format":{"unit":"bytes"}},"legend":{"position":"right","mode":"table","values":["max","mean","max","relative"]}}`,
		minutely(values("a", 1024, 3072), values("b")))
	lines := timeLines(worktest.Budget(), p, readTimeSeriesSpec(p), &lightPalette)
	legend, _ := p.Legend()
	items, columns := timeLegend(worktest.Budget(), lines, legend.Values, p.Format())
	if got, want := fmt.Sprint(columns, items[0].values, items[1].values), "[Avg Max] [2 KiB 3 KiB] [ ]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestColorsOfQueries(t *testing.T) {
	p := chart("TimeSeriesChart", `{"visual":{"palette":{"mode":"categorical"}},"querySettings":[
		{"queryIndex":0,"colorMode":"fixed","colorValue":"#000"},{"queryIndex":0,"colorMode":"fixed","colorValue":"#010203"},
		{"queryIndex":1,"colorMode":"fixed-single","colorValue":"#040506"},{"queryIndex":2,"colorMode":"fixed-single","colorValue":"#070809"},
		{"queryIndex":3,"colorMode":"fixed","colorValue":"nonsense","areaOpacity":0.5,"lineStyle":"dotted"},{"colorMode":"fixed"}]}`,
		minutely(values("a"), values("b")), minutely(values("c"), values("d")), minutely(values("e")), minutely(values("f")))
	var got string
	lines := timeLines(worktest.Budget(), p, readTimeSeriesSpec(p), &lightPalette)
	for _, line := range lines {
		got += fmt.Sprintf("%02x%02x%02x ", line.color.R, line.color.G, line.color.B)
	}
	if want := "010203 010203 0072b2 cc79a7 070809 e69f00 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if style := lines[5].style; style.opacity != 0.5 || fmt.Sprint(style.dash(2)) != "[2 2]" {
		t.Errorf("the last query has the style %+v", style)
	}
}
