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
	layouts := e.spec().ensureList("layouts")
	at := len(layouts.members())
	if f.has("after") {
		after, err := e.findRow(f.str("after"))
		if err != nil {
			return inField("after", err)
		}
		at = after.layout + 1
	}
	layout, panels, err := e.newRow(f)
	if err != nil {
		return err
	}
	layouts.insert(at, layout)
	var keys []string
	for _, m := range panels.members() {
		e.spec().ensureObject("panels").put(m.key, m.value)
		keys = append(keys, m.key)
	}
	with := ""
	if keys != nil {
		with = " with " + firstFew(keys)
	}
	e.report("row %q added%s", clip(f.str("title")), with)
	return nil
}

// newRow returns the layout and the panels of a new row. It expands the sketch of a dashboard with only this row.
func (e *editor) newRow(f fields) (layout, panels *node, err error) {
	s := sketch.Sketch{Title: "x", Datasource: e.commonDatasource(), Rows: []sketch.Row{{Title: f.str("title"), Collapsed: f.isTrue("collapsed"), Repeat: f.str("repeat")}}}
	full := map[string]*node{}
	taken := map[string]bool{}
	free := sketch.KeyMaker(func(key string) bool { return taken[key] || e.panels().get(key) != nil })
	for i, raw := range f.list("panels") {
		where := fmt.Sprintf("panels[%d]", i)
		p, err := sketch.Panel{}, error(nil)
		isFull := sketch.IsFull(json.RawMessage(raw.Raw))
		if isFull { // lay out a placeholder of the same size
			sketched, _ := sketch.PanelOf(e.budget, json.RawMessage(raw.Raw))
			width, height := sketched.Size()
			p = sketch.Panel{Title: sketched.Title, Text: "x", Width: width, Height: height}
		} else if p, err = sketch.ParsePanel(e.budget, json.RawMessage(raw.Raw)); err != nil {
			return nil, nil, inField(where, err)
		}
		if p.Key == "" {
			p.Key = free(e.masked(cmp.Or(p.Title, "panel")))
		} else if _, err := e.newKey(p.Key, ""); err != nil {
			return nil, nil, inField(where, err)
		}
		if taken[p.Key] = true; isFull {
			full[p.Key] = newNode(raw.Raw)
		}
		s.Rows[0].Panels = append(s.Rows[0].Panels, p)
	}
	document, err := s.Expand(e.budget, "p", "x", e.fullEnv())
	if err != nil {
		return nil, nil, errors.New(strings.ReplaceAll(err.Error(), "rows[0].", ""))
	}
	spec := newNode(string(document)).get("spec")
	panels = newNode("{}")
	for _, p := range s.Rows[0].Panels {
		if panel := full[p.Key]; panel != nil {
			panels.put(p.Key, panel)
		} else {
			panels.put(p.Key, spec.get("panels", p.Key))
		}
	}
	return spec.get("layouts").members()[0].value, panels, nil
}

// rowFields holds the types of the fields of a row that change_row accepts.
var rowFields = map[string]fieldType{"title": typeString, "collapsed": typeBool, "repeat": typeString}

func (e *editor) changeRow(f fields) error {
	r, err := e.findRow(f.str("row"))
	if err != nil {
		return err
	}
	for _, m := range f.value("set").members() {
		want, ok := rowFields[m.key]
		switch {
		case !ok:
			return fmt.Errorf("set.%s: unknown field; a row has title, collapsed and repeat", clip(m.key))
		case m.value.isNull():
			m.value = nil
		case !want.matches(gjson.Parse(m.value.raw)):
			return fmt.Errorf("set.%s: want %s, got %s", m.key, typeNames[want], clip(m.value.raw))
		}
		if r.tab >= 0 && m.key != "title" {
			return fmt.Errorf("set.%s: %s is a tab and has only a title", m.key, r)
		}
		e.setRowField(r, m.key, m.value)
	}
	return nil
}

// setRowField sets a field of a row. A nil value removes it.
func (e *editor) setRowField(r row, field string, to *node) {
	text := e.display(to)
	switch field {
	case "title":
		parent, key := []string{"display"}, "title"
		if r.tab >= 0 {
			parent, key = nil, "name"
		}
		if have := r.spec.get(append(parent, key)...); !e.isUnchangedText(have, to.str()) {
			r.spec.ensureObject(parent...).put(key, stringNode(to.str()))
			e.report("%s: title%s", r, formatChange(clip(have.str()), text))
		}
	case "repeat":
		if was := r.spec.get("repeatVariable").str(); was != to.str() {
			if to.str() == "" {
				r.spec.delete("repeatVariable")
			} else {
				r.spec.put("repeatVariable", to)
			}
			e.report("%s: repeat%s", r, formatChange(clip(was), text))
		}
	default:
		collapsed := to != nil && to.raw == "true"
		have := r.spec.get("display", "collapse", "open")
		if was := have != nil && have.raw == "false"; was != collapsed {
			display := r.spec.ensureObject("display")
			if !display.get("title").isString() { // Perses requires it
				display.put("title", stringNode(""))
			}
			display.ensureObject("collapse").put("open", newNode(fmt.Sprint(!collapsed)))
			e.report("%s: %s", r, map[bool]string{true: "collapsed", false: "open"}[collapsed])
		}
	}
}

func (e *editor) moveRow(f fields) error {
	r, err := e.findRow(f.str("row"))
	if err != nil {
		return err
	}
	if r.tab >= 0 {
		return fmt.Errorf("%s is a tab: move it with {\"op\":\"move\",\"from\":\"/spec/layouts/%d/spec/tabs/%d\",\"path\":…}", r, r.layout, r.tab)
	}
	to, where := 0, "to the top"
	if f.has("after") {
		after, err := e.findRow(f.str("after"))
		if err != nil {
			return inField("after", err)
		}
		if after.layout == r.layout {
			return errors.New("after: a row cannot be placed after itself")
		}
		if to = after.layout; to < r.layout {
			to++
		}
		where = "after " + after.String()
	}
	if to != r.layout {
		e.spec().ensureList("layouts").move(r.layout, to)
		e.report("%s moved %s", r, where)
	}
	return nil
}

func (e *editor) removeRow(f fields) error {
	r, err := e.findRow(f.str("row"))
	if err != nil {
		return err
	}
	items := r.items()
	layouts := e.spec().ensureList("layouts")
	tabs := layouts.members()[r.layout].value.get("spec", "tabs")
	if r.tab >= 0 && len(tabs.members()) > 1 {
		tabs.removeAt(r.tab)
	} else {
		layouts.removeAt(r.layout)
	}
	elsewhere := map[string]bool{} // keys of the panels that are also in another row
	for _, r := range e.rows() {
		for _, it := range r.items() {
			elsewhere[it.panel] = true
		}
	}
	var removed []string
	for _, it := range items {
		if e.panels().get(it.panel) != nil && (!elsewhere[it.panel] || it.panel == "") {
			elsewhere[it.panel] = true
			removed = append(removed, it.panel)
		}
	}
	isRemoved := map[string]bool{}
	for _, key := range removed {
		isRemoved[key] = true
	}
	e.panels().filter(func(m member) bool { return !isRemoved[m.key] })
	with := ""
	if removed != nil {
		with = " with " + firstFew(removed)
	}
	e.report("%s removed%s", r, with)
	return nil
}
