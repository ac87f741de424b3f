package dashboard

import (
	"fmt"
	"maps"
	"slices"

	"github.com/perses/mcp-server/pkg/work"
)

// maxRepeats is the maximum number of copies of a row or panel. A variable may have hundreds of values.
const maxRepeats = 20

// maxItems is the maximum number of rows, and of items, on a page, including repeated ones.
const maxItems = 500

// Expand returns the rows as the page shows them for these values of variables. It repeats rows and panels, replaces variables in
// the titles of rows, and moves items to where the UI shows them. notes describe what it leaves out.
//
// A variable with a single value instead of a list repeats nothing (dashboards/src/components/GridLayout/GridLayout.tsx). The
// copies of a panel share the width of the item, line by line, as in later versions of the UI; Perses 0.54 shows the panel
// once.
func (d Dashboard) Expand(budget *work.Budget, values Values) (rows []Row, notes []string) {
	count, missing := 0, false
	for _, row := range d.Rows {
		if missing {
			break
		}
		for _, with := range repeats(row.Repeat, values, &notes) {
			if missing = missing || len(rows) >= maxItems; missing {
				break
			}
			copied := row
			copied.Repeat = ""
			here := values.With(with)
			copied.Title, _ = here.Replace(budget, Clip(row.Title, maxShown)) // a title that would become too long remains unchanged
			copied.Items = nil
			for _, item := range row.Items {
				if missing = count+len(copied.Items) >= maxItems; missing {
					break
				}
				copied.Items = append(copied.Items, item.expand(here, with, &notes)...)
			}
			count += len(copied.Items)
			copied.Items = arranged(copied.Items)
			rows = append(rows, copied)
		}
	}
	notes = distinct(notes)
	if missing {
		notes = append(notes, fmt.Sprintf("only the first %d panels of the page were run; choose fewer values for the variables that repeat panels, or run single panels", count))
	}
	return rows, notes
}

// distinct sorts the notes and removes duplicates.
func distinct(notes []string) []string {
	slices.Sort(notes)
	return slices.Compact(notes)
}

// repeats returns the value of the variable in each copy. There is one copy if there is no variable or its value is not a list.
func repeats(variable string, values Values, notes *[]string) []Values {
	value := values[variable]
	if variable == "" || !value.IsList || len(value.Values) == 0 {
		return []Values{nil}
	}
	var each []Values
	for _, v := range value.Values[:min(len(value.Values), maxRepeats)] {
		each = append(each, Values{variable: Single(v)})
	}
	if left := len(value.Values) - maxRepeats; left > 0 {
		*notes = append(*notes, fmt.Sprintf("repeated for the first %d values of %s, but not for the other %d; choose fewer values", maxRepeats, variable, left))
	}
	return each
}

// expand returns the copies of an item, in as many lines of its width as they take.
func (it Item) expand(values, with Values, notes *[]string) []Item {
	copies := repeats(it.Repeat, values, notes)
	perLine := len(copies)
	if it.PerLine > 0 {
		perLine = min(perLine, it.PerLine)
	}
	perLine = min(perLine, it.Width)
	var items []Item
	for i, own := range copies {
		column, line := i%perLine, i/perLine
		left, right := column*it.Width/perLine, (column+1)*it.Width/perLine
		copied := it
		copied.Repeat, copied.PerLine = "", 0
		copied.X, copied.Width = it.X+left, right-left
		copied.Y = it.Y + line*it.Height
		copied.Values = maps.Clone(with)
		if own != nil {
			copied.Values = with.With(own)
		}
		items = append(items, copied)
	}
	return items
}
