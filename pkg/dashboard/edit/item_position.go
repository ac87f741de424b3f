package edit

import (
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// position says where an edit places a panel: in a row, after another panel, or at coordinates of the grid.
type position struct {
	row      row
	hasRow   bool
	keepsRow bool // whether the panel keeps its row, and its coordinates unless others are given
	after    *item
	x, y     *int
	width    int // 0 keeps the width
	height   int
	afterKey string // the key of the panel of after
	repeat   *string
	given    bool
}

// parsePosition reads the fields of an edit that say where a panel goes.
func (e *editor) parsePosition(f fields) (s position, err error) {
	if x, ok := f.integer("x"); ok {
		if s.x = &x; x >= dashboard.Columns {
			return s, fmt.Errorf("x: want 0 to %d, got %d", dashboard.Columns-1, x)
		}
	}
	if y, ok := f.integer("y"); ok {
		s.y = &y
	}
	for name, n := range map[string]*int{"width": &s.width, "height": &s.height} {
		if given, ok := f.integer(name); ok {
			if *n = given; given == 0 {
				return s, fmt.Errorf("%s: want a whole number from 1, got 0", name)
			}
		}
	}
	if s.width > dashboard.Columns {
		return s, fmt.Errorf("width: want 1 to %d columns, got %d", dashboard.Columns, s.width)
	}
	s.given = s.x != nil || s.y != nil || s.width != 0 || s.height != 0
	if f.has("row") {
		if s.row, err = e.findRow(f.str("row")); err != nil {
			return s, err
		}
		s.hasRow, s.given = true, true
	}
	if !f.has("after") {
		return s, nil
	}
	s.given = true
	key, _, err := e.findPanel(f.str("after"))
	if err != nil {
		return s, inField("after", err)
	}
	for _, at := range e.findItems(key) {
		if !s.hasRow || at.row.spec == s.row.spec {
			s.row, s.hasRow, s.after, s.afterKey = at.row, true, at.item, key
			return s, nil
		}
	}
	if s.hasRow {
		return s, fmt.Errorf("after: panel %s is not in %s", key, s.row)
	}
	return s, fmt.Errorf("after: panel %s is not in any row", key)
}

// placedItem is an item with its row.
type placedItem struct {
	row  row
	item *item
}

// findItems returns all items of a panel.
func (e *editor) findItems(key string) []placedItem {
	var found []placedItem
	for _, r := range e.rows() {
		for _, it := range r.items() {
			if it.panel == key && key != "" {
				found = append(found, placedItem{r, it})
			}
		}
	}
	return found
}

// indexOf returns the index of an item in the list of the row. The list may also contain values that are not items.
func (r row) indexOf(it *item) int {
	for i, m := range r.spec.get("items").members() {
		if m.value == it.value {
			return i
		}
	}
	return -1
}

// lastRow returns the last row of the dashboard. It adds a row if there is none.
func (e *editor) lastRow() row {
	if rows := e.rows(); len(rows) > 0 {
		return rows[len(rows)-1]
	}
	e.spec().ensureList("layouts").append(newNode(`{"kind":"Grid","spec":{"items":[]}}`))
	rows := e.rows()
	return rows[len(rows)-1]
}

// placeItem gives an item the position and size that s asks for, and adds it to the row if necessary. It returns the number
// of other items that moved down.
func (e *editor) placeItem(it *item, s position) (moved int, err error) {
	if !s.hasRow && !s.keepsRow {
		s.row = e.lastRow()
	}
	list := s.row.spec.ensureList("items")
	all := s.row.items()
	fresh := true
	for i, have := range all {
		if have.value == it.value {
			all[i], fresh = it, false
		}
		if s.after != nil && have.value == s.after.value {
			s.after = have
		}
	}
	if fresh {
		list.append(it.value)
		all = append(all, it)
	}
	if s.width != 0 {
		it.Width = s.width
	}
	if s.height != 0 {
		it.Height = s.height
	}
	if s.repeat != nil {
		it.repeat(*s.repeat)
	}
	if s.after != nil || fresh && (s.x == nil || s.y == nil) || s.hasRow && s.x == nil && s.y == nil {
		it.autoPlace(all, s.after)
	}
	if s.x != nil {
		it.X = *s.x
	}
	if s.y != nil {
		it.Y = *s.y
	}
	if s.x != nil && it.X+it.Width > dashboard.Columns {
		return 0, fmt.Errorf("x %d and width %d exceed the grid, which has %d columns", it.X, it.Width, dashboard.Columns)
	}
	it.Place = it.InGrid()
	return e.resolveOverlaps(all, it), nil
}
