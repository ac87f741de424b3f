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

// checkNewName returns an error if a new variable cannot have this name.
func (e *editor) checkNewName(name string) error {
	if err := dashboard.CheckVariable(name); err != nil {
		return err
	}
	if _, _, err := e.findVariable(name); err == nil {
		return fmt.Errorf("another variable has the name %q", name)
	}
	return nil
}

func (e *editor) addVariable(f fields) error {
	var full *node
	if raw := f.raw("variable"); sketch.IsFull(raw) {
		full = newNode(string(raw))
	} else {
		v, err := sketch.ParseVariable(e.budget, raw)
		if err != nil {
			return inField("variable", err)
		}
		expanded, err := v.Expand(e.budget, e.commonDatasource(), e.fullEnv())
		if err != nil {
			return inField("variable", err)
		}
		full = newNode(string(expanded))
	}
	name := variableName(full)
	if err := e.checkNewName(name); err != nil {
		return inField("variable", err)
	}
	e.spec().ensureList("variables").append(full)
	e.report("variable %s added", name)
	return nil
}

func (e *editor) changeVariable(f fields) error {
	index, variable, err := e.findVariable(f.variable("variable"))
	if err != nil {
		return err
	}
	name, set := f.variable("variable"), f.value("set")
	if set.get("name") != nil {
		return errors.New("set.name: use rename_variable, which also changes all references")
	}
	if err := checkSet(e.budget, set, sketch.ParseVariable); err != nil {
		return err
	}
	hidden := e.touchesSecrets([]string{"spec", "variables"}, variable)
	sketched, err := e.variableSketch(variable)
	if err != nil {
		return fmt.Errorf("variable %s cannot be written as a sketch (%w): remove it and add a new one", name, err)
	}
	sketchBefore := nodeOf(sketched)
	sketchAfter := sketchBefore.clone()
	for _, m := range set.members() {
		if m.value.isNull() {
			continue
		}
		for _, other := range replaces[m.key] {
			sketchAfter.delete(other)
		}
	}
	sketchAfter = mergeSet(sketchAfter, set)
	sketchAfter = dropShadowingOptions(sketchAfter, set, nil, func(sketched *node) (*node, error) { return e.expandVariable(sketched, sketch.Env{}) })
	env := sketch.Env{}
	if hasAny(set, append(slices.Collect(maps.Keys(replaces)), "datasource")...) {
		env = e.fullEnv()
	}
	fullBefore, err := e.expandVariable(sketchBefore, sketch.Env{})
	if err != nil {
		return fmt.Errorf("variable %s cannot be written as a sketch (%w): remove it and add a new one", name, err)
	}
	fullAfter, err := e.expandVariable(sketchAfter, env)
	if err != nil {
		return inField("set", err)
	}
	list, original := e.variables(), variable.String()
	list.setAt(index, applyChange(variable, fullBefore, fullAfter))
	if hidden {
		e.reportFieldNames("variable "+name, set)
	} else if result, err := e.variableSketch(list.loaded[index].value); err == nil && list.loaded[index].value.String() != original {
		e.reportFields("variable "+name, sketchBefore, nodeOf(result), set, false)
	}
	return nil
}

// replacedBy maps a field of a variable to the fields that it replaces, because a variable has only one source of values.
var replaces = map[string][]string{
	"text":        {"values", "label", "metric", "matchers", "query", "label_names", "plugin", "options", "datasource", "multiple", "all", "all_value", "default", "sort", "regex"},
	"values":      {"text", "constant", "label", "metric", "matchers", "query", "label_names", "plugin", "options", "datasource"},
	"metric":      {"text", "constant", "values", "matchers", "query", "plugin"},
	"matchers":    {"text", "constant", "values", "metric", "query", "plugin"},
	"query":       {"text", "constant", "values", "metric", "matchers", "label_names", "plugin"},
	"label_names": {"text", "constant", "values", "label", "query", "plugin"},
	"plugin":      {"text", "constant", "values", "label", "metric", "matchers", "query", "label_names", "options"},
}

// variableSketch returns the sketch of a variable, taken from the sketch of a dashboard with this variable alone.
func (e *editor) variableSketch(variable *node) (sketch.Variable, error) {
	document := `{"kind":"Dashboard","metadata":{"name":"x"},"spec":{"duration":"1h","variables":[` + variable.String() + `],"panels":{},"layouts":[]}}`
	s, _, err := sketch.Of(e.budget, json.RawMessage(document))
	if err != nil {
		return sketch.Variable{}, err
	}
	if len(s.Variables) != 1 {
		return sketch.Variable{}, errors.New("variables of this kind are not supported")
	}
	if s.Variables[0].Datasource == "" {
		s.Variables[0].Datasource = s.Datasource
	}
	return s.Variables[0], nil
}

func (e *editor) expandVariable(sketched *node, env sketch.Env) (*node, error) {
	v, err := sketch.ParseVariable(e.budget, json.RawMessage(sketched.String()))
	if err != nil {
		return nil, err
	}
	full, err := v.Expand(e.budget, "", env)
	return newNode(string(full)), err
}

func (e *editor) renameVariable(f fields) error {
	_, variable, err := e.findVariable(f.variable("variable"))
	if err != nil {
		return err
	}
	name, to := f.variable("variable"), f.variable("to")
	if name == to {
		return nil
	}
	if err := e.checkNewName(to); err != nil {
		return inField("to", err)
	}
	variable.get("spec").put("name", stringNode(to))
	places := e.renameReferences(name, to)
	used := ""
	if len(places) > 0 {
		used = ", also in " + firstFew(places)
	}
	e.report("variable %s renamed to %s%s", name, to, used)
	return nil
}

func (e *editor) moveVariable(f fields) error {
	from, _, err := e.findVariable(f.variable("variable"))
	if err != nil {
		return err
	}
	to, where := 0, "to the front"
	if f.has("after") {
		after, _, err := e.findVariable(f.variable("after"))
		if err != nil {
			return inField("after", err)
		}
		if after == from {
			return errors.New("after: a variable cannot be placed after itself")
		}
		if to = after; after < from {
			to++
		}
		where = "after " + f.variable("after")
	}
	if to != from {
		e.variables().move(from, to)
		e.report("variable %s moved %s", f.variable("variable"), where)
	}
	return nil
}

func (e *editor) removeVariable(f fields) error {
	index, _, err := e.findVariable(f.variable("variable"))
	if err != nil {
		return err
	}
	name := f.variable("variable")
	if places := e.variableUses(name); len(places) > 0 {
		return fmt.Errorf("variable %s is used in %s: change those first", name, firstFew(places))
	}
	e.variables().removeAt(index)
	e.report("variable %s removed", name)
	return nil
}
