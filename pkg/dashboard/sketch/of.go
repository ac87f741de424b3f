package sketch

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// Of returns the sketch of a dashboard: what Expand makes a document of that differs from the given one only in what the JSON
// Pointers of rest name, such as tabs, and in what Perses itself writes into metadata. What the short form has no word for
// stands in options. An error means that the document is no dashboard.
//
// It does not trust itself: it expands the sketch, and compares.
func Of(document json.RawMessage) (s Sketch, rest []string, err error) {
	read, err := tree(document)
	if err != nil {
		return s, nil, err
	}
	root, ok := read.(object)
	spec, hasSpec := root["spec"].(object)
	if !ok || !hasSpec {
		return s, nil, errors.New("it is no dashboard: want an object with kind, metadata and spec")
	}
	s = Sketch{
		Title: text(spec, "display", "name"), Description: text(spec, "display", "description"), Timezone: text(spec, "timezone"),
		Refresh: durationOf(spec, "refreshInterval"), Duration: durationOf(spec, "duration"), Links: links(spec["links"]),
	}
	if s.Duration == usualDuration {
		s.Duration = ""
	}
	if tags, ok := texts(below(root, "metadata", "tags")); ok {
		s.Tags = tags
	}
	if own, ok := spec["datasources"].(object); ok {
		s.Datasources = encode(own)
	}
	s.Datasource = usualDatasource(spec)
	s.Variables = variablesOf(spec, s.Datasource)
	rowsOf(&s, spec)
	expanded, err := s.expand(text(root, "metadata", "project"), text(root, "metadata", "name"), Env{})
	if err != nil { // one of its parts is wrong in a way that reading it has let pass
		s = Sketch{}
		expanded, _ = s.expand(text(root, "metadata", "project"), text(root, "metadata", "name"), Env{})
	}
	var d difference
	patch := d.patch(fields(expanded, "spec"), spec, "/spec")
	for _, key := range ofForm {
		if _, ok := patch[key]; ok {
			delete(patch, key)
			d.rest = append(d.rest, "/spec/"+key)
		}
	}
	if len(patch) > 0 {
		s.Options = encode(patch)
	}
	return s, append(d.rest, outside(expanded, root)...), nil
}

// outside names what differs outside of the spec, but for what Perses writes itself.
func outside(expanded, root object) []string {
	var d difference
	given := object{}
	for key, value := range root {
		if key != "spec" {
			given[key] = value
		}
	}
	if metadata, ok := root["metadata"].(object); ok {
		own := object{}
		for key, value := range metadata {
			if !slices.Contains([]string{"createdAt", "updatedAt", "version"}, key) {
				own[key] = value
			}
		}
		given["metadata"] = own
	}
	d.inValues(object{"kind": expanded["kind"], "metadata": expanded["metadata"]}, given, "")
	return d.rest
}

// durationOf reads a duration that Perses accepts.
func durationOf(spec object, field string) string {
	duration := text(spec, field)
	if _, ok := dashboard.ParseDuration(duration); !ok {
		return ""
	}
	return duration
}

// texts reads a list of texts.
func texts(v any) (all []string, ok bool) {
	elements, ok := v.([]any)
	for _, element := range elements {
		text, isText := element.(string)
		ok = ok && isText
		all = append(all, text)
	}
	return all, ok && all != nil
}

// links reads links; none if one of them is not wholly like ours.
func links(v any) []Link {
	var all []Link
	for _, element := range list(v) {
		l := Link{
			URL: text(element, "url"), Name: text(element, "name"), Tooltip: text(element, "tooltip"),
			RenderVariables: flag(element, "renderVariables"), TargetBlank: flag(element, "targetBlank"),
		}
		all = append(all, l)
	}
	full, err := linksOf(all)
	if err != nil || !same(any(full), v) {
		return nil
	}
	return all
}

// usualDatasource returns the datasource that most queries and variables of a dashboard name, if each names one: one that
// names none means the default of its kind, which a sketch with a datasource has no word for.
func usualDatasource(spec object) string {
	count := map[string]int{}
	visit := func(plugin any) {
		if asksOf(text(plugin, "kind")) != "" {
			count[selected(below(plugin, "spec", "datasource"), asksOf(text(plugin, "kind")))]++
		}
	}
	for _, v := range list(spec, "variables") {
		visit(below(v, "spec", "plugin"))
	}
	for _, p := range fields(spec, "panels") {
		for _, q := range list(p, "spec", "queries") {
			visit(below(q, "spec", "plugin"))
		}
	}
	usual := ""
	for name, n := range count {
		if n > count[usual] || n == count[usual] && name < usual {
			usual = name
		}
	}
	if count[""] > 0 || count[usual] < 2 {
		return ""
	}
	return usual
}

// selected returns the name of the datasource that a selector means; nothing if it is not one that a word can say.
func selected(selector any, kind string) string {
	if name, ok := selector.(string); ok && variableName.MatchString(name) {
		return name
	}
	name := text(selector, "name")
	if len(fields(selector)) != 2 || text(selector, "kind") != kind || name == "" || name[0] == '$' {
		return ""
	}
	return name
}

// asksOf returns the kind of the datasources that a plugin of queries or variables asks, if that is known.
func asksOf(kind string) string {
	for _, p := range plugins {
		if p.kind == kind {
			return p.datasource
		}
	}
	if slices.Contains([]string{labelValues, labelNames, promQL}, kind) {
		return prometheus
	}
	return ""
}

// rowsOf reads the rows and their panels. A tab becomes a row. A panel stands where it is shown first; one that is shown
// nowhere, or has a key that none can have, is in no row, and so comes into the options.
func rowsOf(s *Sketch, spec object) {
	panels := fields(spec, "panels")
	placed := map[string]bool{}
	var rows []Row
	for _, layout := range list(spec, "layouts") {
		grid := below(layout, "spec")
		title := text(grid, "display", "title")
		if tabs := list(grid, "tabs"); tabs != nil {
			for _, tab := range tabs {
				name := text(tab, "name")
				if title != "" {
					name = title + " / " + name
				}
				rows = append(rows, Row{Title: name, Panels: s.itemsOf(list(tab, "items"), panels, placed)})
			}
			continue
		}
		rows = append(rows, Row{
			Title: title, Repeat: text(grid, "repeatVariable"), Panels: s.itemsOf(list(grid, "items"), panels, placed),
			Collapsed: below(grid, "display", "collapse", "open") == false,
		})
	}
	if len(rows) > 0 && len(rows[0].Panels) > 0 && rows[0].Title == "" && rows[0].Repeat == "" && !rows[0].Collapsed {
		s.Panels, rows = rows[0].Panels, rows[1:]
	}
	s.Rows = rows
	withoutKeys(s)
}

func (s *Sketch) itemsOf(items []any, panels object, placed map[string]bool) []Panel {
	row := []Panel{}
	var places []place
	for _, item := range items {
		ref := text(item, "content", "$ref")
		key, ok := cutRef(ref)
		panel, exists := panels[key].(object)
		if !ok || !exists || placed[key] || CheckKey(key) != nil {
			continue
		}
		p, _, err := panelOf(panel, s.Datasource)
		if err != nil {
			continue
		}
		placed[key] = true
		p.Key, p.Repeat = key, text(item, "repeatVariable", "value")
		row = append(row, p)
		places = append(places, placeOf(item))
	}
	sizes(row, places)
	return row
}

func cutRef(ref string) (key string, ok bool) {
	if len(ref) <= len(panelRef) || ref[:len(panelRef)] != panelRef {
		return "", false
	}
	return ref[len(panelRef):], true
}

func placeOf(item any) (p place) {
	p.x, _ = integer(below(item, "x"))
	p.y, _ = integer(below(item, "y"))
	p.width, _ = integer(below(item, "width"))
	p.height, _ = integer(below(item, "height"))
	return p
}

// withoutKeys leaves out the keys that the titles give anyway.
func withoutKeys(s *Sketch) {
	seen := map[string]bool{}
	free := keyMaker(func(key string) bool { return seen[key] })
	rows, _ := s.allRows()
	for _, row := range rows {
		for i := range row.Panels {
			p := &row.Panels[i]
			key := p.Key
			if free(p.Title) == key {
				p.Key = ""
			}
			seen[key] = true
		}
	}
}
