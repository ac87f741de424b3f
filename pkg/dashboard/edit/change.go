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

// A change names fields of the short form. What they mean for the document is not said here once more: the short form of
// what there is is expanded as it is and as it is to be, and what differs between the two is changed in the document. So the
// document keeps whatever the short form has no word for.

// layoutFields are the fields of a panel that its items have, and not the panel.
var layoutFields = []string{"x", "y", "width", "height", "repeat"}

// queryFields are the fields of a panel that are those of its only query.
var queryFields = []string{"query", "legend", "min_step", "datasource"}

func (e *editor) changePanel(f fields) error {
	key, panel, err := e.panel(f.text("panel"))
	if err != nil {
		return err
	}
	return e.change(key, panel, f.value("set"))
}

// change changes a panel and its item.
func (e *editor) change(key string, panel, set *value) error {
	if set.at("key") != nil {
		return errors.New("set.key: use rename_panel")
	}
	if err := checked(e.budget, set, sketch.ParsePanel); err != nil {
		return err
	}
	place, rest := newValue("{}"), newValue("{}")
	for _, m := range set.all() {
		if slices.Contains(layoutFields, m.key) {
			place.put(m.key, m.value)
		} else {
			rest.put(m.key, m.value)
		}
	}
	if len(rest.all()) > 0 {
		if err := e.changeSpec(key, panel, rest); err != nil {
			return err
		}
	}
	return e.changePlace(key, place)
}

// changeSpec changes a panel.
func (e *editor) changeSpec(key string, panel, set *value) error {
	text := panel.String()
	hidden := e.guarded(panelKeys(key), panel)
	p, _ := sketch.PanelOf(e.budget, json.RawMessage(text))
	before := valueOf(p)
	after, err := e.withQueries(key, p, panel, before, set)
	if err != nil {
		return err
	}
	// Of what is not set, it does not matter whether this Perses has it.
	env, datasource := sketch.Env{}, ""
	if hasAny(set, "queries", "datasource") || set.at("query") != nil && p.Query == "" && p.Queries == nil {
		env, datasource = e.around(), e.datasource()
	}
	was, err := e.expandPanel(before, datasource, sketch.Env{})
	if err != nil {
		return fmt.Errorf("panel %s cannot be said in the short form (%w): use replace_panel", key, err)
	}
	if chart := set.at("chart"); chart != nil {
		alone, err := e.expandPanel(with("{}", "chart", chart), "", e.around())
		if err != nil {
			return inField("set", err)
		}
		if chartOf(alone) != chartOf(panel) {
			after = e.fitting(after, set, datasource)
		}
	}
	after = makeWay(after, set, queryFields, func(short *value) (*value, error) { return e.expandPanel(short, "", sketch.Env{}) })
	is, err := e.expandPanel(after, datasource, env)
	if err != nil {
		return inField("set", err)
	}
	anew := chartOf(is) != chartOf(was)
	if anew {
		// Hardly anything of the old plugin's spec would be right in the new one's.
		panel.within("spec").put("plugin", is.at("spec", "plugin").clone())
		was.within("spec").put("plugin", is.at("spec", "plugin").clone())
	}
	e.budget.Spend(panel.size)
	graft(panel, was, is)
	var unfit []string
	if hasAny(set, "unit", "decimals") {
		unfit = fitFormats(panel.at("spec", "plugin", "spec"))
	}
	if hidden {
		e.sayFields("panel "+key, set)
	}
	if hidden || panel.String() == text {
		return nil
	}
	now, _ := sketch.PanelOf(e.budget, json.RawMessage(panel.String()))
	e.sayChanges("panel "+key, flat(before), flat(valueOf(now)), set, anew)
	for _, line := range unfit {
		e.say("panel %s: %s", key, line)
	}
	return nil
}

// fitting leaves out of the short form of a panel that gets another chart what is not set and what that has no use for.
func (e *editor) fitting(after, set *value, datasource string) *value {
	if set.at("options") == nil {
		after.drop("options")
	}
	for _, m := range slices.Clone(after.all()) {
		if set.at(m.key) != nil || slices.Contains([]string{"title", "description", "links", "queries"}, m.key) || slices.Contains(queryFields, m.key) {
			continue
		}
		alone := with("{}", "chart", set.at("chart"))
		alone.put(m.key, m.value)
		if _, err := e.expandPanel(alone, datasource, sketch.Env{}); err != nil {
			after.drop(m.key)
		}
	}
	return after
}

// fitFormats takes from the formats of a panel what those of their units cannot have, and Perses would refuse
// (shared/cue/common/format.cue): dates no decimal places, and only plain numbers, bytes, bits and their rates short values.
// One that says something of numbers needs a unit. It returns a line for whatever is taken away.
func fitFormats(spec *value) (lines []string) {
	for _, m := range spec.all() {
		lines = append(lines, fitFormats(m.value)...)
	}
	if spec.at("unit") == nil && (spec.at("decimalPlaces") != nil || spec.at("shortValues") != nil) {
		spec.put("unit", textValue(unit.Decimal)) // which it has for the UI, and has to say for Perses
	}
	name := spec.at("unit").text()
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
		if spec.at(field) != nil {
			spec.drop(field)
			lines = append(lines, fmt.Sprintf("%s removed, which the unit %s cannot have", field, name))
		}
	}
	return lines
}

// hasAny tells whether an object has one of some fields.
func hasAny(object *value, fields ...string) bool {
	return slices.ContainsFunc(fields, func(field string) bool { return object.at(field) != nil })
}

func (e *editor) expandPanel(short *value, datasource string, env sketch.Env) (*value, error) {
	e.budget.Spend(short.size)
	p, err := sketch.ParsePanel(e.budget, json.RawMessage(short.String()))
	if err != nil {
		return nil, err
	}
	full, err := p.Expand(e.budget, datasource, env)
	return newValue(string(full)), err
}

// changePlace changes the item of a panel.
func (e *editor) changePlace(key string, set *value) error {
	if len(set.all()) == 0 {
		return nil
	}
	s := spot{stays: true}
	for _, m := range set.all() {
		given := gjson.Parse(m.value.raw)
		switch {
		case m.key == "repeat" && (m.value.isText() || m.value.isNull()):
			to := m.value.text()
			s.repeat = &to
			continue
		case m.key == "repeat":
			return fmt.Errorf("set.repeat: want %s or null, got %s", formWords[text], clip(m.value.raw))
		case m.value.isNull():
			return fmt.Errorf("set.%s: a panel always has one", m.key)
		case !whole.fits(given):
			return fmt.Errorf("set.%s: want %s, got %s", m.key, formWords[whole], clip(m.value.raw))
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
			return fmt.Errorf("set.%s: %d is not within the grid, which has %d columns", m.key, n, dashboard.Columns)
		}
	}
	if s.repeat != nil {
		was := ""
		if at := e.itemsOf(key); len(at) > 0 {
			was = at[0].item.value.at("repeatVariable", "value").text()
		}
		if *s.repeat != was {
			e.say("panel %s: repeat%s", key, arrow(was, *s.repeat))
		}
	}
	return e.move(key, s)
}

// checked refuses what the short form does not have, which parse says of it; of what is null, too, for that would otherwise
// take away in silence nothing at all.
func checked[T any](budget *work.Budget, set *value, parse func(*work.Budget, json.RawMessage) (T, error)) error {
	if len(set.all()) == 0 {
		return errors.New("set is empty: give the fields to change, and null for what is to be taken away")
	}
	if _, err := parse(budget, json.RawMessage(set.raw)); err != nil {
		return inField("set", err)
	}
	return nil
}

// flat returns the short form of a panel with the fields of its only query on the panel itself, even if that has others.
func flat(short *value) *value {
	queries := short.at("queries").all()
	if len(queries) != 1 {
		return short
	}
	short = short.clone()
	short.drop("queries")
	for _, m := range queries[0].value.all() {
		if slices.Contains(queryFields, m.key) {
			short.put(m.key, m.value)
		}
	}
	return short
}
