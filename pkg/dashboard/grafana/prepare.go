package grafana

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// Prepared returns the dashboard with changes that keep Perses' migration from failing or from producing placeholders.
func (s Source) Prepared() json.RawMessage {
	prepared, _ := json.Marshal(s.root) // it was decoded from JSON
	return prepared
}

// prepare changes the dashboard in place.
func (s *Source) prepare() error {
	if err := s.fillConstants(); err != nil {
		return err
	}
	s.cleanRoot()
	for i := range s.panels {
		s.panels[i].targets = s.targetsOf(s.panels[i])
	}
	for _, p := range s.panels {
		wholeGrid(p.object)
		cleanLinks(p.object)
		delete(p.object, "panels") // only rows have panels
		modernize(p.object)
		list := []any{}
		for _, target := range p.targets {
			d := s.datasourceOf(target, p.object)
			delete(target, "datasource")
			if d != (Datasource{}) {
				target["datasource"] = object{"type": d.Type, "uid": d.Name}
			}
			cleanInterval(target)
			if text(target["legendFormat"]) == "" { // Perses fails on a query without one if the panel has overrides
				target["legendFormat"] = "__auto"
			}
			list = append(list, target)
		}
		if p.object["targets"] != nil {
			p.object["targets"] = list
		}
	}
	for _, row := range objectsOf(s.root["panels"]) {
		wholeGrid(row)
	}
	for _, v := range s.variables {
		if !isDefault(at(v, "current", "value")) {
			delete(v, "current")
		}
	}
	return nil
}

// cleanRoot removes fields of the dashboard with types that Perses does not decode.
func (s *Source) cleanRoot() {
	for _, key := range []string{"uid", "title"} {
		if s.root[key] != nil && text(s.root[key]) == "" {
			delete(s.root, key)
		}
	}
	tags := []any{}
	list, _ := s.root["tags"].([]any)
	for _, tag := range list {
		if text(tag) != "" {
			tags = append(tags, tag)
		}
	}
	s.root["tags"] = tags
	cleanLinks(s.root)
	variables := []any{}
	for _, v := range s.variables {
		variables = append(variables, v)
	}
	s.root["templating"] = object{"list": variables}
}

// cleanLinks removes fields of links with types that Perses does not decode.
func cleanLinks(of object) {
	if of["links"] == nil {
		return
	}
	links := []any{}
	for _, link := range objectsOf(of["links"]) {
		for _, key := range []string{"title", "url", "tooltip"} {
			if _, ok := link[key].(string); !ok {
				delete(link, key)
			}
		}
		for _, key := range []string{"targetBlank", "includeVars"} {
			if _, ok := link[key].(bool); !ok {
				delete(link, key)
			}
		}
		links = append(links, link)
	}
	of["links"] = links
}

// targetsOf returns the queries of a panel that can be migrated: without calculations with other queries, and without hidden
// queries, which Perses would show.
func (s *Source) targetsOf(p panel) []object {
	var shown, hidden []object
	for _, target := range objectsOf(p.object["targets"]) {
		d := s.datasourceOf(target, p.object)
		switch {
		case d.Name == expression || d.Type == expression:
			s.lost.add("calculations with other queries, which Perses does not support", p.name())
		case target["hide"] == true:
			hidden = append(hidden, target)
		default:
			shown = append(shown, target)
		}
	}
	if len(shown) == 0 { // they were hidden because a calculation used them
		return hidden
	}
	if len(hidden) > 0 {
		s.lost.add("hidden queries, because Perses would show them", p.name())
	}
	return shown
}

// wholeGrid rounds the position and size of a panel, since Perses fails on fractions.
func wholeGrid(p object) {
	grid, _ := p["gridPos"].(object)
	for key, value := range grid {
		number, isNumber := value.(json.Number)
		if f, err := number.Float64(); isNumber && err == nil && f > -1e6 && f < 1e6 {
			grid[key] = json.Number(strconv.Itoa(int(f))) // so that a second call changes nothing
			continue
		}
		delete(grid, key)
	}
	if p["gridPos"] != nil && grid == nil {
		delete(p, "gridPos")
	}
}

// cleanInterval removes the parts of a query's minimum step that Perses does not accept, such as the > of >30s.
func cleanInterval(target object) {
	if _, ok := target["interval"]; !ok {
		return
	}
	interval := strings.TrimLeft(text(target["interval"]), ">= ")
	_, isDuration := dashboard.ParseDuration(interval)
	if r, ok := variable.Alone(interval); isDuration && interval != "" || ok && r.Field == "" {
		target["interval"] = interval
		return
	}
	delete(target, "interval")
}

// isDefault reports whether a value can be the default value of a variable in Perses: a string or a list of strings.
func isDefault(value any) bool {
	if list, ok := value.([]any); ok {
		for _, element := range list {
			if _, ok := element.(string); !ok {
				return false
			}
		}
		return true
	}
	_, ok := value.(string)
	return ok
}

// input matches a constant of an export: ${VAR_X}.
var input = regexp.MustCompile(`\$\{VAR_\w+\}`)

// fillConstants replaces the constants of an export by their values.
func (s *Source) fillConstants() error {
	values := map[string]string{}
	for _, in := range objectsOf(s.root["__inputs"]) {
		if text(in["type"]) == "constant" {
			values["${"+text(in["name"])+"}"] = text(in["value"])
		}
	}
	if len(values) == 0 {
		return nil
	}
	more := 0 // the number of bytes
	eachString(s.root, func(value string) string {
		return input.ReplaceAllStringFunc(value, func(name string) string {
			if filled, ok := values[name]; ok && more <= maxFilled {
				more += len(filled)
				return filled
			}
			return name
		})
	})
	if more > maxFilled {
		return fmt.Errorf("the values of its constants (__inputs) take more than %d bytes in total; replace them before the migration", maxFilled)
	}
	return nil
}

// maxFilled is the maximum number of bytes that the values of constants may take in total.
const maxFilled = 1 << 20

// eachText calls visit for every string in a value.
func eachText(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			eachText(v[key], visit)
		}
	case []any:
		for _, below := range v {
			eachText(below, visit)
		}
	}
}

// eachString replaces every string in a value by the result of change.
func eachString(value any, change func(string) string) {
	switch v := value.(type) {
	case object:
		for key, below := range v {
			if s, ok := below.(string); ok {
				v[key] = change(s)
			} else {
				eachString(below, change)
			}
		}
	case []any:
		for i, below := range v {
			if s, ok := below.(string); ok {
				v[i] = change(s)
			} else {
				eachString(below, change)
			}
		}
	}
}
