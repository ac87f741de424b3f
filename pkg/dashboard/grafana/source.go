// Package grafana knows what Perses' migration of a dashboard of Grafana makes of it: what it needs to succeed, what it gets
// wrong, and what it leaves out without a word. It reads Grafana's document before the migration (Read, Source.Prepared) and
// mends Perses' after it (Source.Mend).
//
// Grafana's classic form has no schema that all of its versions keep to. So everything is read as far as it is understood:
// anything may be missing or of another type.
package grafana

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

type object = map[string]any

// Source is a dashboard of Grafana in the classic form.
type Source struct {
	root      object
	panels    []panel
	variables []object
	lost      *notes // by being left out before the migration
}

// panel is one that shows something, in other words no row.
type panel struct {
	object
	key     string   // that Perses' migration gives it
	kind    string   // its type in Grafana
	targets []object // its queries, those that Perses is given
	relaxed int      // how often Relax has taken something away from it
}

// Read reads a dashboard of Grafana in the classic form: as a person exports it, as Grafana's API wraps it ("dashboard"), or
// as the spec of a resource of its version 1. An error says of what is none, or has none of the panels that Perses would
// migrate, what it is instead.
func Read(budget *work.Budget, document json.RawMessage) (Source, error) {
	if !budget.Spend(ofByte * len(document)) {
		return Source{}, unread(budget)
	}
	root, ok := decoded(document).(object)
	if !ok {
		return Source{}, errors.New("it is not a JSON object")
	}
	root, err := unwrapped(root)
	if err != nil {
		return Source{}, err
	}
	if rows := objectsOf(root["rows"]); root["panels"] == nil && len(rows) > 0 {
		root["panels"] = fromRows(rows)
	}
	list, isList := root["panels"].([]any)
	switch {
	case root["panels"] != nil && !isList && root["layouts"] != nil:
		return Source{}, errors.New("it is a dashboard of Perses already: perses_create_dashboard takes it")
	case root["panels"] != nil && !isList:
		return Source{}, errors.New("its panels are no list, as they are in a dashboard of Grafana")
	case len(list) == 0:
		return Source{}, errors.New(`it has no "panels", so that nothing would come of it. Want the JSON of one dashboard as Grafana exports it`)
	}
	s := Source{root: root, lost: &notes{}}
	for i, p := range list {
		if _, ok := p.(object); !ok {
			return Source{}, fmt.Errorf("panels[%d] is not an object", i)
		}
	}
	s.panels = arranged(objectsOf(list))
	if len(s.panels) == 0 {
		return Source{}, errors.New("it has rows, but no panel in them, so that nothing would come of it")
	}
	s.variables = objectsOf(at(root, "templating", "list"))
	return s, s.prepare()
}

// ofByte is what a byte of a dashboard costs that is read as a tree, looked through a few times, and written again.
const ofByte = 6

// unread says that the budget has ended.
func unread(budget *work.Budget) error { return fmt.Errorf("it was not read: %w", budget.Err()) }

// unwrapped returns the dashboard inside what Grafana wraps it in.
func unwrapped(root object) (object, error) {
	for range 3 { // a resource in the answer of an API is two
		inner, ok := root["dashboard"].(object)
		if !ok {
			inner, ok = root["spec"].(object)
			ok = ok && strings.Contains(text(root["apiVersion"]), "grafana")
		}
		if root["panels"] != nil || !ok {
			break
		}
		root = inner
	}
	if _, ok := root["elements"].(object); ok {
		return nil, errors.New(`it is in Grafana's schema v2 ("elements"), which Perses does not read: export it from Grafana in the classic form`)
	}
	if spec, ok := root["spec"].(object); ok && spec["panels"] != nil && root["panels"] == nil {
		return spec, nil // which tells a dashboard of Perses by its layouts
	}
	if spec, ok := root["spec"].(object); ok && spec["elements"] != nil {
		return unwrapped(spec)
	}
	return root, nil
}

// arranged returns the panels that are no rows, with the keys that Perses gives them: their index, or in a row that of the
// row and theirs in it. What follows an open row belongs to it (internal/api/plugin/migrate/grafana.go).
func arranged(list []object) []panel {
	var panels []panel
	index, inner, open := -1, 0, false
	for _, p := range list {
		if text(p["type"]) == "row" {
			index++
			inner, open = 0, p["collapsed"] != true
			for _, below := range objectsOf(p["panels"]) {
				panels = append(panels, panel{object: below, kind: text(below["type"]), key: fmt.Sprintf("%d_%d", index, inner)})
				inner++
			}
			continue
		}
		key := fmt.Sprintf("%d_%d", index, inner)
		if inner++; !open {
			index++
			key = fmt.Sprint(index)
		}
		panels = append(panels, panel{object: p, kind: text(p["type"]), key: key})
	}
	return panels
}

// Title returns the title of the dashboard, "" if it has none.
func (s Source) Title() string { return strings.TrimSpace(text(s.root["title"])) }

// Panels returns how many panels there are that are no rows.
func (s Source) Panels() int { return len(s.panels) }

// Variables returns how many there are.
func (s Source) Variables() int { return len(s.variables) }

// maxName is the longest name that Perses takes (spec/go/common.ValidateID).
const maxName = 75

// Name returns a name for the document in Perses, made of what is shown of the title or else of the uid; "" if neither has
// a letter or a digit that a name can have.
func (s Source) Name(shown func(string) string) string {
	for _, from := range []string{shown(s.Title()), text(s.root["uid"])} {
		var name strings.Builder
		for _, r := range strings.ToLower(from) {
			switch {
			case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
				name.WriteRune(r)
			case name.Len() > 0 && !strings.HasSuffix(name.String(), "-"):
				name.WriteByte('-')
			}
			if name.Len() == maxName {
				break
			}
		}
		if made := strings.TrimSuffix(name.String(), "-"); made != "" {
			return made
		}
	}
	return ""
}

// name is how a report calls the panel.
func (p panel) name() string {
	title := text(p.object["title"])
	if title == "" {
		return p.key
	}
	return fmt.Sprintf("%q", clip(title))
}

// clip keeps a report short.
func clip(text string) string { return dashboard.Clip(text, 60) }

// decoded returns JSON as Go values, its numbers digit by digit; nil for what is not JSON.
func decoded(document json.RawMessage) any {
	if !json.Valid(document) {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value)
	return value
}

// at returns the value under keys, nil if there is none.
func at(value any, keys ...string) any {
	for _, key := range keys {
		below, _ := value.(object)
		value = below[key]
	}
	return value
}

// text returns a string; anything else is "".
func text(value any) string {
	s, _ := value.(string)
	return s
}

// objectsOf returns the objects of a list; anything else has none.
func objectsOf(value any) []object {
	list, _ := value.([]any)
	var objects []object
	for _, element := range list {
		if o, ok := element.(object); ok {
			objects = append(objects, o)
		}
	}
	return objects
}
