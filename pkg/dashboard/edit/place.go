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

// item is the place of a panel in a row.
type item struct {
	value               *value
	panel               string // its key; empty if the reference is none to a panel
	x, y, width, height int
}

// items returns the items of the row, as the UI shows them: within the grid.
func (r row) items() []*item {
	if r.spec == nil || !r.spec.at("items").isList() {
		return nil
	}
	var items []*item
	const ofItem = 20 // units
	for _, m := range r.spec.at("items").all() {
		if !r.spec.spend(ofItem) {
			break
		}
		if m.value.isObject() {
			items = append(items, itemOf(m.value))
		}
	}
	return items
}

func itemOf(v *value) *item {
	it := &item{value: v, x: wholeOf(v.at("x")), y: wholeOf(v.at("y")), width: wholeOf(v.at("width")), height: wholeOf(v.at("height"))}
	if key, ok := strings.CutPrefix(v.at("content", "$ref").text(), dashboard.PanelRef); ok {
		it.panel = key
	}
	it.bound()
	return it
}

// newItem makes an item for a panel.
func newItem(key string, width, height int) *item {
	v := newValue(`{"x":0,"y":0,"width":0,"height":0,"content":{"$ref":` + quote(dashboard.PanelRef+key) + `}}`)
	return &item{value: v, panel: key, width: width, height: height}
}

// wholeOf returns a number without its fraction, within bounds in which it can be added up; 0 of anything else.
func wholeOf(v *value) int {
	if v == nil {
		return 0
	}
	if parsed := gjson.Parse(v.raw); parsed.Type == gjson.Number {
		return int(max(-maxWhole, min(parsed.Num, maxWhole)))
	}
	return 0
}

// bound keeps an item within the grid as the UI does: moved to the left, then made narrower.
func (it *item) bound() {
	it.width, it.height = max(1, min(it.width, dashboard.Columns)), max(1, it.height)
	it.x, it.y = max(0, min(it.x, dashboard.Columns-it.width)), max(0, it.y)
}

// String says where the item stands, and how large it is: 12,8 12x8.
func (it *item) String() string { return fmt.Sprintf("%d,%d %dx%d", it.x, it.y, it.width, it.height) }

// write puts into the document what is another there.
func (it *item) write() {
	for _, of := range []struct {
		key string
		n   int
	}{{"x", it.x}, {"y", it.y}, {"width", it.width}, {"height", it.height}} {
		if have := it.value.at(of.key); have == nil || wholeOf(have) != of.n {
			it.value.put(of.key, newValue(strconv.Itoa(of.n)))
		}
	}
}

// repeat has the item stand once for each value of a variable, or with "" only once.
func (it *item) repeat(variable string) {
	if variable == "" {
		it.value.drop("repeatVariable")
		return
	}
	it.value.within("repeatVariable").put("value", textValue(variable))
}

func (it *item) overlaps(other *item) bool {
	return it.x < other.x+other.width && other.x < it.x+it.width && it.y < other.y+other.height && other.y < it.y+it.height
}

// inTheWay returns one of the items that an item overlaps, nil if it overlaps none.
func (it *item) inTheWay(items []*item) *item {
	for _, other := range items {
		if other != it && it.overlaps(other) {
			return other
		}
	}
	return nil
}

func readingOrder(a, b *item) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) }

// settle writes a row in which an item has got its place, and leaves no overlap: what is in its way moves down, and what is
// in the way of that. The others stay where they are. It returns how many have moved.
func (e *editor) settle(items []*item, placed *item) (moved int) {
	rest := slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == placed })
	slices.SortStableFunc(rest, readingOrder)
	var grid dashboard.Grid
	grid.Take(e.budget, placed.place())
	placed.write()
	// A size for which there is no room in some lines has none there later either, so they are not looked at again.
	type size struct{ x, width, height int }
	first := map[size]int{}
	for _, it := range rest {
		const ofItem = 20
		if !e.budget.Spend(ofItem) {
			break
		}
		before, of := it.y, size{it.x, it.width, it.height}
		it.y = max(it.y, first[of])
		it.y = grid.Free(e.budget, it.place())
		first[of] = it.y
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

// arrange puts an item beside another if there is room, otherwise below it; without another at the end of the row, on its
// last line if there is room. Where nothing is in its way above, it moves up there, as the UI would have it.
func (it *item) arrange(items []*item, after *item) {
	it.bound()
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
	case it.x+it.width <= dashboard.Columns && it.inTheWay(others) == nil:
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

// down is the end of a line that says how many others had to move.
func down(moved int) string {
	if moved == 0 {
		return ""
	}
	return fmt.Sprintf("; %s moved down", counted(moved, "other panel"))
}
