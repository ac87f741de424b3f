package edit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// eachSelector visits what chooses a datasource: each object under the key "datasource" that has a kind. around is the spec
// of the plugin that it stands in.
func (e *editor) eachSelector(visit func(where string, around, selector *value)) {
	for _, p := range e.parts() {
		var down func(v *value)
		down = func(v *value) {
			if !e.goOn(v) || !mayHold(v, `"datasource"`) {
				return
			}
			for _, m := range v.all() {
				if m.key == "datasource" && m.value.at("kind").isText() {
					visit(p.where, v, m.value)
				}
				down(m.value)
			}
		}
		down(p.of.members[p.at].value)
	}
}

// datasource returns the datasource that a query gets which names none: the one that all of the others name. It is "", which
// stands for the default one of its kind, where some name none, they name several, or theirs does not exist.
func (e *editor) datasource() string {
	only, several := "", false
	e.eachPlugin(func(_ string, plugin *value) {
		name := plugin.at("spec", "datasource", "name").text()
		switch {
		case plugin.at("kind").text() == "StaticListVariable" || several:
		case only == "" && name != "":
			only = name
		case name != only:
			several = true
		}
	})
	if _, ok := e.around().KindOf(only); several || e.env.Datasources != nil && !ok {
		return ""
	}
	return only
}

// eachPlugin visits the plugins that ask a datasource: those of queries, variables and annotations.
func (e *editor) eachPlugin(visit func(where string, plugin *value)) {
	for _, p := range e.parts() {
		v := p.of.members[p.at].value
		if plugin := v.at("spec", "plugin"); plugin.isObject() {
			visit(p.where, plugin)
		} else if plugin := v.at("plugin"); plugin.isObject() {
			visit(p.where, plugin)
		}
	}
}

// kindOf returns the kind of a datasource of the dashboard or around it: "" if that is not known.
func (e *editor) kindOf(name string) (string, error) {
	if kind := e.document.at("spec", "datasources", name, "plugin", "kind").text(); kind != "" {
		return kind, nil
	}
	around := e.around()
	if kind, ok := around.KindOf(name); ok || around.Datasources == nil {
		return kind, nil
	}
	return "", missing("datasource", name, slices.Sorted(maps.Keys(around.Datasources)), "")
}

// fits tells whether the plugin of a query or a variable can ask datasources of a kind: by its name, which begins as theirs
// does (PrometheusTimeSeriesQuery asks a PrometheusDatasource).
func fits(plugin, kind string) bool {
	return kind != "" && strings.HasPrefix(plugin, strings.TrimSuffix(kind, "Datasource"))
}

func (e *editor) replaceDatasource(f fields) error {
	from, to := f.text("from"), f.text("to")
	kind, err := e.kindOf(to)
	if err != nil {
		return inField("to", err)
	}
	var names, places []string
	seen := map[string]bool{"": true}
	wrong := ""
	plugins := map[*value]string{} // the kinds of plugins by their specs
	e.eachPlugin(func(_ string, plugin *value) {
		if spec := plugin.at("spec"); spec != nil {
			plugins[spec] = plugin.at("kind").text()
		}
	})
	e.eachSelector(func(where string, around, selector *value) {
		name := selector.at("name").text()
		if name != from || name == "" {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
			return
		}
		if kind != "" && kind != selector.at("kind").text() {
			plugin := plugins[around]
			if !fits(plugin, kind) && wrong == "" {
				wrong = fmt.Sprintf("%s asks with a %s, and %q is a %s: change the query first", where, cmp.Or(plugin, "plugin of another kind"), to, kind)
			}
			selector.put("kind", textValue(kind))
		}
		selector.put("name", textValue(to))
		places = noted(places, where)
	})
	if wrong != "" {
		return errors.New(wrong)
	}
	if len(places) == 0 {
		return inField("from", missing("query or variable that names the datasource", from, names, ""))
	}
	if from != to {
		e.say("datasource %s -> %s in %s", from, to, joined(places))
	}
	return nil
}

// setDatasource gives a datasource to the queries and variables that name none and can ask it.
func (e *editor) setDatasource(name string) error {
	kind, err := e.kindOf(name)
	if err != nil {
		return err
	}
	var places []string
	e.eachPlugin(func(where string, plugin *value) {
		if e.fits(0) != nil { // which is said of the edit as a whole
			return
		}
		have := plugin.at("spec", "datasource")
		ofKind := cmp.Or(kind, have.at("kind").text())
		if have.at("name") != nil || have != nil && !have.isObject() || !fits(plugin.at("kind").text(), ofKind) {
			return
		}
		if have != nil && have.at("kind").text() != ofKind {
			return
		}
		selector := plugin.within("spec", "datasource")
		selector.put("kind", textValue(ofKind))
		selector.put("name", textValue(name))
		places = append(places, where)
	})
	if len(places) > 0 {
		e.say("datasource %s named in %s", name, joined(places))
	}
	return nil
}
