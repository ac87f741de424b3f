package chart

import (
	"fmt"
	"image/color"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// legendItem is a series, or another part of a chart, as the legend names it.
type legendItem struct {
	name   string
	color  color.NRGBA
	values []string // one for each column of a table
}

// The measures of legends, in pixels: components/src/ContentWithLegend, Legend and Table of perses/shared. Where the
// UI can be scrolled and a picture can not, rows are lower here, and a legend at the right is as narrow as its names.
const (
	legendRow   = 26 // of a table, and of a list at the right
	listRow     = 20 // of a list below a chart
	listWidth   = 200
	listLow     = 40  // the height of a list below a chart
	listHigh    = 100 // the same in a panel of 300 pixels and more
	valueColumn = 72  // the least width of the values of a table
	valueWidest = 140 // the most
	badgeWidth  = 16
	badgeHeight = 4
	badgeMargin = 4
	legendGap   = 12  // behind each item of a list
	minNames    = 110 // the most that the values of a table and the chart take from the names
	minContent  = 100 // what a legend leaves to the chart, or it is not shown
)

// withLegend draws a legend at the side of the canvas that it is for, and returns what remains for the chart: all of
// the canvas when there would be too little. Columns are the heads of the values of a table.
func (c canvas) withLegend(l dashboard.Legend, items []legendItem, columns []string) canvas {
	if len(items) == 0 {
		return c
	}
	var place, rest canvas
	if l.Right {
		width := c.legendWidth(l, items, len(columns))
		place, rest = c.at(c.width-width, 0, width, c.height), c.at(0, 0, c.width-width, c.height)
	} else {
		height := c.legendHeight(l, items)
		place, rest = c.at(0, c.height-height, c.width, height), c.at(0, 0, c.width, c.height-height)
	}
	if rest.width < minContent || rest.height < minContent/2 {
		return c
	}
	switch {
	case l.Table:
		place.legendTable(items, columns)
	case l.Right:
		place.legendColumn(items)
	default:
		place.legendRows(items)
	}
	return rest
}

// legendWidth returns the width of a legend beside a chart. It is as wide as its names need, up to what they have in the
// UI, and leaves half of the canvas to the chart if that leaves it names that can be told apart.
func (c canvas) legendWidth(l dashboard.Legend, items []legendItem, columns int) float64 {
	most := float64(listWidth)
	switch {
	case l.Table && l.Small:
		most = 150
	case l.Table:
		most = 250
	}
	values := 0.0
	if l.Table {
		values = c.valueWidth(items) * float64(columns)
	}
	most = min(most, max(c.width/2-values, minNames))
	names := 0.0
	if !l.Table && len(items) > int(c.height/legendRow) {
		names = c.legendStyle().measure(more(len(items))) + badgeMargin
	}
	for _, item := range items {
		if names = max(names, c.itemWidth(item)); names >= most {
			names = most
			break
		}
	}
	return names + values
}

// valueWidth returns the width of a column of values.
func (c canvas) valueWidth(items []legendItem) float64 {
	width := float64(valueColumn)
	for _, item := range items {
		for _, value := range item.values {
			if width >= valueWidest {
				return valueWidest
			}
			width = max(width, c.measured(value, c.legendStyle())+2*badgeMargin)
		}
	}
	return min(width, valueWidest)
}

// legendHeight returns the height of a legend below a chart.
func (c canvas) legendHeight(l dashboard.Legend, items []legendItem) float64 {
	if l.Table {
		rows := 6
		if l.Small {
			rows = 4
		}
		return legendRow * float64(min(rows, len(items)+1))
	}
	most := listLow
	if c.height >= 300 {
		most = listHigh
	}
	return listRow * float64(len(c.flow(items, most/listRow)))
}

func (c canvas) legendStyle() textStyle {
	return textStyle{size: smallSize, color: c.colors.text}
}

// badge draws the colour of an item in the middle of a row at its left, and returns the rest of the row.
func (c canvas) badge(fill color.NRGBA) canvas {
	c.fillRect(badgeMargin, c.height/2-badgeHeight/2, badgeWidth, badgeHeight, fill)
	return c.inset(badgeWidth+2*badgeMargin, 0, 0, 0)
}

// flow breaks items into rows, as words are broken into lines. What does not fit into so many rows is left out, and
// the last row then has room for saying so.
func (c canvas) flow(items []legendItem, most int) [][]legendItem {
	var rows [][]legendItem
	used := 0.0
	for i, item := range items {
		width := c.itemWidth(item)
		if len(rows) == 0 || used+width > c.width {
			if len(rows) == max(most, 1) {
				return rows
			}
			rows, used = append(rows, nil), 0
		}
		last := len(rows) - 1
		if reserve := c.legendStyle().measure(more(len(items))); last == max(most, 1)-1 && i < len(items)-1 &&
			used+width+reserve > c.width && used+width+c.itemWidth(items[i+1]) > c.width {
			return rows // the item would take the place of the note on those that are left out
		}
		rows[last] = append(rows[last], item)
		used += width
	}
	return rows
}

// itemWidth is what an item of a list takes of a row: at most all of it.
func (c canvas) itemWidth(item legendItem) float64 {
	return min(badgeWidth+2*badgeMargin+c.measured(item.name, c.legendStyle())+legendGap, c.width)
}

// legendRows draws items one after the other.
func (c canvas) legendRows(items []legendItem) {
	rows := c.flow(items, int(c.height)/listRow)
	shown := 0
	for i, row := range rows {
		x := 0.0
		for _, item := range row {
			width := c.itemWidth(item)
			c.at(x, float64(i)*listRow, width-legendGap, listRow).badge(item.color).text(item.name, c.legendStyle())
			x += width
			shown++
		}
		if i == len(rows)-1 && shown < len(items) {
			c.at(x, float64(i)*listRow, c.width-x, listRow).rest(len(items) - shown)
		}
	}
}

// legendColumn draws items below each other.
func (c canvas) legendColumn(items []legendItem) {
	rows := int(c.height / legendRow)
	shown := items
	if len(items) > rows {
		shown = items[:max(rows-1, 0)]
	}
	for i, item := range shown {
		c.at(0, float64(i)*legendRow, c.width, legendRow).badge(item.color).text(item.name, c.legendStyle())
	}
	if len(shown) < len(items) {
		c.at(badgeMargin, float64(len(shown))*legendRow, c.width-badgeMargin, legendRow).rest(len(items) - len(shown))
	}
}

// legendTable draws items with their values, below a head.
func (c canvas) legendTable(items []legendItem, columns []string) {
	const square = 12
	column := c.valueWidth(items)
	if most := max(c.width*2/3, c.width-minNames); column*float64(len(columns)) > most {
		column = most / float64(len(columns))
	}
	name := c.width - column*float64(len(columns))
	cells := func(row canvas, first string, values []string, style textStyle) {
		row.at(square+2*badgeMargin, 0, name-square-3*badgeMargin, legendRow).text(first, style)
		style.align = right
		for i, value := range values {
			row.at(name+float64(i)*column+badgeMargin, 0, column-2*badgeMargin, legendRow).text(value, style)
		}
	}
	head := c.legendStyle()
	head.color = c.colors.secondary
	cells(c.at(0, 0, c.width, legendRow), "Name", columns, head)
	c.fillRect(0, legendRow-1, c.width, 1, c.colors.divider)
	rows := int(c.height)/legendRow - 1
	shown := items
	if len(items) > rows {
		shown = items[:max(rows-1, 0)]
	}
	for i, item := range shown {
		row := c.at(0, float64(i+1)*legendRow, c.width, legendRow)
		row.at(badgeMargin/2, (legendRow-square)/2, square, square).roundRect(2, item.color)
		cells(row, item.name, item.values, c.legendStyle())
	}
	if len(shown) < len(items) {
		c.at(square+2*badgeMargin, float64(len(shown)+1)*legendRow, c.width, legendRow).rest(len(items) - len(shown))
	}
}

// rest says how many items are left out.
func (c canvas) rest(count int) {
	c.text(more(count), textStyle{size: smallSize, color: c.colors.secondary})
}

// restFrom says how many items are left out, in a row from a place on, or from further left where it has no room for that.
func (c canvas) restFrom(x, y, height float64, count int) {
	width := c.legendStyle().measure(more(count)) + 1
	x = max(0, min(x, c.width-width))
	c.at(x, y, c.width-x, height).rest(count)
}

// more says that there are others than those shown.
func more(count int) string {
	return fmt.Sprintf("… and %d more", count)
}
