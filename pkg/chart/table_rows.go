package chart

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// tableRow is a row of a table: its cells by the names of their columns. A cell is a number or a text.
type tableRow map[string]any

// tableRows returns the rows of a Table: one for each series, with its labels, its last value and, unless a column draws
// a chart, the time of that (table/src/table-data-utils.ts). Of several queries all columns but the time are numbered.
func tableRows(p Panel) []tableRow {
	columns := p.Option("columnSettings").Array()
	charts := slices.ContainsFunc(columns, func(column gjson.Result) bool { return column.Get("plugin").Exists() })
	var rows []tableRow
	for query, result := range p.Queries {
		number := ""
		if len(p.Queries) > 1 {
			number = fmt.Sprintf(" #%d", query+1)
		}
		for _, s := range result.Series {
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
			rows = transformed(rows, transform.Get("kind").Str, spec)
		}
	}
	return rows
}

// transformed changes rows by one of the transforms of Perses (shared/components/src/utils/transform-data.ts).
func transformed(rows []tableRow, kind string, spec gjson.Result) []tableRow {
	var columns []string
	for _, name := range spec.Get("columns").Array() {
		columns = append(columns, name.Str)
	}
	switch kind {
	case "JoinByColumnValue":
		return joined(rows, columns)
	case "MergeColumns":
		if name := spec.Get("name").Str; name != "" {
			return merged(rows, name, func(column string) bool { return slices.Contains(columns, column) })
		}
	case "MergeIndexedColumns":
		if name := spec.Get("column").Str; name != "" {
			return merged(rows, name, func(column string) bool { return unnumbered(column) == name })
		}
	case "MergeSeries":
		labels := map[string]bool{}
		for _, row := range rows {
			for column := range row {
				labels[unnumbered(column)] = true
			}
		}
		delete(labels, "value")
		for _, label := range slices.Sorted(maps.Keys(labels)) {
			rows = merged(rows, label, func(column string) bool { return unnumbered(column) == label })
		}
		return joined(rows, slices.Collect(maps.Keys(labels)))
	}
	return rows
}

// numbered is the end of the name of a column when there are several queries.
var numbered = regexp.MustCompile(` #\d+$`)

func unnumbered(column string) string { return numbered.ReplaceAllString(column, "") }

// joined makes one row of those that have the same cells in the columns. Where they differ otherwise the last counts.
func joined(rows []tableRow, columns []string) []tableRow {
	if len(columns) == 0 {
		return rows
	}
	slices.Sort(columns)
	byKey := map[string]tableRow{}
	var all []tableRow
	for _, row := range rows {
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

// mostRows is how many rows a transform makes at the most: each can multiply them, and no picture shows as many.
const mostRows = 2000

// merged puts the cells of several columns into one, and makes a row for each of them.
func merged(rows []tableRow, name string, of func(column string) bool) []tableRow {
	var all []tableRow
	for _, row := range rows {
		if len(all) >= mostRows {
			break
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
