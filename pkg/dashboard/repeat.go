package dashboard

import (
	"fmt"
	"maps"
	"slices"

	"github.com/perses/mcp-server/pkg/work"
)

// maxRepeats is how many times a row or a panel is repeated. A variable can have hundreds of values, of which nobody
// looks at all.
const maxRepeats = 20

// maxItems is how many rows, and how many places, a page has at the most with all repeats: rows repeat items that repeat
// panels.
const maxItems = 500

// Expand returns the rows as they stand on the page when the variables have these values: a row or a panel that is to
// be repeated once for each value of its variable, variables in the titles of rows replaced, and items moved to where the
// UI shows them. What it leaves out is named in notes.
//
// A variable that has one value instead of a list repeats nothing (dashboards/src/components/GridLayout/GridLayout.tsx).
// The copies of a panel stand in the width of the item, line by line; that is how later versions of the UI show them,
// while that of Perses 0.54 shows the panel once.
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
			copied.Title, _ = here.Replace(budget, Clip(row.Title, maxShown)) // what is too long for a title remains as it is
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
		notes = append(notes, fmt.Sprintf("the page goes on after %d panels, which are all that are run: choose fewer values for the variables that repeat them, or run panels alone", count))
	}
	return rows, notes
}

// distinct returns the notes that are left when each stands once.
func distinct(notes []string) []string {
	slices.Sort(notes)
	return slices.Compact(notes)
}

// repeats returns for each copy the value of the variable in it; without a variable, or without a list of values for it,
// there is one copy.
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
		*notes = append(*notes, fmt.Sprintf("repeated for the first %d values of %s, not for the other %d: choose fewer values for it", maxRepeats, variable, left))
	}
	return each
}

// expand returns the copies of an item, in the width that it has and as many lines as that takes.
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
