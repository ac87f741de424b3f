package dashboard

import (
	"cmp"
	"slices"
)

// Columns is the number of columns of the grid.
const Columns = 24

// Gap is the distance between two panels in the UI, in pixels (dashboards/src/components/GridLayout).
const Gap = 10

// Place is a position and size in a row, in units of the grid.
type Place struct{ X, Y, Width, Height int }

// ReadingOrder compares places from top to bottom, and then from left to right.
func ReadingOrder(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
}

// inOrder returns the items in reading order.
func inOrder(items []Item) []Item {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b Item) int { return ReadingOrder(a.Place, b.Place) })
	return items
}

// InOrder returns the items of the row in reading order.
func (r Row) InOrder() []Item { return inOrder(r.Items) }

// InGrid fits a place into the grid like react-grid-layout in the UI: a place that extends over the right edge is moved to the
// left, and narrowed if it is wider than the grid. It has at least one column and one line.
func (p Place) InGrid() Place {
	p.Width = max(1, min(p.Width, Columns))
	p.Height = max(1, p.Height)
	p.X = max(0, min(p.X, Columns-p.Width))
	p.Y = max(0, p.Y)
	return p
}

// Overlaps reports whether two places have a cell of the grid in common.
func (p Place) Overlaps(q Place) bool {
	return p.X < q.X+q.Width && q.X < p.X+p.Width && p.Y < q.Y+q.Height && q.Y < p.Y+p.Height
}

// Arrange returns where the UI shows the items of a row with these places, in the same order. Like react-grid-layout, it fits
// them into the grid, moves them up as far as possible, and moves overlapping ones down.
func Arrange(places []Place) []Place {
	arranged := make([]Place, len(places))
	order := make([]int, len(places))
	for i, p := range places {
		arranged[i], order[i] = p.InGrid(), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ReadingOrder(arranged[a], arranged[b]) })
	var free [Columns]int // the first free line of each column
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

// arranged returns the items where the UI shows them, in reading order.
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
