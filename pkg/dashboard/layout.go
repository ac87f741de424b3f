package dashboard

import (
	"cmp"
	"slices"
)

// Columns is the width of the grid.
const Columns = 24

// Gap is what the UI leaves between two panels, in pixels (dashboards/src/components/GridLayout).
const Gap = 10

// Place is where something stands in a row, in units of the grid.
type Place struct{ X, Y, Width, Height int }

// readingOrder sorts places from the top to the bottom, and in a line from left to right.
func readingOrder(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
}

// inOrder returns items in the order in which one reads them.
func inOrder(items []Item) []Item {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b Item) int { return readingOrder(a.Place, b.Place) })
	return items
}

// InOrder returns the items of the row in the order in which one reads them.
func (r Row) InOrder() []Item { return inOrder(r.Items) }

// bounded keeps a place in the grid, as react-grid-layout does in the UI: one that reaches over its right edge is moved
// to the left and, if it is too wide, made as wide as the grid. It has at least one column and one line.
func (p Place) bounded() Place {
	p.Width = max(1, min(p.Width, Columns))
	p.Height = max(1, p.Height)
	p.X = max(0, min(p.X, Columns-p.Width))
	p.Y = max(0, p.Y)
	return p
}

// Arrange returns the places where the UI shows what a row has at these, in the same order: within the grid, as far up as
// nothing is in their way, and those that overlap another below it. That is what react-grid-layout makes of them.
func Arrange(places []Place) []Place {
	arranged := make([]Place, len(places))
	order := make([]int, len(places))
	for i, p := range places {
		arranged[i], order[i] = p.bounded(), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return readingOrder(arranged[a], arranged[b]) })
	var free [Columns]int // the first line of each column that nothing stands in
	for _, i := range order {
		p := &arranged[i]
		columns := free[p.X : p.X+p.Width]
		p.Y = slices.Max(columns)
		for c := range columns {
			columns[c] = p.Y + p.Height
		}
	}
	return arranged
}

// arranged returns items where the UI shows them, in the order in which one reads them.
func arranged(items []Item) []Item {
	places := make([]Place, len(items))
	for i, it := range items {
		places[i] = it.Place
	}
	items = slices.Clone(items)
	for i, p := range Arrange(places) {
		items[i].Place = p
	}
	return inOrder(items)
}
