package chart

import (
	"fmt"
	"math"
	"testing"
)

func TestGaugeSamples(t *testing.T) {
	nan := math.NaN()
	drawSamples(t, []sample{
		{"gauge-one", chart("GaugeChart", `{"format":{"unit":"percent"},`+steps+`}`, constant(63.7))},
		{"gauge-plain", chart("GaugeChart", `{}`, constant(0.42))},
		{"gauge-max", chart("GaugeChart", `{"max":2000000000,"format":{"unit":"bytes"},"thresholds":{"mode":"percent","steps":[{"value":40},{"value":70}]}}`, constant(1.9e9))},
		{"gauge-four", chart("GaugeChart", `{"format":{"unit":"percent"},`+steps+`}`, constant(12, 60, 130, nan))},
		{"gauge-many", chart("GaugeChart", `{"format":{"unit":"percent"},`+steps+`}`, constant(1, 2, 3, 4, 50, 60, 70, 80, 90, 100, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21))},
	})
}

func TestGaugeArcs(t *testing.T) {
	for _, c := range []struct {
		spec    string
		highest float64
		want    string
	}{
		{`{}`, 1, "0 2fbf71, 1 ffcc00"},
		{`{"thresholds":{}}`, 1, "0 2fbf71"},
		{`{"thresholds":{"steps":[]}}`, 1, "1 2fbf71"},
		{`{"thresholds":{"defaultColor":"#0000ff","steps":[{"value":20},{"value":30,"color":"red"}]}}`, 40, "0.5 0000ff, 0.75 ffcc00, 1 ff0000"},
		{`{"thresholds":{"mode":"percent","steps":[{"value":20}]}}`, 40, "0.2 2fbf71, 1 ffcc00"},
		{`{"thresholds":{"steps":[{"value":1},{"value":2},{"value":3},{"value":4}]}}`, 10, "0.1 2fbf71, 0.2 ffcc00, 0.3 ff9f1c, 0.4 ea4747, 1 2fbf71"},
	} {
		got := ""
		for i, a := range gaugeArcs(chart("GaugeChart", c.spec), Light.palette(), c.highest) {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%v %02x%02x%02x", a.end, a.color.R, a.color.G, a.color.B)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.spec, got, c.want)
		}
	}
}

func TestGaugeFillsAsFarAsItsValue(t *testing.T) {
	for _, c := range []struct {
		value            float64
		left, top, right string // of the ring
	}{
		{5, "d3d3d3", "d3d3d3", "d3d3d3"},
		{49, "2fbf71", "d3d3d3", "d3d3d3"},
		{70, "ffcc00", "ffcc00", "d3d3d3"},
		{1000, "ea4747", "ea4747", "ea4747"},
		{-5, "d3d3d3", "d3d3d3", "d3d3d3"},
		{math.NaN(), "d3d3d3", "d3d3d3", "d3d3d3"},
	} {
		p := chart("GaugeChart", `{"format":{"unit":"percent"},"legend":{"show":false},`+steps+`}`, constant(c.value))
		_, pixels := content(p, 272, 136) // so that the radius is 100 and the ring lies between 70 and 90
		if got := [3]string{hex(pixels, 136-80, 100), hex(pixels, 136, 20), hex(pixels, 136+80, 100)}; got != [3]string{c.left, c.top, c.right} {
			t.Errorf("%v: got %q, want %q", c.value, got, [3]string{c.left, c.top, c.right})
		}
	}
}
