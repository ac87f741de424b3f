package chart

import (
	"image/color"
)

// How a stat is laid out, in pixels and parts of what there is: statchart/src/StatChartBase.tsx and StatChartPanel.tsx.
const (
	statLeastWidth  = 80 // of one series among several; 100 in the UI, which scrolls
	statLowest      = 48 // of one row among several, which the UI never has
	statGap         = 2
	statPadding     = 12
	statLine        = 1.2   // the height of a line, as a part of the size of the text
	statNamePart    = 0.125 // of the height is for the name of the series
	statLargestName = 30
)

// drawStat draws a StatChart: the number of each series, as large as there is room for, in the colour of its
// threshold.
func drawStat(c canvas, p Panel, _ Options) {
	all := p.readings(c.budget)
	if len(all) == 0 {
		c.noData()
		return
	}
	named := len(all) > 1
	switch p.Choice("legendMode", "auto") {
	case "on":
		named = true
	case "off":
		named = false
	}
	thresholds, mappings := p.Thresholds(), p.Mappings(c.budget)
	spec := readStatSpec(p)
	for i, cell := range c.cells(len(all), statLeastWidth, statLowest, statGap) {
		c.spend(len(thresholds.Steps) / 2)
		fill := c.colors.stepColor(thresholds, thresholds.At(all[i].value))
		if _, mapped := mappings.Apply(c.budget, all[i].value); mapped != "" {
			fill = colorOr(mapped, fill)
		}
		cell.stat(spec, all[i], fill, named)
	}
}

// statSpec is what the spec of a StatChart says of the look of each series.
type statSpec struct {
	colorMode string
	fontSize  float64 // 0 for as large as there is room for
	sparkline bool
	lineWidth float64
}

func readStatSpec(p Panel) statSpec {
	spec := statSpec{colorMode: p.Choice("colorMode", "value"), sparkline: p.Option("sparkline").IsObject(), lineWidth: 2}
	if size, ok := p.Number("valueFontSize"); ok && size > 0 {
		spec.fontSize = size
	}
	if width, ok := p.Number("sparkline.width"); ok {
		spec.lineWidth = max(0, min(width, statPadding))
	}
	return spec
}

// stat draws one series.
func (c canvas) stat(spec statSpec, r reading, fill color.NRGBA, named bool) {
	value, name, line := fill, c.colors.secondary, fill
	switch spec.colorMode {
	case "background_solid":
		c.fill(fill)
		value, name, line = contrasting(fill), contrasting(fill), rgb(0xFFFFFF)
	case "none":
		value = contrasting(c.colors.background)
	}
	padding := min(statPadding, c.width/8, c.height/8)
	sparkline := spec.sparkline

	nameStyle := textStyle{size: min(c.height*statNamePart/statLine, statLargestName), color: name, align: center}
	nameHeight := 0.0
	if named {
		nameStyle.size = max(min(nameStyle.size, c.sizeFor(r.Name, nameStyle, c.width)), smallSize-2)
		nameHeight = nameStyle.size*statLine + padding
	}
	style := textStyle{color: value, bold: true, align: center}
	width, height := (c.width-2*padding)*0.5, (c.height-nameHeight)*0.9
	if sparkline {
		width, height = c.width-2*padding, (c.height-nameHeight)*0.25
		style.align, nameStyle.align = left, left
	}
	style.size = min(height/statLine, c.sizeFor(r.text, style, width))
	if spec.fontSize > 0 {
		style.size = min(spec.fontSize, c.sizeFor(r.text, style, c.width-2*padding)) // the UI lets it run over the edge
	}
	style.size = max(style.size, min(smallSize, c.height))
	nameStyle.size = min(nameStyle.size, max(style.size*0.7, smallSize-2))

	top, lineHeight := 0.0, style.size*statLine
	if !sparkline {
		top = max((c.height-nameHeight-lineHeight)/2, 0)
	}
	if named {
		c.at(padding, top, c.width-2*padding, nameHeight).text(r.Name, nameStyle)
		top += nameHeight
	} else if sparkline {
		top = padding
	}
	c.at(padding, top, c.width-2*padding, lineHeight).text(r.text, style)
	if sparkline {
		top += lineHeight
		c.at(0, top, c.width, c.height-top).sparkline(r, stroke{color: line, width: spec.lineWidth})
	}
}

// sizeFor returns the size at which a text takes a width in the style.
func (c canvas) sizeFor(text string, s textStyle, width float64) float64 {
	s.size = 100
	if at100 := c.measured(text, s); at100 > 0 {
		return width / at100 * 100
	}
	return width
}

// sparkline draws the course of a series over the whole canvas, below a free third, with the area below the line.
func (c canvas) sparkline(r reading, s stroke) {
	points := r.Points
	c = c.inset(0, c.height*0.35, 0, 0)
	if len(points) < 2 || c.height < 4 || !c.spend(4*len(points)) {
		return
	}
	var values extent
	for _, at := range points {
		values.add(float64(at.Value))
	}
	low := values.min
	if low >= 0 && low <= 1 { // so that ratios and flags stand upon zero
		low = 0
	}
	span := values.max/2 - low/2 // half of it, since all of it may be infinite
	start, end := points[0].Timestamp, points[len(points)-1].Timestamp
	inner := c.clipped()
	for _, segment := range segments(r.Series, r.query.Step, start.Time(), end.Time(), false) {
		line := make([]point, 0, len(segment)+2)
		for _, at := range segment {
			x := c.width * float64(at.at-start) / float64(max(end-start, 1))
			y := c.height / 2
			if span > 0 {
				y = (c.height - s.width) * (1 - (at.value/2-low/2)/span) // infinite values leave the canvas
			}
			line = append(line, point{x, max(min(y+s.width/2, c.height+s.width), -s.width)})
		}
		line = thin(line)
		if len(line) == 1 { // which as a line would not be seen
			inner.circle(line[0].x, line[0].y, s.width, s.color)
			continue
		}
		inner.line(line, s)
		floor := append(line, point{line[len(line)-1].x, c.height}, point{line[0].x, c.height})
		inner.area(floor, alpha(s.color, 0.4))
	}
}
