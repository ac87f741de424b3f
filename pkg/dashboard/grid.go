package dashboard

import (
	"cmp"
	"slices"

	"github.com/perses/mcp-server/pkg/work"
)

// Grid keeps track of the occupied places of a grid. It finds free ones without comparing a place with all others.
type Grid struct {
	columns [Columns][]span // the occupied lines of each column, sorted, with gaps between them
}

// span is a range of lines; to is the line after the last.
type span struct{ from, to int }

// Free returns the first line from p.Y on where p overlaps nothing. p must be within the columns of the grid. If the budget
// ends, the line may not be free.
func (g *Grid) Free(budget *work.Budget, p Place) (y int) {
	y = p.Y
	for again := true; again; {
		again = false
		for _, taken := range g.columns[p.X : p.X+p.Width] {
			const search = 10 // units
			if !budget.Spend(search) {
				return y
			}
			i, _ := slices.BinarySearchFunc(taken, y, func(s span, y int) int { return cmp.Compare(s.to, y+1) })
			if i < len(taken) && taken[i].from < y+p.Height {
				y, again = taken[i].to, true
			}
		}
	}
	return y
}

// Take marks p as occupied. It may overlap other places.
func (g *Grid) Take(budget *work.Budget, p Place) {
	for c := p.X; c < p.X+p.Width; c++ {
		taken, s := g.columns[c], span{p.Y, p.Y + p.Height}
		first, _ := slices.BinarySearchFunc(taken, s.from, func(t span, y int) int { return cmp.Compare(t.to, y) })
		last := first
		for last < len(taken) && taken[last].from <= s.to {
			s.from, s.to = min(s.from, taken[last].from), max(s.to, taken[last].to)
			last++
		}
		const moved = 64 // spans moved per unit
		if !budget.Spend(10 + last - first + (len(taken)-last)/moved) {
			return
		}
		g.columns[c] = slices.Replace(taken, first, last, s)
	}
}
