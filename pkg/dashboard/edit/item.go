package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// item is the grid item of a panel: its position and size in a row.
type item struct {
	value *node
	panel string // the panel's key; empty if the item does not refer to a panel
	dashboard.Place
}

// items returns the items of the row, kept within the grid as in Perses' UI.
func (r row) items() []*item {
	if r.spec == nil || !r.spec.get("items").isList() {
		return nil
	}
	var items []*item
	const itemCost = 20 // units
	for _, m := range r.spec.get("items").members() {
		if !r.spec.spend(itemCost) {
			break
		}
		if m.value.isObject() {
			items = append(items, itemOf(m.value))
		}
	}
	return items
}

func itemOf(v *node) *item {
	place := dashboard.Place{X: integerOf(v.get("x")), Y: integerOf(v.get("y")), Width: integerOf(v.get("width")), Height: integerOf(v.get("height"))}
	it := &item{value: v, Place: place.InGrid()}
	if key, ok := strings.CutPrefix(v.get("content", "$ref").str(), dashboard.PanelRef); ok {
		it.panel = key
	}
	return it
}

// newItem returns an item for a panel at the top left corner.
func newItem(key string, width, height int) *item {
	v := newNode(`{"x":0,"y":0,"width":0,"height":0,"content":{"$ref":` + quote(dashboard.PanelRef+key) + `}}`)
	return &item{value: v, panel: key, Place: dashboard.Place{Width: width, Height: height}}
}

// integerOf returns a number without its fraction, limited to ±maxWhole, and 0 for anything else.
func integerOf(v *node) int {
	if v == nil {
		return 0
	}
	if parsed := gjson.Parse(v.raw); parsed.Type == gjson.Number {
		return int(max(-maxWhole, min(parsed.Num, maxWhole)))
	}
	return 0
}

// String returns position and size, as in "12,8 12x8".
func (it *item) String() string { return fmt.Sprintf("%d,%d %dx%d", it.X, it.Y, it.Width, it.Height) }

// write updates the fields in the document that differ from the item.
func (it *item) write() {
	for _, of := range []struct {
		key string
		n   int
	}{{"x", it.X}, {"y", it.Y}, {"width", it.Width}, {"height", it.Height}} {
		if have := it.value.get(of.key); have == nil || integerOf(have) != of.n {
			it.value.put(of.key, newNode(strconv.Itoa(of.n)))
		}
	}
}

// repeat repeats the item for each value of a variable. With "" the item is not repeated.
func (it *item) repeat(variable string) {
	if variable == "" {
		it.value.delete("repeatVariable")
		return
	}
	it.value.ensureObject("repeatVariable").put("value", stringNode(variable))
}

// resolveOverlaps writes the items of a row after placed has got its position. Items that would overlap placed, or an item
// that moved for it, move down; the others stay. It returns the number of items that moved.
func (e *editor) resolveOverlaps(items []*item, placed *item) (moved int) {
	rest := slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == placed })
	slices.SortStableFunc(rest, func(a, b *item) int { return dashboard.ReadingOrder(a.Place, b.Place) })
	var grid dashboard.Grid
	grid.Take(e.budget, placed.Place)
	placed.write()
	// If an item finds no room in some lines, a later item of the same size finds none there either. next is the first line
	// worth trying.
	type size struct{ x, width, height int }
	next := map[size]int{}
	for _, it := range rest {
		const itemCost = 20
		if !e.budget.Spend(itemCost) {
			break
		}
		before, size := it.Y, size{it.X, it.Width, it.Height}
		it.Y = max(it.Y, next[size])
		it.Y = grid.Free(e.budget, it.Place)
		next[size] = it.Y
		grid.Take(e.budget, it.Place)
		if it.Y != before {
			moved++
		}
		it.write()
	}
	return moved
}

// autoPlace chooses a position for the item: to the right of after if there is room, otherwise below it. If after is nil,
// the item goes to the end of the row, on the last line if there is room. It then moves up until another item is above it,
// as in Perses' UI.
func (it *item) autoPlace(items []*item, after *item) {
	it.Place = it.InGrid()
	others := slices.DeleteFunc(slices.Clone(items), func(other *item) bool { return other == it })
	bottom := 0
	last := after
	for _, other := range others {
		bottom = max(bottom, other.Y+other.Height)
		if after == nil && (last == nil || dashboard.ReadingOrder(last.Place, other.Place) < 0) {
			last = other
		}
	}
	if last == nil {
		it.X, it.Y = 0, 0
		return
	}
	it.X, it.Y = last.X+last.Width, last.Y
	switch {
	case it.X+it.Width <= dashboard.Columns && !slices.ContainsFunc(others, func(other *item) bool { return it.Overlaps(other.Place) }):
	case after != nil:
		it.X, it.Y = min(after.X, dashboard.Columns-it.Width), after.Y+after.Height
		return
	default:
		it.X, it.Y = 0, bottom
	}
	top := 0
	for _, other := range others {
		if other.X < it.X+it.Width && it.X < other.X+other.Width && other.Y < it.Y {
			top = max(top, other.Y+other.Height)
		}
	}
	it.Y = min(it.Y, top)
}

// movedDown returns the end of a line that reports how many other panels moved down.
func movedDown(moved int) string {
	if moved == 0 {
		return ""
	}
	return fmt.Sprintf("; %s moved down", count(moved, "other panel"))
}
