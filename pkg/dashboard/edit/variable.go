package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// freeName refuses a name that a new variable cannot have.
func (e *editor) freeName(name string) error {
	if err := dashboard.CheckVariable(name); err != nil {
		return err
	}
	if _, _, err := e.variable(name); err == nil {
		return fmt.Errorf("there is a variable %q already", name)
	}
	return nil
}

func (e *editor) addVariable(f fields) error {
	var full *value
	if raw := f.raw("variable"); sketch.IsFull(raw) {
		full = newValue(string(raw))
	} else {
		v, err := sketch.ParseVariable(e.budget, raw)
		if err != nil {
			return inField("variable", err)
		}
		expanded, err := v.Expand(e.budget, e.datasource(), e.around())
		if err != nil {
			return inField("variable", err)
		}
		full = newValue(string(expanded))
	}
	name := variableName(full)
	if err := e.freeName(name); err != nil {
		return inField("variable", err)
	}
	e.spec().list("variables").add(full)
	e.say("variable %s added", name)
	return nil
}

func (e *editor) changeVariable(f fields) error {
	index, variable, err := e.variable(f.variable("variable"))
	if err != nil {
		return err
	}
	name, set := f.variable("variable"), f.value("set")
	if set.at("name") != nil {
		return errors.New("set.name: use rename_variable, which renames it wherever it is used")
	}
	if err := checked(e.budget, set, sketch.ParseVariable); err != nil {
		return err
	}
	hidden := e.guarded([]string{"spec", "variables"}, variable)
	short, err := e.variableOf(variable)
	if err != nil {
		return fmt.Errorf("variable %s cannot be said in the short form (%w)", name, err)
	}
	before := valueOf(short)
	after := before.clone()
	for _, m := range set.all() {
		if m.value.isNull() {
			continue
		}
		for _, other := range excludes[m.key] {
			after.drop(other)
		}
	}
	after = setting(after, set)
	after = makeWay(after, set, nil, func(short *value) (*value, error) { return e.expandVariable(short, sketch.Env{}) })
	env := sketch.Env{}
	if hasAny(set, append(slices.Collect(maps.Keys(excludes)), "datasource")...) {
		env = e.around()
	}
	was, err := e.expandVariable(before, sketch.Env{})
	if err != nil {
		return fmt.Errorf("variable %s cannot be said in the short form (%w): remove it and add it anew", name, err)
	}
	is, err := e.expandVariable(after, env)
	if err != nil {
		return inField("set", err)
	}
	list, text := e.variables(), variable.String()
	list.set(index, graft(variable, was, is))
	if hidden {
		e.sayFields("variable "+name, set)
	} else if now, err := e.variableOf(list.members[index].value); err == nil && list.members[index].value.String() != text {
		e.sayChanges("variable "+name, before, valueOf(now), set, false)
	}
	return nil
}

// excludes are the fields of a variable that go when another is set, because a variable is of one sort.
var excludes = map[string][]string{
	"text":        {"values", "label", "metric", "matchers", "query", "label_names", "plugin", "options", "datasource", "multiple", "all", "all_value", "default", "sort", "regex"},
	"values":      {"text", "constant", "label", "metric", "matchers", "query", "label_names", "plugin", "options", "datasource"},
	"metric":      {"text", "constant", "values", "matchers", "query", "plugin"},
	"matchers":    {"text", "constant", "values", "metric", "query", "plugin"},
	"query":       {"text", "constant", "values", "metric", "matchers", "label_names", "plugin"},
	"label_names": {"text", "constant", "values", "label", "query", "plugin"},
	"plugin":      {"text", "constant", "values", "label", "metric", "matchers", "query", "label_names", "options"},
}

// variableOf returns the short form of a variable: that of a dashboard which has no other.
func (e *editor) variableOf(variable *value) (sketch.Variable, error) {
	document := `{"kind":"Dashboard","metadata":{"name":"x"},"spec":{"duration":"1h","variables":[` + variable.String() + `],"panels":{},"layouts":[]}}`
	s, _, err := sketch.Of(e.budget, json.RawMessage(document))
	if err != nil {
		return sketch.Variable{}, err
	}
	if len(s.Variables) != 1 {
		return sketch.Variable{}, errors.New("it has no word for a variable of this sort")
	}
	if s.Variables[0].Datasource == "" {
		s.Variables[0].Datasource = s.Datasource
	}
	return s.Variables[0], nil
}

func (e *editor) expandVariable(short *value, env sketch.Env) (*value, error) {
	v, err := sketch.ParseVariable(e.budget, json.RawMessage(short.String()))
	if err != nil {
		return nil, err
	}
	full, err := v.Expand(e.budget, "", env)
	return newValue(string(full)), err
}

func (e *editor) renameVariable(f fields) error {
	_, variable, err := e.variable(f.variable("variable"))
	if err != nil {
		return err
	}
	name, to := f.variable("variable"), f.variable("to")
	if name == to {
		return nil
	}
	if err := e.freeName(to); err != nil {
		return inField("to", err)
	}
	variable.at("spec").put("name", textValue(to))
	places := e.renameIn(name, to)
	used := ""
	if len(places) > 0 {
		used = ", also in " + joined(places)
	}
	e.say("variable %s renamed to %s%s", name, to, used)
	return nil
}

func (e *editor) moveVariable(f fields) error {
	from, _, err := e.variable(f.variable("variable"))
	if err != nil {
		return err
	}
	to, where := 0, "to the first place"
	if f.has("after") {
		after, _, err := e.variable(f.variable("after"))
		if err != nil {
			return inField("after", err)
		}
		if after == from {
			return errors.New("after: a variable cannot stand after itself")
		}
		if to = after; after < from {
			to++
		}
		where = "after " + f.variable("after")
	}
	if to != from {
		e.variables().move(from, to)
		e.say("variable %s moved %s", f.variable("variable"), where)
	}
	return nil
}

func (e *editor) removeVariable(f fields) error {
	index, _, err := e.variable(f.variable("variable"))
	if err != nil {
		return err
	}
	name := f.variable("variable")
	if places := e.uses(name); len(places) > 0 {
		return fmt.Errorf("variable %s is used in %s: change that first", name, joined(places))
	}
	e.variables().remove(index)
	e.say("variable %s removed", name)
	return nil
}
