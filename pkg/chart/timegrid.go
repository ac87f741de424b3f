package chart

import (
	"math"
	"time"

	"github.com/perses/mcp-server/pkg/unit"
)

// axisLabels are the labels of the ticks of a value axis, and the width that they have.
type axisLabels struct {
	texts []string
	width float64
}

// layout makes room for the labels of the axes around the plot.
func (p *plot) layout(spec timeSeriesSpec, formats []unit.Format) {
	if !spec.showAxis {
		p.room = contentPadding
		p.canvas = p.inset(0, plotTop, 0, plotNoAxis)
		return
	}
	p.room = plotSide
	before, behind := min(plotSide, p.width/40), float64(plotSide) // the UI does not save in small panels
	if spec.axisLabel != "" {
		before = labelWidth
	}
	height := p.height - plotTop - timeMargin - smallSize
	for i, f := range formats {
		p.axes[i].labelEnds(smallSize / height)
		labels := axisLabels{}
		for _, value := range p.axes[i].ticks {
			text := f.Text(value)
			labels.texts = append(labels.texts, text)
			labels.width = max(labels.width, p.axisStyle().measure(text))
		}
		labels.width = min(labels.width, p.width/3)
		p.labels = append(p.labels, labels)
		if i == 0 {
			before += labels.width + valueMargin
		} else {
			behind += labels.width + valueMargin
		}
	}
	p.canvas = p.inset(before, plotTop, behind, p.height-plotTop-height)
}

func (p *plot) axisStyle() textStyle {
	return textStyle{size: smallSize, color: p.colors.text}
}

// drawAxes draws the lines behind the data and the labels around it.
func (p *plot) drawAxes(name string, location *time.Location) {
	next := p.width + valueMargin
	for i, labels := range p.labels { // none when they are hidden
		style, x := p.axisStyle(), next
		if i == 0 {
			style.align, x = right, -valueMargin-labels.width
		} else {
			next += labels.width + valueMargin
		}
		for n, value := range p.axes[i].ticks {
			y := p.height * (1 - p.axes[i].at(value))
			p.at(x, y-smallSize, labels.width+0.5, 2*smallSize).text(labels.texts[n], style)
			if i == 0 {
				p.fillRect(0, math.Round(y), p.width, 1, p.colors.grid)
			}
		}
		if i == 0 && name != "" {
			style := textStyle{size: bodySize, color: p.colors.text}
			p.at(x-labelWidth+4, 0, bodySize, p.height).textUp(name, style)
		}
	}
	p.drawTimes(location)
}

// drawTimes draws the time axis, for which a plot needs no value axes.
func (p *plot) drawTimes(location *time.Location) {
	if location == nil {
		location = time.UTC
	}
	start, end := p.start.In(location), p.end.In(location)
	style := p.axisStyle()
	style.align = center
	widest := 0.0
	for _, at := range []time.Time{start, start.Add(end.Sub(start) / 3)} {
		widest = max(widest, style.measure(timeLabel(at, end.Sub(start))))
	}
	free := math.Inf(-1)
	for _, tick := range timeTicks(start, end, min(int(p.width/(widest+24)), 12)) {
		x := p.left(tick.at)
		p.fillRect(math.Round(x), 0, 1, p.height, alpha(p.colors.grid, 2.0/3))
		width := style.measure(tick.label) + 1
		from := max(-p.room, min(x-width/2, p.width+p.room-width))
		if from < free {
			continue
		}
		free = from + width + smallSize/2
		p.at(from, p.height+timeMargin-smallSize/2, width, 2*smallSize).text(tick.label, style)
	}
	p.fillRect(0, math.Round(p.zero()), p.width, 1, p.colors.axis)
}

// zero returns where the line of the time axis is: at the value 0, as ECharts has it, while the labels stay below the
// plot.
func (p *plot) zero() float64 {
	if len(p.axes) == 0 || p.axes[0].log {
		return p.height
	}
	return max(0, min(p.height*(1-p.axes[0].at(0)), p.height))
}
