package edit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// parseNewQuery reads a query of a panel that is a sketch or a complete document.
func (e *editor) parseNewQuery(panel *node, raw json.RawMessage) (*node, error) {
	if sketch.IsFull(raw) {
		return newNode(string(raw)), nil
	}
	q, err := sketch.ParseQuery(e.budget, raw)
	if err != nil {
		return nil, err
	}
	full, err := q.Expand(e.budget, chartOf(panel), e.commonDatasource(), e.fullEnv())
	return newNode(string(full)), err
}

// chartOf returns the panel kind, which a sketch accepts as its chart.
func chartOf(panel *node) string { return panel.get("spec", "plugin", "kind").str() }

func (e *editor) addQuery(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	query, err := e.parseNewQuery(panel, f.raw("query"))
	if err != nil {
		return inField("query", err)
	}
	queries := panel.ensureObject("spec").ensureList("queries")
	queries.append(query)
	e.report("panel %s: queries[%d] added", key, len(queries.members())-1)
	return nil
}

func (e *editor) changeQuery(f fields) error {
	key, panel, index, err := e.findQuery(f)
	if err != nil {
		return err
	}
	set := f.value("set")
	if err := checkSet(e.budget, set, sketch.ParseQuery); err != nil {
		return err
	}
	queries := panel.get("spec", "queries")
	query := queries.members()[index].value
	hidden := e.touchesSecrets(append(panelKeys(key), "queries"), query)
	sketchBefore := nodeOf(e.querySketch(query, chartOf(panel)))
	sketchAfter := mergeSet(sketchBefore.clone(), set)
	env := sketch.Env{}
	if hasAny(set, "datasource", "plugin") {
		env = e.fullEnv()
	}
	fullBefore, err := e.expandQuery(sketchBefore, panel, sketch.Env{})
	if err != nil {
		return fmt.Errorf("queries[%d] of panel %s cannot be written as a sketch (%w): remove it and add a new one", index, key, err)
	}
	sketchAfter = dropShadowingOptions(sketchAfter, set, nil, func(sketched *node) (*node, error) { return e.expandQuery(sketched, panel, sketch.Env{}) })
	fullAfter, err := e.expandQuery(sketchAfter, panel, env)
	if err != nil {
		return inField("set", err)
	}
	original := query.String()
	queries.setAt(index, applyChange(query, fullBefore, fullAfter))
	where := fmt.Sprintf("panel %s, queries[%d]", key, index)
	if hidden {
		e.reportFieldNames(where, set)
	}
	if hidden || queries.loaded[index].value.String() == original {
		return nil
	}
	e.reportFields(where, sketchBefore, nodeOf(e.querySketch(queries.loaded[index].value, chartOf(panel))), set, false)
	return nil
}

// querySketch returns the sketch of a query, taken from the sketch of a panel with this query alone.
func (e *editor) querySketch(query *node, chart string) sketch.Query {
	panel := `{"kind":"Panel","spec":{"plugin":{"kind":` + quote(chart) + `,"spec":{}},"queries":[` + query.String() + `]}}`
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(panel))
	if len(p.Queries) > 0 {
		return p.Queries[0]
	}
	return sketch.Query{Query: p.Query, Legend: p.Legend, MinStep: p.MinStep, Datasource: p.Datasource}
}

func (e *editor) expandQuery(sketched, panel *node, env sketch.Env) (*node, error) {
	q, err := sketch.ParseQuery(e.budget, json.RawMessage(sketched.String()))
	if err != nil {
		return nil, err
	}
	full, err := q.Expand(e.budget, chartOf(panel), "", env)
	return newNode(string(full)), err
}

func (e *editor) removeQuery(f fields) error {
	key, panel, index, err := e.findQuery(f)
	if err != nil {
		return err
	}
	panel.get("spec", "queries").removeAt(index)
	e.report("panel %s: queries[%d] removed", key, index)
	return nil
}

// thresholdSteps returns the list of the panel's thresholds, or nil if there are none.
func thresholdSteps(panel *node) *node {
	if steps := panel.get("spec", "plugin", "spec", "thresholds", "steps"); steps.isList() && len(steps.members()) > 0 {
		return steps
	}
	return nil
}

// thresholdIndex returns the index of the threshold with a value, or -1.
func thresholdIndex(steps *node, of float64) int {
	return slices.IndexFunc(steps.members(), func(m member) bool {
		have := m.value.get("value")
		return have != nil && gjson.Parse(have.raw).Type == gjson.Number && gjson.Parse(have.raw).Num == of
	})
}

func (e *editor) addThreshold(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	step := newNode("{}")
	step.put("value", newNode(string(f.raw("value"))))
	if f.has("color") {
		step.put("color", stringNode(f.str("color")))
	}
	steps := thresholdSteps(panel)
	if steps == nil { // the sketch knows which charts have thresholds, and where
		set := newNode(`{"thresholds":[` + step.String() + `]}`)
		reported := len(e.changes)
		if err := e.changePanelSpec(key, panel, set); err != nil {
			return err
		}
		e.changes = e.changes[:reported] // reported below
	} else if at := thresholdIndex(steps, f.number("value")); at >= 0 {
		have := steps.members()[at].value
		if !f.has("color") || have.get("color").str() == f.str("color") {
			return fmt.Errorf("panel %s already has a threshold at %s", key, f.raw("value"))
		}
		have.put("color", stringNode(f.str("color")))
		e.report("panel %s: color of threshold %s changed to %s", key, f.raw("value"), clip(f.str("color")))
		return nil
	} else {
		at := slices.IndexFunc(steps.members(), func(m member) bool {
			have := m.value.get("value")
			return have != nil && gjson.Parse(have.raw).Num > f.number("value")
		})
		if at < 0 {
			at = len(steps.members())
		}
		steps.insert(at, step)
	}
	e.report("panel %s: threshold %s added", key, f.raw("value"))
	return nil
}

func (e *editor) removeThreshold(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	steps := thresholdSteps(panel)
	if steps == nil {
		return fmt.Errorf("panel %s has no thresholds", key)
	}
	at := thresholdIndex(steps, f.number("value"))
	if at < 0 {
		var have []string
		for _, m := range steps.members() {
			if v := m.value.get("value"); v != nil {
				have = append(have, v.raw)
			}
		}
		return fmt.Errorf("panel %s has no threshold at %s; its thresholds are: %s", key, strconv.FormatFloat(f.number("value"), 'g', -1, 64), firstFew(have))
	}
	steps.removeAt(at)
	if len(steps.members()) == 0 {
		panel.get("spec", "plugin", "spec", "thresholds").delete("steps")
	}
	e.report("panel %s: threshold %s removed", key, f.raw("value"))
	return nil
}
