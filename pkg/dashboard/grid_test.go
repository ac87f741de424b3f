package dashboard_test

import (
	"math/rand/v2"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// TestGrid compares the grid with a linear search, for random places from a fixed seed.
func TestGrid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	budget := work.New(t.Context(), work.Max)
	for range 200 {
		var grid dashboard.Grid
		var taken []dashboard.Place
		free := func(p dashboard.Place) bool {
			for _, q := range taken {
				if p.X < q.X+q.Width && q.X < p.X+p.Width && p.Y < q.Y+q.Height && q.Y < p.Y+p.Height {
					return false
				}
			}
			return true
		}
		for range 30 {
			p := dashboard.Place{X: random.IntN(20), Y: random.IntN(12), Width: 1 + random.IntN(4), Height: 1 + random.IntN(4)}
			want := p
			for !free(want) {
				want.Y++
			}
			if got := grid.Free(budget, p); got != want.Y {
				t.Fatalf("%+v is free at %d, want %d, among %+v", p, got, want.Y, taken)
			}
			if random.IntN(2) == 0 { // half of the places may overlap others
				p = want
			}
			grid.Take(budget, p)
			taken = append(taken, p)
		}
	}
}
