package lint

import (
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// occupied is where the items of a grid stand: of each column the spans that are taken, from the top to the bottom, none of
// which touches another.
type occupied struct {
	columns [dashboard.Columns][]span
	// begin is from where on an item of a size is to be looked for a place, for one that begins at or behind from: all up to
	// there is taken, and stays so.
	begin map[size]begin
}

// span is from a line to the one behind the last.
type span struct{ top, bottom int }

type size struct{ x, width, height int }

type begin struct{ from, free int }

// place takes the first free place for an item in its columns, at y or below, and returns its y; ok is false if the budget has
// ended before one was found.
func (o *occupied) place(budget *work.Budget, it item) (y int, ok bool) {
	y = it.y
	key := size{it.x, it.width, it.height}
	known, asked := o.begin[key]
	if asked && known.from <= y && y < known.free {
		y = known.free
	}
	for {
		const perColumn = 8
		if !budget.Spend(perColumn * it.width) {
			return 0, false
		}
		bottom := o.below(it, y)
		if bottom == y {
			break
		}
		y = bottom
	}
	if y != it.y {
		if o.begin == nil {
			o.begin = map[size]begin{}
		}
		if !asked || it.y < known.from || it.y > known.free {
			known.from = it.y
		}
		known.free = y
		o.begin[key] = known
	}
	for x := it.x; x < it.x+it.width; x++ {
		if !o.take(budget, x, span{y, y + it.height}) {
			return 0, false
		}
	}
	return y, true
}

// below returns y if an item finds all its columns free there, or else a line from which on it is to be looked again.
func (o *occupied) below(it item, y int) int {
	bottom := y
	for _, column := range o.columns[it.x : it.x+it.width] {
		i := o.first(column, y)
		if i < len(column) && column[i].top < y+it.height {
			bottom = max(bottom, column[i].bottom)
		}
	}
	return bottom
}

// first returns the index of the first span that ends below a line.
func (o *occupied) first(column []span, y int) int {
	i, _ := slices.BinarySearchFunc(column, y+1, func(s span, y int) int { return s.bottom - y })
	return i
}

// take adds a span to a column in which it is free.
func (o *occupied) take(budget *work.Budget, x int, s span) bool {
	column := o.columns[x]
	i := o.first(column, s.top)
	const perUnit = 6 // spans that are moved
	if !budget.Spend(1 + (len(column)-i)/perUnit) {
		return false
	}
	above, under := i > 0 && column[i-1].bottom == s.top, i < len(column) && column[i].top == s.bottom
	switch {
	case above && under:
		column[i-1].bottom = column[i].bottom
		column = slices.Delete(column, i, i+1)
	case above:
		column[i-1].bottom = s.bottom
	case under:
		column[i].top = s.top
	default:
		column = slices.Insert(column, i, s)
	}
	o.columns[x] = column
	return true
}
