package edit

import (
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// spot is where an edit wants a panel: in a row, after another panel, or at a place of the grid.
type spot struct {
	row         row
	hasRow      bool
	stays       bool // in its row, and where nothing else is said at its place
	after       *item
	x, y        *int
	width       int // 0 to leave it
	height      int
	afterPanel  string // the key
	repeat      *string
	hasAnything bool
}

// spotOf reads the fields of an edit that say where a panel is to stand.
func (e *editor) spotOf(f fields) (s spot, err error) {
	if s.x, s.y, err = f.point(); err != nil {
		return s, err
	}
	for name, n := range map[string]*int{"width": &s.width, "height": &s.height} {
		if given, ok := f.whole(name); ok {
			if *n = given; given == 0 {
				return s, fmt.Errorf("%s: want a number from 1, got 0", name)
			}
		}
	}
	if s.width > dashboard.Columns {
		return s, fmt.Errorf("width: want 1 to %d columns, got %d", dashboard.Columns, s.width)
	}
	s.hasAnything = s.x != nil || s.y != nil || s.width != 0 || s.height != 0
	if f.has("row") {
		if s.row, err = e.row(f.text("row")); err != nil {
			return s, err
		}
		s.hasRow, s.hasAnything = true, true
	}
	if !f.has("after") {
		return s, nil
	}
	s.hasAnything = true
	key, _, err := e.panel(f.text("after"))
	if err != nil {
		return s, fmt.Errorf("after: %w", err)
	}
	for _, at := range e.itemsOf(key) {
		if !s.hasRow || at.row.spec == s.row.spec {
			s.row, s.hasRow, s.after, s.afterPanel = at.row, true, at.item, key
			return s, nil
		}
	}
	if s.hasRow {
		return s, fmt.Errorf("after: panel %s is not in %s", key, s.row)
	}
	return s, fmt.Errorf("after: panel %s is in no row", key)
}

// point reads x and y.
func (f fields) point() (x, y *int, err error) {
	if n, ok := f.whole("x"); ok {
		if x = &n; n >= dashboard.Columns {
			return nil, nil, fmt.Errorf("x: want 0 to %d, got %d", dashboard.Columns-1, n)
		}
	}
	if n, ok := f.whole("y"); ok {
		y = &n
	}
	return x, y, nil
}

// located is an item, and the row it is in.
type located struct {
	row  row
	item *item
	all  []*item // of the row
}

// itemsOf returns where a panel stands.
func (e *editor) itemsOf(key string) []located {
	var found []located
	for _, r := range e.rows() {
		all := r.items()
		for _, it := range all {
			if it.panel == key && key != "" {
				found = append(found, located{r, it, all})
			}
		}
	}
	return found
}

// indexOf returns the index of an item in the list of the row, which may hold others than items.
func (r row) indexOf(it *item) int {
	for i, m := range r.spec.at("items").all() {
		if m.value == it.value {
			return i
		}
	}
	return -1
}

// lastRow is the last row of the dashboard, which gets one if it has none.
func (e *editor) lastRow() row {
	if rows := e.rows(); len(rows) > 0 {
		return rows[len(rows)-1]
	}
	e.spec().list("layouts").add(newValue(`{"kind":"Grid","spec":{"items":[]}}`))
	rows := e.rows()
	return rows[len(rows)-1]
}

// stand gives an item its place and its size, and puts it into the row where it is to be if it is not there. It returns
// how many others had to move down.
func (e *editor) stand(it *item, s spot) (moved int, err error) {
	if !s.hasRow && !s.stays {
		s.row = e.lastRow()
	}
	list := s.row.spec.list("items")
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
		list.add(it.value)
		all = append(all, it)
	}
	if s.width != 0 {
		it.width = s.width
	}
	if s.height != 0 {
		it.height = s.height
	}
	if s.repeat != nil {
		it.repeat(*s.repeat)
	}
	if s.after != nil || fresh && (s.x == nil || s.y == nil) || s.hasRow && s.x == nil && s.y == nil {
		it.arrange(all, s.after)
	}
	if s.x != nil {
		it.x = *s.x
	}
	if s.y != nil {
		it.y = *s.y
	}
	if s.x != nil && it.x+it.width > dashboard.Columns {
		return 0, fmt.Errorf("x %d and width %d reach over the grid, which has %d columns", it.x, it.width, dashboard.Columns)
	}
	it.bound()
	return e.settle(all, it), nil
}
