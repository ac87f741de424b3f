package dashboard

import (
	"cmp"
	"slices"
)

// readingOrder sorts items from the top to the bottom, and in a line from left to right.
func readingOrder(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
}

// InOrder returns the items of the row in the order in which one reads them.
func (r Row) InOrder() []Item {
	items := slices.Clone(r.Items)
	slices.SortStableFunc(items, readingOrder)
	return items
}

// bounded keeps an item in the grid, as react-grid-layout does in the UI: one that reaches over its right edge is moved
// to the left and, if it is too wide, made as wide as the grid. It has at least one column and one line.
func (it Item) bounded() Item {
	it.Width = max(1, min(it.Width, Columns))
	it.Height = max(1, it.Height)
	it.X = max(0, min(it.X, Columns-it.Width))
	it.Y = max(0, it.Y)
	it.PerLine = max(0, it.PerLine)
	return it
}

// compact moves items up as far as nothing is in their way, and those that overlap another below it: that is what
// react-grid-layout makes of them in the UI. They come back in the order in which one reads them.
func compact(items []Item) []Item {
	items = slices.Clone(items)
	slices.SortStableFunc(items, readingOrder)
	var free [Columns]int // the first line of each column that nothing stands in
	for i := range items {
		columns := free[items[i].X : items[i].X+items[i].Width]
		items[i].Y = slices.Max(columns)
		for c := range columns {
			columns[c] = items[i].Y + items[i].Height
		}
	}
	slices.SortStableFunc(items, readingOrder)
	return items
}
