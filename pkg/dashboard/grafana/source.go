// Package grafana improves Perses' migration of Grafana dashboards. Source.Prepared changes a dashboard before the migration so
// that it succeeds, Source.Fix adds afterwards what it got wrong or left out.
//
// Grafana's classic format has no schema that applies to all versions. Therefore fields may be missing or of any type, and
// everything that is not understood is ignored.
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

// Source is a Grafana dashboard in the classic format.
type Source struct {
	root      object
	panels    []panel
	variables []object
	lost      *notes // what is missing from the migrated dashboard
}

// panel is a panel that is not a row.
type panel struct {
	object
	key     string   // in the migrated dashboard
	kind    string   // its type in Grafana
	targets []object // the queries to migrate
	relaxed int      // the number of relaxations applied
}

// Read parses a Grafana dashboard in the classic format: as exported, as wrapped by Grafana's API ("dashboard"), or as the spec
// of a resource of API version 1. It returns an error if the document is something else or has no panels.
func Read(budget *work.Budget, document json.RawMessage) (Source, error) {
	if !budget.Spend(perByte * len(document)) {
		return Source{}, budgetError(budget)
	}
	root, ok := decoded(document).(object)
	if !ok {
		return Source{}, errors.New("it is not a JSON object")
	}
	root, err := unwrap(root)
	if err != nil {
		return Source{}, err
	}
	if rows := objectsOf(root["rows"]); root["panels"] == nil && len(rows) > 0 {
		root["panels"] = fromRows(rows)
	}
	list, isList := root["panels"].([]any)
	switch {
	case root["panels"] != nil && !isList && root["layouts"] != nil:
		return Source{}, errors.New("it is a Perses dashboard already; use perses_create_dashboard")
	case root["panels"] != nil && !isList:
		return Source{}, errors.New("its panels are not a list, as in a Grafana dashboard")
	case len(list) == 0:
		return Source{}, errors.New(`it has no "panels", so there is nothing to migrate. Pass the JSON of one dashboard as Grafana exports it`)
	}
	s := Source{root: root, lost: &notes{}}
	for i, p := range list {
		if _, ok := p.(object); !ok {
			return Source{}, fmt.Errorf("panels[%d] is not an object", i)
		}
	}
	s.panels = panelsOf(objectsOf(list))
	if len(s.panels) == 0 {
		return Source{}, errors.New("it has rows, but no panels in them, so there is nothing to migrate")
	}
	s.variables = objectsOf(at(root, "templating", "list"))
	return s, s.prepare()
}

// perByte is the number of units for each byte of a dashboard that is decoded, traversed a few times and encoded.
const perByte = 6

// budgetError is the error for a budget that has ended.
func budgetError(budget *work.Budget) error { return fmt.Errorf("it was not read: %w", budget.Err()) }

// unwrap returns the dashboard inside Grafana's wrappers.
func unwrap(root object) (object, error) {
	for range 3 { // a resource in an API response has two wrappers
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
		return nil, errors.New(`it is in Grafana's schema v2 ("elements"), which Perses does not support; export it from Grafana in the classic format`)
	}
	if spec, ok := root["spec"].(object); ok && spec["panels"] != nil && root["panels"] == nil {
		return spec, nil // Read recognizes Perses dashboards by their layouts
	}
	if spec, ok := root["spec"].(object); ok && spec["elements"] != nil {
		return unwrap(spec)
	}
	return root, nil
}

// panelsOf returns the panels that are not rows, with the keys that Perses gives them: their index, or for panels in rows the
// index of the row and their index in it. Panels after an open row belong to it (internal/api/plugin/migrate/grafana.go).
func panelsOf(list []object) []panel {
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

// Panels returns the number of panels that are not rows.
func (s Source) Panels() int { return len(s.panels) }

// Variables returns the number of variables.
func (s Source) Variables() int { return len(s.variables) }

// maxName is the maximum length of a name in Perses (spec/go/common.ValidateID).
const maxName = 75

// Name returns a document name made of the title, after applying shown to it, or else of the uid. It returns "" if neither has a
// letter or digit.
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

// name is the panel's name in a report.
func (p panel) name() string {
	title := text(p.object["title"])
	if title == "" {
		return p.key
	}
	return fmt.Sprintf("%q", clip(title))
}

// clip shortens a text in a report.
func clip(text string) string { return dashboard.Clip(text, 60) }

// decoded decodes JSON and keeps all digits of numbers; nil if it is not JSON.
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

// at returns the value at a path of keys, nil if there is none.
func at(value any, keys ...string) any {
	for _, key := range keys {
		below, _ := value.(object)
		value = below[key]
	}
	return value
}

// text returns a string, and "" for other values.
func text(value any) string {
	s, _ := value.(string)
	return s
}

// objectsOf returns the objects in a list, and none for other values.
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
