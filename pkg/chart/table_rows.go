package chart

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// tableRow is a row of a table: its cells by the names of their columns. A cell is a number or a text.
type tableRow map[string]any

// tableRows returns the rows of a Table: one for each series, with its labels, its last value and, unless a column draws
// a chart, the time of that (table/src/table-data-utils.ts). Of several queries all columns but the time are numbered.
func tableRows(budget *work.Budget, p Panel) []tableRow {
	columns := p.Option("columnSettings").Array()
	charts := slices.ContainsFunc(columns, func(column gjson.Result) bool { return column.Get("plugin").Exists() })
	var rows []tableRow
	for query, result := range p.Queries {
		number := ""
		if len(p.Queries) > 1 {
			number = fmt.Sprintf(" #%d", query+1)
		}
		for _, s := range result.Series {
			if !budget.Spend(50 + 30*len(s.Labels)) {
				return nil
			}
			row := tableRow{}
			for name, value := range s.Labels {
				row[string(name)+number] = string(value)
			}
			if len(s.Points) > 0 {
				last := s.Points[len(s.Points)-1]
				row["value"+number] = float64(last.Value)
				if !charts {
					row["timestamp"] = float64(last.Timestamp)
				}
			}
			rows = append(rows, row)
		}
	}
	for _, transform := range p.Option("transforms").Array() {
		if spec := transform.Get("spec"); !spec.Get("disabled").Bool() {
			rows = transformed(budget, rows, transform.Get("kind").Str, spec)
		}
	}
	return rows
}

// transformed changes rows by one of the transforms of Perses (shared/components/src/utils/transform-data.ts).
func transformed(budget *work.Budget, rows []tableRow, kind string, spec gjson.Result) []tableRow {
	if !budget.Spend(100 + len(spec.Raw)) {
		return nil
	}
	named := map[string]bool{}
	for _, name := range spec.Get("columns").Array() {
		named[name.Str] = true
	}
	switch kind {
	case "JoinByColumnValue":
		return joined(budget, rows, named)
	case "MergeColumns":
		if name := spec.Get("name").Str; name != "" {
			return merged(budget, rows, name, func(column string) bool { return named[column] })
		}
	case "MergeIndexedColumns":
		if name := spec.Get("column").Str; name != "" {
			return merged(budget, rows, name, func(column string) bool { return unnumbered(column) == name })
		}
	case "MergeSeries":
		labels := map[string]bool{}
		for _, row := range rows {
			if !budget.Spend(20 * len(row)) {
				return nil
			}
			for column := range row {
				labels[unnumbered(column)] = true
			}
		}
		delete(labels, "value")
		for _, label := range slices.Sorted(maps.Keys(labels)) {
			rows = merged(budget, rows, label, func(column string) bool { return unnumbered(column) == label })
		}
		return joined(budget, rows, labels)
	}
	return rows
}

// unnumbered returns the name of a column without the number that it ends in when there are several queries.
func unnumbered(column string) string {
	if at := strings.LastIndex(column, " #"); at >= 0 && at+len(" #") < len(column) && strings.Trim(column[at+len(" #"):], "0123456789") == "" {
		return column[:at]
	}
	return column
}

// joined makes one row of those that have the same cells in the columns. Where they differ otherwise the last counts.
func joined(budget *work.Budget, rows []tableRow, named map[string]bool) []tableRow {
	if len(named) == 0 {
		return rows
	}
	columns := slices.Sorted(maps.Keys(named))
	byKey := map[string]tableRow{}
	var all []tableRow
	for _, row := range rows {
		if !budget.Spend(20*len(columns) + 50*len(row)) {
			return nil
		}
		var key strings.Builder
		for _, column := range columns {
			if cell, ok := row[column]; ok {
				fmt.Fprintf(&key, "%q=%q|", column, fmt.Sprint(cell))
			}
		}
		known, ok := byKey[key.String()]
		if !ok {
			known = tableRow{}
			byKey[key.String()] = known
			all = append(all, known)
		}
		maps.Copy(known, row)
	}
	return all
}

// maxRows is how many rows a transform makes at the most: each can multiply them, and no picture shows as many.
const maxRows = 2000

// merged puts the cells of several columns into one, and makes a row for each of them.
func merged(budget *work.Budget, rows []tableRow, name string, of func(column string) bool) []tableRow {
	var all []tableRow
	for _, row := range rows {
		if len(all) >= maxRows {
			break
		}
		if !budget.Spend(100 * len(row)) {
			return nil
		}
		rest := tableRow{}
		var cells []string
		for _, column := range slices.Sorted(maps.Keys(row)) {
			if of(column) {
				cells = append(cells, column)
			} else {
				rest[column] = row[column]
			}
		}
		for _, column := range cells {
			if !budget.Spend(20 * len(rest)) {
				return nil
			}
			one := maps.Clone(rest)
			one[name] = row[column]
			all = append(all, one)
		}
		if len(cells) == 0 {
			all = append(all, rest)
		}
	}
	return all
}
