package edit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

func (e *editor) addRow(f fields) error {
	layouts := e.spec().list("layouts")
	at := len(layouts.all())
	if f.has("after") {
		after, err := e.row(f.text("after"))
		if err != nil {
			return inField("after", err)
		}
		at = after.layout + 1
	}
	layout, panels, err := e.writtenRow(f)
	if err != nil {
		return err
	}
	layouts.insert(at, layout)
	var keys []string
	for _, m := range panels.all() {
		e.spec().within("panels").put(m.key, m.value)
		keys = append(keys, m.key)
	}
	with := ""
	if keys != nil {
		with = " with " + joined(keys)
	}
	e.say("row %q added%s", clip(f.text("title")), with)
	return nil
}

// writtenRow makes the layout of a new row and its panels. They are laid out as those of a new dashboard: as the row of a
// sketch that has no other.
func (e *editor) writtenRow(f fields) (layout, panels *value, err error) {
	s := sketch.Sketch{Title: "x", Datasource: e.datasource(), Rows: []sketch.Row{{Title: f.text("title"), Collapsed: f.flag("collapsed"), Repeat: f.text("repeat")}}}
	full := map[string]*value{}
	taken := map[string]bool{}
	free := sketch.KeyMaker(func(key string) bool { return taken[key] || e.panels().at(key) != nil })
	for i, raw := range f.list("panels") {
		where := fmt.Sprintf("panels[%d]", i)
		p, err := sketch.Panel{}, error(nil)
		isFull := sketch.IsFull(json.RawMessage(raw.Raw))
		if isFull { // in the place of which one of its size is laid out
			short, _ := sketch.PanelOf(e.budget, json.RawMessage(raw.Raw))
			width, height := short.Size()
			p = sketch.Panel{Title: short.Title, Text: "x", Width: width, Height: height}
		} else if p, err = sketch.ParsePanel(e.budget, json.RawMessage(raw.Raw)); err != nil {
			return nil, nil, inField(where, err)
		}
		if p.Key == "" {
			p.Key = free(e.shown(cmp.Or(p.Title, "panel")))
		} else if _, err := e.freeKey(p.Key, ""); err != nil {
			return nil, nil, inField(where, err)
		}
		if taken[p.Key] = true; isFull {
			full[p.Key] = newValue(raw.Raw)
		}
		s.Rows[0].Panels = append(s.Rows[0].Panels, p)
	}
	document, err := s.Expand(e.budget, "p", "x", e.around())
	if err != nil {
		return nil, nil, errors.New(strings.ReplaceAll(err.Error(), "rows[0].", ""))
	}
	spec := newValue(string(document)).at("spec")
	panels = newValue("{}")
	for _, p := range s.Rows[0].Panels {
		if panel := full[p.Key]; panel != nil {
			panels.put(p.Key, panel)
		} else {
			panels.put(p.Key, spec.at("panels", p.Key))
		}
	}
	return spec.at("layouts").all()[0].value, panels, nil
}

// rowFields are what a row has in the short form, and how each is read.
var rowFields = map[string]form{"title": text, "collapsed": flag, "repeat": text}

func (e *editor) changeRow(f fields) error {
	r, err := e.row(f.text("row"))
	if err != nil {
		return err
	}
	for _, m := range f.value("set").all() {
		is, ok := rowFields[m.key]
		switch {
		case !ok:
			return fmt.Errorf("set.%s: a row has title, collapsed and repeat", clip(m.key))
		case m.value.isNull():
			m.value = nil
		case !is.fits(gjson.Parse(m.value.raw)):
			return fmt.Errorf("set.%s: want %s, got %s", m.key, formWords[is], clip(m.value.raw))
		}
		if r.tab >= 0 && m.key != "title" {
			return fmt.Errorf("set.%s: %s is a tab, which has only a title", m.key, r)
		}
		e.setOfRow(r, m.key, m.value)
	}
	return nil
}

// setOfRow changes one thing about a row; nil takes it away.
func (e *editor) setOfRow(r row, what string, to *value) {
	words := e.words(to)
	switch {
	case r.tab >= 0:
		if was := r.spec.at("name").text(); !e.isText(r.spec.at("name"), to.text()) {
			r.spec.put("name", textValue(to.text()))
			e.say("%s: title%s", r, arrow(clip(was), words))
		}
	case what == "title":
		if was := r.spec.at("display", "title").text(); !e.isText(r.spec.at("display", "title"), to.text()) {
			r.spec.within("display").put("title", textValue(to.text()))
			e.say("%s: title%s", r, arrow(clip(was), words))
		}
	case what == "repeat":
		if was := r.spec.at("repeatVariable").text(); was != to.text() {
			if to.text() == "" {
				r.spec.drop("repeatVariable")
			} else {
				r.spec.put("repeatVariable", to)
			}
			e.say("%s: repeat%s", r, arrow(clip(was), words))
		}
	default:
		collapsed := to != nil && to.raw == "true"
		have := r.spec.at("display", "collapse", "open")
		if was := have != nil && have.raw == "false"; was != collapsed {
			display := r.spec.within("display")
			if !display.at("title").isText() { // which a display cannot be without
				display.put("title", textValue(""))
			}
			display.within("collapse").put("open", newValue(fmt.Sprint(!collapsed)))
			e.say("%s: %s", r, map[bool]string{true: "collapsed", false: "open"}[collapsed])
		}
	}
}

func (e *editor) moveRow(f fields) error {
	r, err := e.row(f.text("row"))
	if err != nil {
		return err
	}
	if r.tab >= 0 {
		return fmt.Errorf("%s is a tab: move it with {\"op\":\"move\",\"from\":\"/spec/layouts/%d/spec/tabs/%d\",\"path\":…}", r, r.layout, r.tab)
	}
	to, where := 0, "to the top"
	if f.has("after") {
		after, err := e.row(f.text("after"))
		if err != nil {
			return inField("after", err)
		}
		if after.layout == r.layout {
			return errors.New("after: a row cannot stand after itself")
		}
		if to = after.layout; to < r.layout {
			to++
		}
		where = "after " + after.String()
	}
	if to != r.layout {
		e.spec().list("layouts").move(r.layout, to)
		e.say("%s moved %s", r, where)
	}
	return nil
}

func (e *editor) removeRow(f fields) error {
	r, err := e.row(f.text("row"))
	if err != nil {
		return err
	}
	items := r.items()
	layouts := e.spec().list("layouts")
	tabs := layouts.all()[r.layout].value.at("spec", "tabs")
	if r.tab >= 0 && len(tabs.all()) > 1 {
		tabs.remove(r.tab)
	} else {
		layouts.remove(r.layout)
	}
	stays := map[string]bool{} // by their keys, the panels that are in another row
	for _, r := range e.rows() {
		for _, it := range r.items() {
			stays[it.panel] = true
		}
	}
	var removed []string
	for _, it := range items {
		if e.panels().at(it.panel) != nil && (!stays[it.panel] || it.panel == "") {
			stays[it.panel] = true
			removed = append(removed, it.panel)
		}
	}
	gone := map[string]bool{}
	for _, key := range removed {
		gone[key] = true
	}
	e.panels().filter(func(m member) bool { return !gone[m.key] })
	with := ""
	if removed != nil {
		with = " with " + joined(removed)
	}
	e.say("%s removed%s", r, with)
	return nil
}
