package edit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// written is a panel that an edit brings, and what it says beside it.
type written struct {
	panel         *value
	key, title    string
	width, height int
	x, y          *int
	repeat        string
}

// written reads a panel in the short form or in full.
func (e *editor) written(raw json.RawMessage) (written, error) {
	if sketch.IsFull(raw) {
		p, _ := sketch.PanelOf(e.budget, raw)
		width, height := p.Size()
		return written{panel: newValue(string(raw)), title: p.Title, width: width, height: height}, nil
	}
	p, err := sketch.ParsePanel(e.budget, raw)
	if err != nil {
		return written{}, err
	}
	full, err := p.Expand(e.budget, e.datasource(), e.around())
	if err != nil {
		return written{}, err
	}
	width, height := p.Size()
	switch {
	case width < 1 || width > dashboard.Columns:
		return written{}, fmt.Errorf("width: want 1 to %d columns, got %d", dashboard.Columns, width)
	case height < 1 || height > maxWhole:
		return written{}, fmt.Errorf("height: want a whole number from 1, got %d", height)
	case p.X != nil && (*p.X < 0 || *p.X >= dashboard.Columns) || p.Y != nil && (*p.Y < 0 || *p.Y > maxWhole):
		return written{}, fmt.Errorf("x and y: want 0 to %d, and from 0", dashboard.Columns-1)
	}
	return written{newValue(string(full)), p.Key, p.Title, width, height, p.X, p.Y, p.Repeat}, nil
}

// freeKey returns the key for a new panel: the wanted one, which must be free, or else one that is made of what is shown of the title.
func (e *editor) freeKey(wanted, title string) (string, error) {
	if wanted == "" {
		return sketch.Key(e.shown(title), func(key string) bool { return e.panels().at(key) != nil }), nil
	}
	if err := dashboard.CheckKey(wanted); err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	if e.panels().at(wanted) != nil {
		return "", fmt.Errorf("key %q: there is a panel of that key already", wanted)
	}
	return wanted, nil
}

func (e *editor) addPanel(f fields) error {
	s, err := e.spotOf(f)
	if err != nil {
		return err
	}
	w, err := e.written(f.raw("panel"))
	if err != nil {
		return inField("panel", err)
	}
	return e.insert(w, f.text("key"), s)
}

// insert adds a panel and its item.
func (e *editor) insert(w written, key string, s spot) error {
	key, err := e.freeKey(cmp.Or(key, w.key), cmp.Or(w.title, "panel"))
	if err != nil {
		return err
	}
	it := newItem(key, w.width, w.height)
	if s.x == nil && s.y == nil && s.after == nil {
		s.x, s.y = w.x, w.y
	}
	if w.repeat != "" {
		s.repeat = &w.repeat
	}
	e.spec().within("panels").put(key, w.panel)
	moved, err := e.stand(it, s)
	if err != nil {
		return err
	}
	e.say("panel %s added%s", key, e.where("in", key, it, s, moved))
	return nil
}

// where is the end of a line that says where a panel stands now: in a row, or if it has moved to a row.
func (e *editor) where(in, key string, it *item, s spot, moved int) string {
	row := ""
	switch rows := e.rows(); {
	case s.afterPanel != "":
		row = " after " + s.afterPanel
	case len(rows) > 1:
		for _, at := range e.itemsOf(key) {
			if at.item.value == it.value {
				row = " " + in + " " + at.row.String()
			}
		}
	}
	return fmt.Sprintf("%s at %s%s", row, it, down(moved))
}

func (e *editor) replacePanel(f fields) error {
	key, have, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	w, err := e.written(f.raw("with"))
	if err != nil {
		return inField("with", err)
	}
	if w.key != "" && w.key != key {
		return fmt.Errorf("with: the panel keeps its key %s: leave key out, or use rename_panel", key)
	}
	if !e.same(panelKeys(key), have, w.panel) {
		e.panels().put(key, w.panel)
		e.say("panel %s replaced", key)
	}
	if sketch.IsFull(f.raw("with")) {
		return nil
	}
	layout := newValue("{}")
	given := newValue(string(f.raw("with")))
	for _, name := range layoutFields {
		if v := given.at(name); v != nil {
			layout.put(name, v)
		}
	}
	return e.changePlace(key, layout)
}

func (e *editor) renamePanel(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	if !f.has("title") && !f.has("key") {
		return errors.New("say the new title or the new key")
	}
	if title := titleOf(panel, ""); f.has("title") && !e.isText(panel.at("spec", "display", "name"), f.text("title")) {
		panel.within("spec", "display").put("name", textValue(f.text("title")))
		e.say("panel %s: title %q -> %q", key, clip(title), clip(f.text("title")))
	}
	to := f.text("key")
	if !f.has("key") || to == key {
		return nil
	}
	if to == "" { // which freeKey takes for none
		return fmt.Errorf("key: %w", dashboard.CheckKey(to))
	}
	if to, err = e.freeKey(to, ""); err != nil {
		return err
	}
	if err := e.reveals(panelKeys(key), panelKeys(to), panel); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	for _, at := range e.itemsOf(key) {
		at.item.value.within("content").put("$ref", textValue(dashboard.PanelRef+to))
	}
	e.panels().rename(key, to)
	e.say("panel %s: key is now %s", key, to)
	return nil
}

func (e *editor) movePanel(f fields) error {
	key, _, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	s, err := e.spotOf(f)
	if err != nil {
		return err
	}
	if !s.hasAnything {
		return errors.New("say where to: row, after, x, y, width or height")
	}
	if s.afterPanel == key {
		return errors.New("after: a panel cannot stand after itself")
	}
	return e.move(key, s)
}

// move moves a panel or gives it another size. One that stands nowhere gets a place.
func (e *editor) move(key string, s spot) error {
	was := e.itemsOf(key)
	if len(was) == 0 {
		s.stays = false
		w, h := e.sizeOf(key)
		it := newItem(key, w, h)
		moved, err := e.stand(it, s)
		if err == nil {
			e.say("panel %s, which stood nowhere, placed%s", key, e.where("in", key, it, s, moved))
		}
		return err
	}
	from := was[0]
	before, it := from.item.String(), from.item
	if !s.hasRow {
		s.row, s.stays = from.row, true
	}
	other := from.row.spec != s.row.spec
	if other {
		from.row.spec.at("items").remove(from.row.indexOf(from.item))
	}
	raw := it.value.String()
	moved, err := e.stand(it, s)
	if err != nil || !other && raw == it.value.String() && moved == 0 {
		return err
	}
	if other {
		e.say("panel %s moved%s, from %s", key, e.where("to", key, it, s, moved), from.row)
		return nil
	}
	switch after := it.String(); {
	case before != after:
		e.say("panel %s: %s -> %s%s", key, before, after, down(moved))
	case moved > 0:
		e.say("panel %s stays at %s; %s moved down to make room for it", key, after, counted(moved, "other panel"))
	case s.repeat == nil: // changePlace has reported a repeat already
		e.say("panel %s stays at %s, which the dashboard did not state in full before", key, after)
	}
	return nil
}

// sizeOf returns the size that a panel has where nobody says one.
func (e *editor) sizeOf(key string) (width, height int) {
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(e.panels().at(key).String()))
	return p.Size()
}

func (e *editor) clonePanel(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	s, err := e.spotOf(f)
	if err != nil {
		return err
	}
	title := titleOf(panel, key) + " (copy)"
	if f.has("title") {
		title = f.text("title")
	}
	if err := e.fits(panel.size); err != nil {
		return err
	}
	e.budget.Spend(panel.size)
	w := written{panel: panel.clone(), title: title}
	w.panel.within("spec", "display").put("name", textValue(title))
	w.width, w.height = e.sizeOf(key)
	if was := e.itemsOf(key); len(was) > 0 {
		w.width, w.height = was[0].item.width, was[0].item.height
		w.repeat = was[0].item.value.at("repeatVariable", "value").text()
		if !s.hasRow && s.x == nil && s.y == nil {
			s.row, s.hasRow, s.after, s.afterPanel = was[0].row, true, was[0].item, key
		}
	}
	to, err := e.freeKey(f.text("key"), title)
	if err != nil {
		return err
	}
	if err := e.reveals(panelKeys(key), panelKeys(to), panel); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if err := e.insert(w, to, s); err != nil {
		return err
	}
	if f.has("set") {
		return e.change(to, w.panel, f.value("set"))
	}
	return nil
}

func (e *editor) removePanel(f fields) error {
	key, _, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	e.panels().drop(key)
	e.removeItems(key)
	e.say("panel %s removed", key)
	return nil
}

// removeItems takes a panel from all rows.
func (e *editor) removeItems(key string) {
	for _, r := range e.rows() {
		if items := r.spec.at("items"); items.isList() {
			const perItem = 140 // units
			items.filter(func(m member) bool {
				return !e.budget.Spend(perItem) || key == "" || !m.value.isObject() || itemOf(m.value).panel != key
			})
		}
	}
}

// inField puts the name of the field of an edit before an error about what is in it.
func inField(name string, err error) error {
	return fmt.Errorf("%s: %w", name, err)
}
