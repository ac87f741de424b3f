package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// A change of a panel, a query or a variable names fields of its sketch. The code expands the sketch before and after the
// change, and applies the difference between the two expansions to the document. So the document keeps everything that a
// sketch cannot express, and only pkg/dashboard/sketch knows where a field goes.

// layoutFields are the fields of a panel's sketch that belong to its grid item.
var layoutFields = []string{"x", "y", "width", "height", "repeat"}

// queryFields are the fields of a panel's sketch that belong to its query, if it has only one.
var queryFields = []string{"query", "legend", "min_step", "datasource"}

func (e *editor) changePanel(f fields) error {
	key, panel, err := e.findPanel(f.str("panel"))
	if err != nil {
		return err
	}
	return e.changePanelAndItem(key, panel, f.value("set"))
}

// changePanelAndItem changes a panel and its grid item.
func (e *editor) changePanelAndItem(key string, panel, set *node) error {
	if set.get("key") != nil {
		return errors.New("set.key: use rename_panel")
	}
	if err := checkSet(e.budget, set, sketch.ParsePanel); err != nil {
		return err
	}
	place, rest := newNode("{}"), newNode("{}")
	for _, m := range set.members() {
		if slices.Contains(layoutFields, m.key) {
			place.put(m.key, m.value)
		} else {
			rest.put(m.key, m.value)
		}
	}
	if len(rest.members()) > 0 {
		if err := e.changePanelSpec(key, panel, rest); err != nil {
			return err
		}
	}
	return e.changeItem(key, place)
}

// changePanelSpec changes a panel without its grid item.
func (e *editor) changePanelSpec(key string, panel, set *node) error {
	original := panel.String()
	hidden := e.touchesSecrets(panelKeys(key), panel)
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(original))
	sketchBefore := nodeOf(p)
	sketchAfter, err := e.applyToSketch(key, p, panel, sketchBefore, set)
	if err != nil {
		return err
	}
	// Fields that are not set need not exist in this Perses, so they are expanded with an empty environment.
	env, datasource := sketch.Env{}, ""
	if hasAny(set, "queries", "datasource") || set.get("query") != nil && p.Query == "" && p.Queries == nil {
		env, datasource = e.fullEnv(), e.commonDatasource()
	}
	fullBefore, err := e.expandPanel(sketchBefore, datasource, sketch.Env{})
	if err != nil {
		return fmt.Errorf("panel %s cannot be written as a sketch (%w): use replace_panel", key, err)
	}
	if chart := set.get("chart"); chart != nil {
		alone, err := e.expandPanel(withMember("{}", "chart", chart), "", e.fullEnv())
		if err != nil {
			return inField("set", err)
		}
		if chartOf(alone) != chartOf(panel) {
			sketchAfter = e.dropUnsupported(sketchAfter, set, datasource)
		}
	}
	sketchAfter = dropShadowingOptions(sketchAfter, set, queryFields, func(sketched *node) (*node, error) { return e.expandPanel(sketched, "", sketch.Env{}) })
	fullAfter, err := e.expandPanel(sketchAfter, datasource, env)
	if err != nil {
		return inField("set", err)
	}
	chartChanged := chartOf(fullAfter) != chartOf(fullBefore)
	if chartChanged {
		// Hardly any field of the old plugin's spec is valid for the new plugin.
		panel.ensureObject("spec").put("plugin", fullAfter.get("spec", "plugin").clone())
		fullBefore.ensureObject("spec").put("plugin", fullAfter.get("spec", "plugin").clone())
	}
	e.budget.Spend(panel.size)
	applyChange(panel, fullBefore, fullAfter)
	var removedFormats []string
	if hasAny(set, "unit", "decimals") {
		removedFormats = fixFormats(panel.get("spec", "plugin", "spec"))
	}
	if hidden {
		e.reportFieldNames("panel "+key, set)
	}
	if hidden || panel.String() == original {
		return nil
	}
	result, _ := sketch.PanelOf(e.budget, json.RawMessage(panel.String()))
	e.reportFields("panel "+key, flattenQuery(sketchBefore), flattenQuery(nodeOf(result)), set, chartChanged)
	for _, line := range removedFormats {
		e.report("panel %s: %s", key, line)
	}
	return nil
}

// applyToSketch returns the sketch of a panel with the fields of set. If the panel has a single query, fields of a query
// apply to it.
func (e *editor) applyToSketch(key string, p sketch.Panel, panel, sketchBefore, set *node) (*node, error) {
	ofQuery, ofPanel := newNode("{}"), newNode("{}")
	for _, m := range set.members() {
		if len(p.Queries) > 0 && set.get("queries") == nil && slices.Contains(queryFields, m.key) {
			ofQuery.put(m.key, m.value)
		} else {
			ofPanel.put(m.key, m.value)
		}
	}
	sketchAfter := sketchBefore.clone()
	if set.get("queries") != nil {
		for _, name := range queryFields {
			sketchAfter.delete(name)
		}
	}
	switch {
	case len(ofQuery.members()) == 0:
	case len(p.Queries) > 1:
		return nil, fmt.Errorf("panel %s has %d queries: change one of them with change_query", key, len(p.Queries))
	default:
		only := sketchAfter.ensureList("queries")
		query := dropShadowingOptions(mergeSet(only.members()[0].value, ofQuery), ofQuery, nil, func(sketched *node) (*node, error) { return e.expandQuery(sketched, panel, sketch.Env{}) })
		only.setAt(0, query)
	}
	return mergeSet(sketchAfter, ofPanel), nil
}

// dropUnsupported removes from the sketch of a panel with a new chart all fields that are not set and that the chart does
// not accept.
func (e *editor) dropUnsupported(sketched, set *node, datasource string) *node {
	if set.get("options") == nil {
		sketched.delete("options")
	}
	for _, m := range slices.Clone(sketched.members()) {
		if set.get(m.key) != nil || slices.Contains([]string{"title", "description", "links", "queries"}, m.key) || slices.Contains(queryFields, m.key) {
			continue
		}
		alone := withMember("{}", "chart", set.get("chart"))
		alone.put(m.key, m.value)
		if _, err := e.expandPanel(alone, datasource, sketch.Env{}); err != nil {
			sketched.delete(m.key)
		}
	}
	return sketched
}

// fixFormats removes from the number formats of a panel the fields that Perses refuses for their unit
// (shared/cue/common/format.cue): decimal places of dates, and short values except for plain numbers, bytes, bits and their
// rates. It adds the unit that such fields require. It returns a line for each removed field.
func fixFormats(spec *node) (lines []string) {
	for _, m := range spec.members() {
		lines = append(lines, fixFormats(m.value)...)
	}
	if spec.get("unit") == nil && (spec.get("decimalPlaces") != nil || spec.get("shortValues") != nil) {
		spec.put("unit", stringNode(unit.Decimal)) // the default of the UI, which Perses requires explicitly here
	}
	name := spec.get("unit").str()
	if !slices.Contains(unit.Names(), name) {
		return lines
	}
	cannot := []string{"shortValues"}
	switch (unit.Format{Unit: name}).Group() {
	case unit.Numbers, unit.Bytes, unit.Bits, unit.Throughput:
		return lines
	case unit.Date:
		cannot = append(cannot, "decimalPlaces")
	}
	for _, field := range cannot {
		if spec.get(field) != nil {
			spec.delete(field)
			lines = append(lines, fmt.Sprintf("%s removed, because the unit %s does not support it", field, name))
		}
	}
	return lines
}

// hasAny reports whether an object has one of the fields.
func hasAny(object *node, fields ...string) bool {
	return slices.ContainsFunc(fields, func(field string) bool { return object.get(field) != nil })
}

func (e *editor) expandPanel(sketched *node, datasource string, env sketch.Env) (*node, error) {
	e.budget.Spend(sketched.size)
	p, err := sketch.ParsePanel(e.budget, json.RawMessage(sketched.String()))
	if err != nil {
		return nil, err
	}
	full, err := p.Expand(e.budget, datasource, env)
	return newNode(string(full)), err
}

// changeItem changes the grid item of a panel.
func (e *editor) changeItem(key string, set *node) error {
	if len(set.members()) == 0 {
		return nil
	}
	s := position{keepsRow: true}
	for _, m := range set.members() {
		given := gjson.Parse(m.value.raw)
		switch {
		case m.key == "repeat" && (m.value.isString() || m.value.isNull()):
			to := m.value.str()
			s.repeat = &to
			continue
		case m.key == "repeat":
			return fmt.Errorf("set.repeat: want %s or null, got %s", typeNames[typeString], clip(m.value.raw))
		case m.value.isNull():
			return fmt.Errorf("set.%s: a panel needs one, so null is not allowed", m.key)
		case !typeWhole.matches(given):
			return fmt.Errorf("set.%s: want %s, got %s", m.key, typeNames[typeWhole], clip(m.value.raw))
		}
		n := int(given.Num)
		switch m.key {
		case "x":
			s.x = &n
		case "y":
			s.y = &n
		case "width":
			s.width = n
		case "height":
			s.height = n
		}
		if n == 0 && (m.key == "width" || m.key == "height") || m.key == "width" && n > dashboard.Columns || m.key == "x" && n >= dashboard.Columns {
			return fmt.Errorf("set.%s: %d is outside the grid, which has %d columns", m.key, n, dashboard.Columns)
		}
	}
	if s.repeat != nil {
		was := ""
		if at := e.findItems(key); len(at) > 0 {
			was = at[0].item.value.get("repeatVariable", "value").str()
		}
		if *s.repeat != was {
			e.report("panel %s: repeat%s", key, formatChange(was, *s.repeat))
		}
	}
	return e.move(key, s)
}

// checkSet returns an error for fields that a sketch does not have, even if they are null, because removing an unknown
// field would silently do nothing.
func checkSet[T any](budget *work.Budget, set *node, parse func(*work.Budget, json.RawMessage) (T, error)) error {
	if len(set.members()) == 0 {
		return errors.New("set is empty: give the fields to change, with null to remove one")
	}
	if _, err := parse(budget, json.RawMessage(set.raw)); err != nil {
		return inField("set", err)
	}
	return nil
}

// flattenQuery returns the sketch of a panel with the fields of its only query on the panel itself.
func flattenQuery(sketched *node) *node {
	queries := sketched.get("queries").members()
	if len(queries) != 1 {
		return sketched
	}
	sketched = sketched.clone()
	sketched.delete("queries")
	for _, m := range queries[0].value.members() {
		if slices.Contains(queryFields, m.key) {
			sketched.put(m.key, m.value)
		}
	}
	return sketched
}
