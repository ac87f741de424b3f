package chart

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/bits"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// tableColumn is a column of a table.
type tableColumn struct {
	name     string // of the cells
	header   string
	align    align
	width    float64 // in pixels; 0 for what it needs
	format   *unit.Format
	settings []cellSetting // of its cells
	common   []cellSetting // of those of all columns, which come behind its own
	sort     string        // asc, desc or empty
}

// tableColumns returns the columns that are shown: first those that the panel names, then the others by their names
// (table/src/components/TablePanel.tsx).
func tableColumns(budget *work.Budget, p Panel, rows []tableRow) []tableColumn {
	common := readCellSettings(budget, p.Option("cellSettings"))
	seen := map[string]bool{}
	var columns []tableColumn
	for _, settings := range p.Option("columnSettings").Array() {
		if !budget.Spend(200 + 10*len(settings.Raw)) {
			break
		}
		name := settings.Get("name").Str
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if settings.Get("hide").Bool() {
			continue
		}
		column := tableColumn{name: name, header: name, width: settings.Get("width").Num, sort: settings.Get("sort").Str}
		if header := settings.Get("header"); header.Type == gjson.String {
			column.header = header.Str
		}
		switch settings.Get("align").Str {
		case "center":
			column.align = center
		case "right":
			column.align = right
		}
		for _, path := range []string{"format", "plugin.spec.format"} {
			if format := settings.Get(path); format.IsObject() {
				column.format = &unit.Format{}
				_ = json.Unmarshal([]byte(format.Raw), column.format) // it fails on nothing
			}
		}
		column.settings, column.common = readCellSettings(budget, settings.Get("cellSettings")), common
		columns = append(columns, column)
	}
	if p.Flag("defaultColumnHidden", false) {
		return columns
	}
	others := map[string]bool{}
	for _, row := range rows {
		if !budget.Spend(10 * len(row)) {
			break
		}
		for name := range row {
			if !seen[name] {
				others[name] = true
			}
		}
	}
	budget.Spend(20 * len(others))
	columns = slices.Grow(columns, len(others))
	for _, name := range slices.Sorted(maps.Keys(others)) {
		columns = append(columns, tableColumn{name: name, header: name, common: common})
	}
	return columns
}

// sortRows sorts by the columns that say so, by the first of them first.
func sortRows(budget *work.Budget, rows []tableRow, columns []tableColumn) {
	for _, column := range slices.Backward(columns) {
		if column.sort == "" || !budget.Spend(20*len(rows)*bits.Len(uint(len(rows)))) {
			continue
		}
		slices.SortStableFunc(rows, func(a, b tableRow) int {
			order := compareCells(a[column.name], b[column.name])
			if column.sort == "desc" {
				order = -order
			}
			return order
		})
	}
}

// compareCells compares numbers as such, and everything else as it is written.
func compareCells(a, b any) int {
	x, isX := a.(float64)
	y, isY := b.(float64)
	if isX && isY {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(plainText(a), plainText(b))
}
