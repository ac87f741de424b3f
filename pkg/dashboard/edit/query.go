package edit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// writtenQuery reads a query of a panel in the short form or in full.
func (e *editor) writtenQuery(panel *value, raw json.RawMessage) (*value, error) {
	if sketch.IsFull(raw) {
		return newValue(string(raw)), nil
	}
	q, err := sketch.ParseQuery(e.budget, raw)
	if err != nil {
		return nil, err
	}
	full, err := q.Expand(e.budget, chartOf(panel), e.datasource(), e.around())
	return newValue(string(full)), err
}

// chartOf returns the plugin of a panel, which the short form takes for a chart.
func chartOf(panel *value) string { return panel.at("spec", "plugin", "kind").text() }

func (e *editor) addQuery(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	query, err := e.writtenQuery(panel, f.raw("query"))
	if err != nil {
		return inField("query", err)
	}
	queries := panel.within("spec").list("queries")
	queries.add(query)
	e.say("panel %s: queries[%d] added", key, len(queries.all())-1)
	return nil
}

func (e *editor) changeQuery(f fields) error {
	key, panel, index, err := e.query(f)
	if err != nil {
		return err
	}
	set := f.value("set")
	if err := checked(e.budget, set, sketch.ParseQuery); err != nil {
		return err
	}
	queries := panel.at("spec", "queries")
	query := queries.all()[index].value
	hidden := e.guarded(append(panelKeys(key), "queries"), query)
	before := valueOf(e.queryOf(query, chartOf(panel)))
	after := setting(before.clone(), set)
	env := sketch.Env{}
	if hasAny(set, "datasource", "plugin") {
		env = e.around()
	}
	was, err := e.expandQuery(before, panel, sketch.Env{})
	if err != nil {
		return fmt.Errorf("queries[%d] of panel %s cannot be said in the short form (%w): remove it and add it anew", index, key, err)
	}
	after = makeWay(after, set, nil, func(short *value) (*value, error) { return e.expandQuery(short, panel, sketch.Env{}) })
	is, err := e.expandQuery(after, panel, env)
	if err != nil {
		return inField("set", err)
	}
	text := query.String()
	queries.set(index, graft(query, was, is))
	where := fmt.Sprintf("panel %s, queries[%d]", key, index)
	if hidden {
		e.sayFields(where, set)
	}
	if hidden || queries.members[index].value.String() == text {
		return nil
	}
	e.sayChanges(where, before, valueOf(e.queryOf(queries.members[index].value, chartOf(panel))), set, false)
	return nil
}

// queryOf returns the short form of a query: that of a panel that has no other.
func (e *editor) queryOf(query *value, chart string) sketch.Query {
	panel := `{"kind":"Panel","spec":{"plugin":{"kind":` + quote(chart) + `,"spec":{}},"queries":[` + query.String() + `]}}`
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(panel))
	if len(p.Queries) > 0 {
		return p.Queries[0]
	}
	return sketch.Query{Query: p.Query, Legend: p.Legend, MinStep: p.MinStep, Datasource: p.Datasource}
}

func (e *editor) expandQuery(short, panel *value, env sketch.Env) (*value, error) {
	q, err := sketch.ParseQuery(e.budget, json.RawMessage(short.String()))
	if err != nil {
		return nil, err
	}
	full, err := q.Expand(e.budget, chartOf(panel), "", env)
	return newValue(string(full)), err
}

func (e *editor) removeQuery(f fields) error {
	key, panel, index, err := e.query(f)
	if err != nil {
		return err
	}
	panel.at("spec", "queries").remove(index)
	e.say("panel %s: queries[%d] removed", key, index)
	return nil
}

// thresholds returns the list of the thresholds of a panel; nil if it has none.
func thresholds(panel *value) *value {
	if steps := panel.at("spec", "plugin", "spec", "thresholds", "steps"); steps.isList() && len(steps.all()) > 0 {
		return steps
	}
	return nil
}

// threshold returns the index of a threshold, -1 if there is none of that value.
func threshold(steps *value, of float64) int {
	return slices.IndexFunc(steps.all(), func(m member) bool {
		have := m.value.at("value")
		return have != nil && gjson.Parse(have.raw).Type == gjson.Number && gjson.Parse(have.raw).Num == of
	})
}

func (e *editor) addThreshold(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	step := newValue("{}")
	step.put("value", newValue(string(f.raw("value"))))
	if f.has("color") {
		step.put("color", textValue(f.text("color")))
	}
	steps := thresholds(panel)
	if steps == nil { // the short form knows which charts can have some, and where
		set := newValue(`{"thresholds":[` + step.String() + `]}`)
		said := len(e.diff)
		if err := e.changeSpec(key, panel, set); err != nil {
			return err
		}
		e.diff = e.diff[:said] // it is said below
	} else if at := threshold(steps, f.number("value")); at >= 0 {
		have := steps.all()[at].value
		if !f.has("color") || have.at("color").text() == f.text("color") {
			return fmt.Errorf("panel %s has a threshold at %s already", key, f.raw("value"))
		}
		have.put("color", textValue(f.text("color")))
		e.say("panel %s: threshold %s is now %s", key, f.raw("value"), clip(f.text("color")))
		return nil
	} else {
		at := slices.IndexFunc(steps.all(), func(m member) bool {
			have := m.value.at("value")
			return have != nil && gjson.Parse(have.raw).Num > f.number("value")
		})
		if at < 0 {
			at = len(steps.all())
		}
		steps.insert(at, step)
	}
	e.say("panel %s: threshold %s added", key, f.raw("value"))
	return nil
}

func (e *editor) removeThreshold(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	steps := thresholds(panel)
	if steps == nil {
		return fmt.Errorf("panel %s has no thresholds", key)
	}
	at := threshold(steps, f.number("value"))
	if at < 0 {
		var have []string
		for _, m := range steps.all() {
			if v := m.value.at("value"); v != nil {
				have = append(have, v.raw)
			}
		}
		return fmt.Errorf("panel %s has no threshold at %s; it has: %s", key, strconv.FormatFloat(f.number("value"), 'g', -1, 64), joined(have))
	}
	steps.remove(at)
	if len(steps.all()) == 0 {
		panel.at("spec", "plugin", "spec", "thresholds").drop("steps")
	}
	e.say("panel %s: threshold %s removed", key, f.raw("value"))
	return nil
}
