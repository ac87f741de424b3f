package chart

import (
	"image/color"
	"math"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// What is set of a pie, as parts and pixels: piechart/src/PieChartBase.tsx.
const (
	pieRadius = 0.9 // of half the room
	pieGap    = 2   // between two slices
)

// drawPie draws a PieChart: for each series its part of the sum, the greatest first from the top to the right.
func drawPie(c canvas, p Panel, _ Options) {
	all := p.readings(c.budget)
	if len(all) == 0 {
		c.noData()
		return
	}
	sortReadings(all, p.Choice("sort", "desc") == "asc")
	percent := unit.Format{Unit: "percent", DecimalPlaces: p.Format().DecimalPlaces}
	parts := slices.Clone(all)
	sum := 0.0
	for i, r := range parts {
		if !(r.value > 0) || math.IsInf(r.value, 0) { // what has no slice
			parts[i].value = 0
		}
		sum += parts[i].value
	}
	for i := range parts {
		parts[i].value /= max(sum, math.SmallestNonzeroFloat64)
		parts[i].text = percent.Text(100 * parts[i].value)
	}
	items, columns := pieLegend(c.budget, p, all, parts)
	if len(items) < len(all) { // the budget is spent
		return
	}
	labelled := p.Flag("showLabels", false)
	legend, shown := p.Legend()
	if !shown && !labelled { // a picture has no tooltip to say which slice is which
		legend, shown = dashboard.Legend{Right: c.width > 1.2*c.height}, true
	}
	if shown {
		c = c.withLegend(legend, items, columns)
	}
	labels := parts
	if p.Choice("mode", "value") != "percentage" {
		labels = all
	}
	c.slices(parts, items)
	if labelled {
		c.sliceLabels(parts, labels, items)
	}
}

// slices draws the parts as slices of a disc.
func (c canvas) slices(parts []reading, items []legendItem) {
	x, y, radius := c.width/2, c.height/2, min(c.width, c.height)/2*pieRadius
	angle := -math.Pi / 2
	edges := []float64{}
	for i, part := range parts {
		sweep := 2 * math.Pi * part.value
		c.ring(x, y, 0, radius, angle, sweep, items[i].color)
		if part.value > 0 {
			edges = append(edges, angle)
		}
		angle += sweep
	}
	if len(edges) == 0 {
		c.ring(x, y, radius-2, radius, 0, 2*math.Pi, c.colors.track)
	}
	if len(edges) < 2 {
		return
	}
	gap := min(pieGap, 20/float64(len(edges))) // which else would leave nothing of thin slices
	for _, edge := range edges {
		c.line([]point{{x, y}, {x + radius*math.Cos(edge), y + radius*math.Sin(edge)}}, stroke{c.colors.background, gap, nil})
	}
}

// sliceLabels writes the names and values into the slices that have room for them.
func (c canvas) sliceLabels(parts, labels []reading, items []legendItem) {
	x, y, radius := c.width/2, c.height/2, min(c.width, c.height)/2*pieRadius
	angle := -math.Pi / 2
	for i, part := range parts {
		sweep := 2 * math.Pi * part.value
		middle := angle + sweep/2
		angle += sweep
		style := textStyle{size: bodySize, color: contrasting(items[i].color), bold: true, align: center}
		line := style.lineHeight()
		if radius*0.6*min(sweep, math.Pi/2) < 2*line {
			continue
		}
		const width = 0.72 // of the radius
		place := c.at(x+0.6*radius*math.Cos(middle)-width/2*radius, y+0.6*radius*math.Sin(middle)-line, width*radius, line)
		place.text(part.Name, style)
		place.at(0, line, place.width, line).text(labels[i].text, style)
	}
}

// pieLegend returns the items of the legend, with the values that the panel wants: in the columns of a table, otherwise
// behind the names.
func pieLegend(budget *work.Budget, p Panel, all, parts []reading) (items []legendItem, columns []string) {
	legend, _ := p.Legend()
	absolute, relative := slices.Contains(legend.Values, series.Calculation("abs")), slices.Contains(legend.Values, series.Calculation("relative"))
	if absolute {
		columns = append(columns, "Absolute")
	}
	if relative {
		columns = append(columns, "Relative")
	}
	own := p.Option("colorPalette").Array()
	for i, r := range all {
		if !budget.Spend(100 + len(r.Name)/2) {
			break
		}
		item := legendItem{name: r.Name, color: nameColor(r.Name)}
		if len(own) > 0 {
			item.color = darker(colorOr(own[i%len(own)].Str, item.color), 1-0.2*float64(i/len(own)))
		}
		if absolute {
			item.values = append(item.values, r.text)
		}
		if relative {
			item.values = append(item.values, parts[i].text)
		}
		switch {
		case legend.Table:
		case absolute && relative:
			item.name += ": " + r.text + " (" + parts[i].text + ")"
		case absolute || relative:
			item.name += ": " + item.values[0]
		}
		items = append(items, item)
	}
	return items, columns
}

// darker returns a colour with only a part of its light, as pies take it when their colours have run out.
func darker(c color.NRGBA, part float64) color.NRGBA {
	part = max(0, min(part, 1))
	return color.NRGBA{uint8(float64(c.R) * part), uint8(float64(c.G) * part), uint8(float64(c.B) * part), c.A}
}
