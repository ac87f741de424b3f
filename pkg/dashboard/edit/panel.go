package edit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// newPanel is a panel that an edit adds, with the layout that the edit gives it.
type newPanel struct {
	panel         *node
	key, title    string
	width, height int
	x, y          *int
	repeat        string
}

// parseNewPanel reads a panel that is a sketch or a complete document.
func (e *editor) parseNewPanel(raw json.RawMessage) (newPanel, error) {
	if sketch.IsFull(raw) {
		p, _ := sketch.PanelOf(e.budget, raw)
		width, height := p.Size()
		return newPanel{panel: newNode(string(raw)), title: p.Title, width: width, height: height}, nil
	}
	p, err := sketch.ParsePanel(e.budget, raw)
	if err != nil {
		return newPanel{}, err
	}
	full, err := p.Expand(e.budget, e.commonDatasource(), e.fullEnv())
	if err != nil {
		return newPanel{}, err
	}
	width, height := p.Size()
	switch {
	case width < 1 || width > dashboard.Columns:
		return newPanel{}, fmt.Errorf("width: want 1 to %d columns, got %d", dashboard.Columns, width)
	case height < 1 || height > maxWhole:
		return newPanel{}, fmt.Errorf("height: want a whole number from 1, got %d", height)
	case p.X != nil && (*p.X < 0 || *p.X >= dashboard.Columns) || p.Y != nil && (*p.Y < 0 || *p.Y > maxWhole):
		return newPanel{}, fmt.Errorf("x and y: want x from 0 to %d and y from 0", dashboard.Columns-1)
	}
	return newPanel{newNode(string(full)), p.Key, p.Title, width, height, p.X, p.Y, p.Repeat}, nil
}

// newKey returns the key for a new panel: the wanted key, which must be free, or one made from the masked title.
func (e *editor) newKey(wanted, title string) (string, error) {
	if wanted == "" {
		return sketch.Key(e.masked(title), func(key string) bool { return e.panels().get(key) != nil }), nil
	}
	if err := dashboard.CheckKey(wanted); err != nil {
		return "", inField("key", err)
	}
	if e.panels().get(wanted) != nil {
		return "", fmt.Errorf("key %q: another panel has this key", wanted)
	}
	return wanted, nil
}

func (e *editor) addPanel(f fields) error {
	s, err := e.parsePosition(f)
	if err != nil {
		return err
	}
	p, err := e.parseNewPanel(f.raw("panel"))
	if err != nil {
		return inField("panel", err)
	}
	return e.insert(p, f.str("key"), s)
}

// insert adds a panel and its item.
func (e *editor) insert(p newPanel, key string, s position) error {
	key, err := e.newKey(cmp.Or(key, p.key), cmp.Or(p.title, "panel"))
	if err != nil {
		return err
	}
	it := newItem(key, p.width, p.height)
	if s.x == nil && s.y == nil && s.after == nil {
		s.x, s.y = p.x, p.y
	}
	if p.repeat != "" {
		s.repeat = &p.repeat
	}
	e.spec().ensureObject("panels").put(key, p.panel)
	moved, err := e.placeItem(it, s)
	if err != nil {
		return err
	}
	e.report("panel %s added%s", key, e.describePosition("in", key, it, s, moved))
	return nil
}

// describePosition returns the end of a line that reports where a panel is now. preposition is "in" for new panels and "to"
// for moved ones.
func (e *editor) describePosition(preposition, key string, it *item, s position, moved int) string {
	row := ""
	switch rows := e.rows(); {
	case s.afterKey != "":
		row = " after " + s.afterKey
	case len(rows) > 1:
		for _, at := range e.findItems(key) {
			if at.item.value == it.value {
				row = " " + preposition + " " + at.row.String()
			}
		}
	}
	return fmt.Sprintf("%s at %s%s", row, it, movedDown(moved))
}

func (e *editor) replacePanel(f fields) error {
	key, have, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	p, err := e.parseNewPanel(f.raw("with"))
	if err != nil {
		return inField("with", err)
	}
	if p.key != "" && p.key != key {
		return fmt.Errorf("with: the panel keeps its key %s: omit key, or use rename_panel", key)
	}
	if !e.isUnchanged(panelKeys(key), have, p.panel) {
		e.panels().put(key, p.panel)
		e.report("panel %s replaced", key)
	}
	if sketch.IsFull(f.raw("with")) {
		return nil
	}
	layout := newNode("{}")
	given := newNode(string(f.raw("with")))
	for _, name := range layoutFields {
		if v := given.get(name); v != nil {
			layout.put(name, v)
		}
	}
	return e.changeItem(key, layout)
}

func (e *editor) renamePanel(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	if !f.has("title") && !f.has("key") {
		return errors.New("give a new title or a new key")
	}
	if title := titleOf(panel, ""); f.has("title") && !e.isUnchangedText(panel.get("spec", "display", "name"), f.str("title")) {
		panel.ensureObject("spec", "display").put("name", stringNode(f.str("title")))
		e.report("panel %s: title %q -> %q", key, clip(title), clip(f.str("title")))
	}
	to := f.str("key")
	if !f.has("key") || to == key {
		return nil
	}
	if to == "" { // newKey would make a key
		return inField("key", dashboard.CheckKey(to))
	}
	if to, err = e.newKey(to, ""); err != nil {
		return err
	}
	if err := e.checkStaysHidden(panelKeys(key), panelKeys(to), panel); err != nil {
		return inField("key", err)
	}
	for _, at := range e.findItems(key) {
		at.item.value.ensureObject("content").put("$ref", stringNode(dashboard.PanelRef+to))
	}
	e.panels().rename(key, to)
	e.report("panel %s: key changed to %s", key, to)
	return nil
}

func (e *editor) movePanel(f fields) error {
	key, _, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	s, err := e.parsePosition(f)
	if err != nil {
		return err
	}
	if !s.given {
		return errors.New("give at least one of row, after, x, y, width and height")
	}
	if s.afterKey == key {
		return errors.New("after: a panel cannot be placed after itself")
	}
	return e.move(key, s)
}

// move moves or resizes a panel. A panel without an item gets one.
func (e *editor) move(key string, s position) error {
	was := e.findItems(key)
	if len(was) == 0 {
		s.keepsRow = false
		w, h := e.sizeOf(key)
		it := newItem(key, w, h)
		moved, err := e.placeItem(it, s)
		if err == nil {
			e.report("panel %s, which was in no row, placed%s", key, e.describePosition("in", key, it, s, moved))
		}
		return err
	}
	from := was[0]
	before, it := from.item.String(), from.item
	if !s.hasRow {
		s.row, s.keepsRow = from.row, true
	}
	other := from.row.spec != s.row.spec
	if other {
		from.row.spec.get("items").removeAt(from.row.indexOf(from.item))
	}
	raw := it.value.String()
	moved, err := e.placeItem(it, s)
	if err != nil || !other && raw == it.value.String() && moved == 0 {
		return err
	}
	if other {
		e.report("panel %s moved%s, from %s", key, e.describePosition("to", key, it, s, moved), from.row)
		return nil
	}
	switch after := it.String(); {
	case before != after:
		e.report("panel %s: %s -> %s%s", key, before, after, movedDown(moved))
	case moved > 0:
		e.report("panel %s stays at %s; %s moved down to make room for it", key, after, count(moved, "other panel"))
	case s.repeat == nil: // changeItem has reported the repeat
		e.report("panel %s stays at %s; its position in the document is now complete", key, after)
	}
	return nil
}

// sizeOf returns the default size of a panel.
func (e *editor) sizeOf(key string) (width, height int) {
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(e.panels().get(key).String()))
	return p.Size()
}

func (e *editor) clonePanel(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	s, err := e.parsePosition(f)
	if err != nil {
		return err
	}
	title := titleOf(panel, key) + " (copy)"
	if f.has("title") {
		title = f.str("title")
	}
	if err := e.checkSize(panel.size); err != nil {
		return err
	}
	e.budget.Spend(panel.size)
	p := newPanel{panel: panel.clone(), title: title}
	p.panel.ensureObject("spec", "display").put("name", stringNode(title))
	p.width, p.height = e.sizeOf(key)
	if was := e.findItems(key); len(was) > 0 {
		p.width, p.height = was[0].item.Width, was[0].item.Height
		p.repeat = was[0].item.value.get("repeatVariable", "value").str()
		if !s.hasRow && s.x == nil && s.y == nil {
			s.row, s.hasRow, s.after, s.afterKey = was[0].row, true, was[0].item, key
		}
	}
	to, err := e.newKey(f.str("key"), title)
	if err != nil {
		return err
	}
	if err := e.checkStaysHidden(panelKeys(key), panelKeys(to), panel); err != nil {
		return inField("key", err)
	}
	if err := e.insert(p, to, s); err != nil {
		return err
	}
	if f.has("set") {
		return e.changePanelAndItem(to, p.panel, f.value("set"))
	}
	return nil
}

func (e *editor) removePanel(f fields) error {
	key, _, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	e.panels().delete(key)
	e.removeItems(key)
	e.report("panel %s removed", key)
	return nil
}

// removeItems removes a panel from all rows.
func (e *editor) removeItems(key string) {
	for _, r := range e.rows() {
		if items := r.spec.get("items"); items.isList() {
			const itemCost = 140 // units
			items.filter(func(m member) bool {
				return !e.budget.Spend(itemCost) || key == "" || !m.value.isObject() || itemOf(m.value).panel != key
			})
		}
	}
}

// inField prefixes an error, unless it is nil, with the name of the field that it is about.
func inField(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
