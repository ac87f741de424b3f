package dashboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/perses/spec/go/common"
	"github.com/tidwall/gjson"
)

// defaultDuration is the time range of a dashboard without a duration (dashboards/src/constants/defaults.ts).
const defaultDuration = time.Hour

// Parse parses a document of the kind Dashboard or EphemeralDashboard.
//
// Like the UI, it ignores what it does not understand: fields of a newer Perses, values of the wrong type, grid items without
// content. Perses' own types drop the first, fail on the second and panic on the third. It returns an error only if the
// document is not a dashboard at all.
func Parse(document json.RawMessage) (Dashboard, error) {
	d, _, err := Read(document)
	return d, err
}

// Read is like Parse, but also returns the members of the spec, so that the caller need not scan the document again.
func Read(document json.RawMessage) (d Dashboard, spec map[string]gjson.Result, err error) {
	if !gjson.ValidBytes(document) {
		return d, nil, errors.New("the dashboard is not JSON")
	}
	root := gjson.ParseBytes(document)
	if !root.IsObject() {
		return d, nil, errors.New("the dashboard is not a JSON object")
	}
	head := FieldsOf(root, "kind", "metadata", "spec")
	if kind := TextOf(head[0]); kind != "" && !strings.HasSuffix(kind, "Dashboard") {
		return d, nil, fmt.Errorf("the document is a %s, not a Dashboard", kind)
	}
	spec = MembersOf(head[2])
	d = Dashboard{
		Project:     TextOf(head[1].Get("project")),
		Name:        TextOf(head[1].Get("name")),
		Duration:    defaultDuration,
		Location:    locationOf(TextOf(spec["timezone"])),
		Datasources: map[string]json.RawMessage{},
		Panels:      map[string]Panel{},
	}
	d.Title = cmp.Or(TextOf(spec["display"].Get("name")), d.Name)
	if duration, ok := ParseDuration(TextOf(spec["duration"])); ok && duration > 0 {
		d.Duration = duration
	}
	spec["datasources"].ForEach(func(name, spec gjson.Result) bool {
		d.Datasources[name.String()] = json.RawMessage(spec.Raw)
		return true
	})
	each(spec["variables"], func(v gjson.Result) {
		if variable, ok := variableOf(v, ""); ok {
			d.Variables = append(d.Variables, variable)
		}
	})
	spec["panels"].ForEach(func(key, panel gjson.Result) bool {
		if panel.IsObject() {
			d.Panels[key.String()] = panelOf(key.String(), panel.Get("spec"))
		}
		return true
	})
	each(spec["layouts"], func(layout gjson.Result) { d.Rows = append(d.Rows, d.rowsOf(layout.Get("spec"))...) })
	return d, spec, nil
}

// locationOf returns the time zone with a name. For the browser's local time zone it uses that of this process, which on a
// desktop is the same.
func locationOf(name string) *time.Location {
	if location, err := time.LoadLocation(name); err == nil && name != "" && name != "local" && name != "Local" {
		return location
	}
	return time.Local
}

func panelOf(key string, spec gjson.Result) Panel {
	of := FieldsOf(spec, "display", "plugin", "queries")
	display, plugin := FieldsOf(of[0], "name", "description"), FieldsOf(of[1], "kind", "spec")
	p := Panel{
		Key:         key,
		Title:       cmp.Or(TextOf(display[0]), key),
		Description: TextOf(display[1]),
		Kind:        TextOf(plugin[0]),
	}.WithSpec(raw(plugin[1]))
	each(of[2], func(q gjson.Result) {
		of := FieldsOf(q, "kind", "spec")
		plugin := FieldsOf(of[1].Get("plugin"), "kind", "spec")
		p.Queries = append(p.Queries, Query{Kind: TextOf(of[0]), Plugin: TextOf(plugin[0]), Spec: raw(plugin[1])})
	})
	return p
}

// rowsOf returns the rows of a layout, whatever its kind says: items are a grid, and each tab is a grid.
func (d Dashboard) rowsOf(spec gjson.Result) []Row {
	title := TextOf(spec.Get("display.title"))
	open := spec.Get("display.collapse.open")
	row := Row{Title: title, Collapsed: open.Type == gjson.False, Repeat: TextOf(spec.Get("repeatVariable"))}
	var rows []Row
	each(spec.Get("tabs"), func(tab gjson.Result) {
		name := TextOf(tab.Get("name"))
		rows = append(rows, Row{Title: strings.TrimPrefix(title+" / "+name, " / "), Collapsed: row.Collapsed, Items: d.itemsOf(tab.Get("items"))})
	})
	if spec.Get("items").IsArray() {
		row.Items = d.itemsOf(spec.Get("items"))
		rows = append(rows, row)
	}
	return rows
}

func (d Dashboard) itemsOf(items gjson.Result) []Item {
	var list []Item
	each(items, func(it gjson.Result) {
		of := FieldsOf(it, "x", "y", "width", "height", "content", "repeatVariable")
		repeat := of[5]
		item := Item{
			Place:   Place{whole(of[0]), whole(of[1]), whole(of[2]), whole(of[3])}.InGrid(),
			Repeat:  TextOf(repeat.Get("value")),
			PerLine: max(0, whole(repeat.Get("maxPer"))),
		}
		if TextOf(repeat.Get("alignment")) == "vertical" {
			item.PerLine = 1
		}
		if key, ok := strings.CutPrefix(TextOf(of[4].Get("$ref")), PanelRef); ok {
			if _, exists := d.Panels[key]; exists {
				item.Panel = key
			}
		}
		list = append(list, item)
	})
	return list
}

// ParseDuration parses a duration in Perses' format: 1d12h, 30s, 500ms. It accepts the empty string as 0.
func ParseDuration(text string) (d time.Duration, ok bool) {
	parsed, err := common.ParseDuration(text)
	return time.Duration(parsed), err == nil
}

// each calls visit for each element of a list, and never for other values.
func each(list gjson.Result, visit func(gjson.Result)) {
	if list.IsArray() {
		list.ForEach(func(_, element gjson.Result) bool { visit(element); return true })
	}
}

// whole returns the integer part of a number, and 0 for other values.
func whole(r gjson.Result) int {
	const limit = 1 << 20 // beyond any place on a page, and safe to add up
	if r.Type == gjson.Number {
		return int(max(-limit, min(r.Num, limit)))
	}
	return 0
}

func raw(r gjson.Result) json.RawMessage {
	if r.Raw == "" {
		return nil
	}
	return json.RawMessage(r.Raw)
}
