package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// item is the grid item of a panel: its position and size in a row.
type item struct {
	value               *node
	panel               string // the panel's key; empty if the item does not refer to a panel
	x, y, width, height int
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
	it := &item{value: v, x: integerOf(v.get("x")), y: integerOf(v.get("y")), width: integerOf(v.get("width")), height: integerOf(v.get("height"))}
	if key, ok := strings.CutPrefix(v.get("content", "$ref").str(), dashboard.PanelRef); ok {
		it.panel = key
	}
	it.clampToGrid()
	return it
}

// newItem returns an item for a panel at the top left corner.
func newItem(key string, width, height int) *item {
	v := newNode(`{"x":0,"y":0,"width":0,"height":0,"content":{"$ref":` + quote(dashboard.PanelRef+key) + `}}`)
	return &item{value: v, panel: key, width: width, height: height}
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

// clampToGrid keeps the item within the grid as Perses' UI does: it limits the size, then moves the item to the left.
func (it *item) clampToGrid() {
	it.width, it.height = max(1, min(it.width, dashboard.Columns)), max(1, it.height)
	it.x, it.y = max(0, min(it.x, dashboard.Columns-it.width)), max(0, it.y)
}

// String returns position and size, as in "12,8 12x8".
func (it *item) String() string { return fmt.Sprintf("%d,%d %dx%d", it.x, it.y, it.width, it.height) }

// write updates the fields in the document that differ from the item.
func (it *item) write() {
	for _, of := range []struct {
		key string
		n   int
	}{{"x", it.x}, {"y", it.y}, {"width", it.width}, {"height", it.height}} {
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

func (it *item) overlaps(other *item) bool {
	return it.x < other.x+other.width && other.x < it.x+it.width && it.y < other.y+other.height && other.y < it.y+it.height
}

// overlapped returns one of the items that the item overlaps, or nil.
func (it *item) overlapped(items []*item) *item {
	for _, other := range items {
		if other != it && it.overlaps(other) {
			return other
		}
	}
	return nil
}

func readingOrder(a, b *item) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) }

// resolveOverlaps writes the items of a row after placed has got its position. Items that would overlap placed, or an item
// that moved for it, move down; the others stay. It returns the number of items that moved.
func (e *editor) resolveOverlaps(items []*item, placed *item) (moved int) {
	rest := slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == placed })
	slices.SortStableFunc(rest, readingOrder)
	var grid dashboard.Grid
	grid.Take(e.budget, placed.place())
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
		before, size := it.y, size{it.x, it.width, it.height}
		it.y = max(it.y, next[size])
		it.y = grid.Free(e.budget, it.place())
		next[size] = it.y
		grid.Take(e.budget, it.place())
		if it.y != before {
			moved++
		}
		it.write()
	}
	return moved
}

func (it *item) place() dashboard.Place {
	return dashboard.Place{X: it.x, Y: it.y, Width: it.width, Height: it.height}
}

// autoPlace chooses a position for the item: to the right of after if there is room, otherwise below it. If after is nil,
// the item goes to the end of the row, on the last line if there is room. It then moves up until another item is above it,
// as in Perses' UI.
func (it *item) autoPlace(items []*item, after *item) {
	it.clampToGrid()
	others := slices.DeleteFunc(slices.Clone(items), func(other *item) bool { return other == it })
	bottom := 0
	last := after
	for _, other := range others {
		bottom = max(bottom, other.y+other.height)
		if after == nil && (last == nil || readingOrder(last, other) < 0) {
			last = other
		}
	}
	if last == nil {
		it.x, it.y = 0, 0
		return
	}
	it.x, it.y = last.x+last.width, last.y
	switch {
	case it.x+it.width <= dashboard.Columns && it.overlapped(others) == nil:
	case after != nil:
		it.x, it.y = min(after.x, dashboard.Columns-it.width), after.y+after.height
		return
	default:
		it.x, it.y = 0, bottom
	}
	top := 0
	for _, other := range others {
		if other.x < it.x+it.width && it.x < other.x+other.width && other.y < it.y {
			top = max(top, other.y+other.height)
		}
	}
	it.y = min(it.y, top)
}

// movedDown returns the end of a line that reports how many other panels moved down.
func movedDown(moved int) string {
	if moved == 0 {
		return ""
	}
	return fmt.Sprintf("; %s moved down", count(moved, "other panel"))
}
