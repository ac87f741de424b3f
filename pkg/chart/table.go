package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The measures of tables, in pixels, by their density: getTableCellLayout in components/src/Table/model of
// perses/shared.
type tableLayout struct {
	row, size, padding float64
}

var tableLayouts = map[string]tableLayout{
	"compact":     {26, smallSize, 4},
	"standard":    {36, bodySize, 10},
	"comfortable": {52, bodySize, 12},
}

// minColumn is the least width of a column.
const minColumn = 56

// grid is a table that is ready to be drawn.
type grid struct {
	tableLayout
	columns []tableColumn // without a header if none has one
	rows    [][]tableCell
	// How many more there are.
	hidden, hiddenColumns int
}

// drawTable draws a Table: a row for each series.
func drawTable(c canvas, p Panel, o Options) {
	rows := tableRows(c.budget, p)
	columns := tableColumns(c.budget, p, rows)
	for _, column := range columns {
		if column.format != nil { // of dates
			column.format.Location, column.format.Now = o.Location, p.End
		}
	}
	if len(rows) == 0 || len(columns) == 0 {
		c.noData()
		return
	}
	sortRows(c.budget, rows, columns)
	layout := tableLayouts["standard"]
	if own, ok := tableLayouts[p.Choice("density", "")]; ok {
		layout = own
	}
	if c.height < 4*layout.row {
		layout = tableLayouts["compact"]
	}
	g := grid{tableLayout: layout}
	g.columns = essential(columns, int(c.width/minColumn))
	g.hiddenColumns = len(columns) - len(g.columns)
	if c.height < 2*g.row+smallSize*capHeight { // a row, and how many there are more, say more than a head
		for i := range g.columns {
			g.columns[i].header = ""
		}
	}
	for _, row := range rows[:min(len(rows), g.most(c, len(rows)))] {
		var cells []tableCell
		for _, column := range g.columns {
			cells = append(cells, cellOf(c.budget, row[column.name], column, c.colors.text))
		}
		g.rows = append(g.rows, cells)
	}
	g.hidden = len(rows) - len(g.rows)
	c.table(g)
}

// essential returns the columns that are to be shown if there is room for so many only: the values remain, and the time
// goes first.
func essential(columns []tableColumn, most int) []tableColumn {
	left := len(columns) - max(most, 1) // to be left out
	out := make([]bool, len(columns))
	leave := func(which func(column tableColumn) bool) {
		for i := len(columns) - 1; i >= 0 && left > 0; i-- {
			if !out[i] && which(columns[i]) {
				out[i] = true
				left--
			}
		}
	}
	leave(func(column tableColumn) bool { return column.name == "timestamp" })
	leave(func(column tableColumn) bool { return unnumbered(column.name) != "value" })
	leave(func(tableColumn) bool { return true })
	var kept []tableColumn
	for i, column := range columns {
		if !out[i] {
			kept = append(kept, column)
		}
	}
	return kept
}

// headed tells whether the table has a head.
func (g grid) headed() bool {
	return slices.ContainsFunc(g.columns, func(column tableColumn) bool { return column.header != "" })
}

// most returns how many rows the canvas has room for, less one if they are not all.
func (g grid) most(c canvas, rows int) int {
	most := int(c.height / g.row)
	if g.headed() {
		most--
	}
	if rows > most {
		most--
	}
	return max(most, 1)
}

// table draws a table from the top left on. What has no room at the right and below is named and left out.
func (c canvas) table(g grid) {
	widths := g.widths(c)
	style := textStyle{size: g.size, color: c.colors.text}
	note := textStyle{size: smallSize, color: c.colors.secondary}
	y := 0.0
	line := func(cells []tableCell) {
		x := 0.0
		for i, width := range widths {
			cell := cells[i]
			place := c.at(x, y, width, g.row-1)
			if cell.background.A > 0 {
				place.fill(cell.background)
			}
			how := style
			how.color, how.align = cell.color, g.columns[i].align
			place.inset(g.padding, 0, g.padding, 0).text(cell.text, how)
			x += width
		}
		y += g.row
		c.fillRect(0, y-1, c.width, 1, c.colors.divider)
	}
	if g.headed() {
		var head []tableCell
		for _, column := range g.columns {
			head = append(head, tableCell{text: column.header, color: c.colors.secondary})
		}
		style.bold = true
		line(head)
		style.bold = false
	}
	for _, row := range g.rows {
		line(row)
	}
	var left []string
	if g.hidden > 0 {
		left = append(left, counting(g.hidden, "row"))
	}
	if columns := g.hiddenColumns + len(g.columns) - len(widths); columns > 0 {
		left = append(left, counting(columns, "column"))
	}
	if left == nil {
		return
	}
	c.at(g.padding, y, c.width-2*g.padding, min(g.row, c.height-y)).text("… and "+strings.Join(left, ", ")+" more", note)
}

// widths shares the width among the columns: what they need if there is room for that, and otherwise as much as they
// need up to a bound. Columns that would then be too narrow are left out, from the right.
func (g grid) widths(c canvas) []float64 {
	width := c.width
	needs := make([]float64, len(g.columns))
	for i, column := range g.columns {
		style := textStyle{size: g.size, bold: true}
		needs[i] = c.measured(column.header, style)
		style.bold = false
		for _, row := range g.rows {
			needs[i] = max(needs[i], c.measured(row[i].text, style))
		}
		needs[i] += 2*g.padding + 1
		if column.width > 0 {
			needs[i] = column.width
		}
	}
	for len(needs) > 1 && width/float64(len(needs)) < minColumn {
		needs = needs[:len(needs)-1]
	}
	sum := 0.0
	for _, need := range needs {
		sum += need
	}
	if sum <= width {
		for i := range needs {
			needs[i] += (width - sum) / float64(len(needs))
		}
		return needs
	}
	bound, rest := 0.0, width
	for i, need := range slices.Sorted(slices.Values(needs)) {
		bound = rest / float64(len(needs)-i)
		if need > bound {
			break
		}
		rest -= need
	}
	for i := range needs {
		needs[i] = math.Min(needs[i], bound)
	}
	return needs
}

// counting says how many there are of something.
func counting(count int, of string) string {
	if count == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", count, of)
}
