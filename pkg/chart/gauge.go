package chart

import (
	"image/color"
	"math"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// How a gauge is laid out: gaugechart/src/GaugeChartPanel.tsx and GaugeChartBase.tsx. Lengths are in pixels, angles
// in radians, clockwise from 3 o'clock.
const (
	gaugeLeastWidth = 80
	gaugeLowest     = 72
	gaugeGap        = 8
	gaugeStart      = -200 * math.Pi / 180
	gaugeSweep      = 220 * math.Pi / 180
	gaugeBelow      = 0.36 // how far the ring reaches below its centre, as a part of the radius
	gaugeName       = 0.55 // how far below it the name stands
)

// drawGauge draws a GaugeChart: for each series a ring that is filled as far as its value goes, with the thresholds
// around it.
func drawGauge(c canvas, p Panel, _ Options) {
	all := p.readings(c.budget)
	if len(all) == 0 {
		c.noData()
		return
	}
	highest, ok := p.Number("max")
	switch {
	case ok:
	case p.Format().Unit == "percent":
		highest = 100
	default:
		highest = 1
	}
	arcs := gaugeArcs(p, c.colors, highest)
	named := p.Flag("legend.show", true)
	for i, cell := range c.cells(len(all), gaugeLeastWidth, gaugeLowest, gaugeGap) {
		if !named {
			all[i].Name = ""
		}
		cell.gauge(all[i], arcs, highest)
	}
}

// arc is a part of the ring of thresholds, which ends at a part of the whole.
type arc struct {
	end   float64
	color color.NRGBA
}

// gaugeArcs returns the colours of the ring of thresholds (gaugechart/src/thresholds.ts). A gauge without thresholds
// has one at 0.
func gaugeArcs(p Panel, colors *palette, highest float64) []arc {
	t := p.Thresholds()
	if !p.Option("thresholds").IsObject() {
		t.Steps = []dashboard.Step{{Value: 0}}
	}
	if len(t.Steps) == 0 && !p.Option("thresholds.steps").IsArray() {
		return []arc{{0, colors.baseColor(t)}}
	}
	var arcs []arc
	below := colors.baseColor(t)
	for i, step := range t.Steps {
		end := step.Value / highest
		if t.Percent {
			end = step.Value / 100
		}
		if math.IsNaN(end) { // 0 of 0
			end = 0
		}
		arcs = append(arcs, arc{end, below})
		below = colors.stepColor(t, i)
	}
	return append(arcs, arc{1, below})
}

// arcColor returns the colour at a part of the whole, as ECharts looks it up.
func arcColor(arcs []arc, at float64) color.NRGBA {
	if !(at > 0) {
		return arcs[0].color
	}
	begin := 0.0
	for _, a := range arcs {
		if at > begin && at <= a.end {
			return a.color
		}
		begin = a.end
	}
	return arcs[len(arcs)-1].color
}

// gauge draws one series. The UI leaves much of a low panel free above the ring; here it is as large as there is room
// for.
func (c canvas) gauge(r reading, arcs []arc, highest float64) {
	title := textStyle{size: max(10, min(math.Round(min(c.width, c.height)*0.06), 16)), color: c.colors.text, align: center}
	height, below := c.height, gaugeBelow
	if r.Name != "" {
		height, below = c.height-title.size*0.7, gaugeName
	}
	radius := min(c.width/2, height/(1+below))
	x, y := c.width/2, radius+(height-radius*(1+below))/2
	thick := min(max(10, min(math.Round(radius*0.2), 48)), radius/4)
	ring := min(math.Round(thick*0.2), 0.1*radius-1) // of the thresholds

	begin := 0.0
	c.spend(len(arcs))
	for _, a := range arcs {
		end := max(0, min(a.end, 1))
		c.ring(x, y, radius-ring, radius, gaugeStart+gaugeSweep*begin, gaugeSweep*(end-begin), a.color)
		begin = max(begin, end)
	}
	inner := 0.9*radius - thick
	part := max(0, min(r.value/highest, 1))
	fill := arcColor(arcs, part)
	c.ring(x, y, inner, inner+thick, gaugeStart, gaugeSweep, color.NRGBA{127, 127, 127, 89})
	if !math.IsNaN(part) {
		c.ring(x, y, inner, inner+thick, gaugeStart, gaugeSweep*part, fill)
		if at := 0.49 * radius; at+pointerLength < inner-4 {
			c.pointer(x, y, at, gaugeStart+gaugeSweep*part, fill)
		}
	}

	style := textStyle{color: fill, bold: true, align: center}
	style.size = min(2*radius/float64(max(len([]rune(r.text)), 6)), 64, c.sizeFor(r.text, style, 1.7*inner))
	style.size = max(style.size, min(8, radius))
	c.at(x-inner, y-0.09*radius-style.size, 2*inner, 2*style.size).text(r.text, style)
	c.at(c.width*0.02, y+gaugeName*radius-title.size, c.width*0.96, 2*title.size).text(r.Name, title)
}

const pointerLength = 10

// pointer draws a small triangle that points away from the centre.
func (c canvas) pointer(x, y, distance, angle float64, fill color.NRGBA) {
	const half = 2.5
	out, across := point{math.Cos(angle), math.Sin(angle)}, point{-math.Sin(angle), math.Cos(angle)}
	base := point{x + distance*out.x, y + distance*out.y}
	c.area([]point{
		{base.x + half*across.x, base.y + half*across.y},
		{base.x + pointerLength*out.x, base.y + pointerLength*out.y},
		{base.x - half*across.x, base.y - half*across.y},
	}, fill)
}
