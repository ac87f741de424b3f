package edit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// withQueries returns the short form of a panel with what is set. Fields of a query on the panel are those of its only one.
func (e *editor) withQueries(key string, p sketch.Panel, panel, before, set *value) (*value, error) {
	ofQuery, ofPanel := newValue("{}"), newValue("{}")
	for _, m := range set.all() {
		if len(p.Queries) > 0 && set.at("queries") == nil && slices.Contains(queryFields, m.key) {
			ofQuery.put(m.key, m.value)
		} else {
			ofPanel.put(m.key, m.value)
		}
	}
	after := before.clone()
	if set.at("queries") != nil {
		for _, name := range queryFields {
			after.drop(name)
		}
	}
	switch {
	case len(ofQuery.all()) == 0:
	case len(p.Queries) > 1:
		return nil, fmt.Errorf("panel %s has %d queries: change one of them with change_query", key, len(p.Queries))
	default:
		only := after.list("queries")
		query := makeWay(setting(only.all()[0].value, ofQuery), ofQuery, nil, func(short *value) (*value, error) { return e.expandQuery(short, panel, sketch.Env{}) })
		only.set(0, query)
	}
	return setting(after, ofPanel), nil
}

// setting lays what is set over a short form. null takes a field away. In options it stays, for there it takes something away
// from what the short form would otherwise expand into.
func setting(on, set *value) *value {
	rest := set.clone()
	options := rest.at("options")
	if options.isObject() {
		rest.drop("options")
		on.put("options", layer(on.within("options"), options))
	}
	return overlay(on, rest)
}

// layer is overlay that keeps null.
func layer(on, with *value) *value {
	if !with.isObject() || !on.isObject() {
		return with
	}
	for _, m := range with.all() {
		if have := on.at(m.key); have != nil {
			on.put(m.key, layer(have, m.value))
		} else {
			on.put(m.key, m.value)
		}
	}
	return on
}

// stands are values that a field can have, for what it does to be seen where it is to be taken away.
var stands = map[string]string{
	"text": `"x"`, "unit": `"decimal"`, "decimals": "0", "calculation": `"mean"`, "thresholds": "[1]", "stack": "true", "min": "0", "max": "1",
	"query": `"x"`, "legend": `"x"`, "min_step": `"1m"`, "datasource": `"$x"`,
}

// makeWay takes out of the options of a short form what the fields that are set say. What is in a document and the short form
// cannot say with a field stands there, and options are laid over all the rest. The fields but are left alone: what they say
// goes elsewhere.
func makeWay(short, set *value, but []string, expand func(short *value) (*value, error)) *value {
	options := short.at("options")
	if set.at("options") != nil || !options.isObject() {
		return short
	}
	short = short.clone()
	options = short.at("options").clone()
	short.drop("options")
	for _, m := range set.all() {
		if slices.Contains(but, m.key) {
			continue
		}
		without := short.clone()
		without.drop(m.key)
		stand := m.value
		if stand.isNull() {
			stand = newValue(cmp.Or(stands[m.key], "null"))
		}
		added := without.clone()
		added.put(m.key, stand)
		from, err := expand(without)
		to, errTo := expand(added)
		if err == nil && errTo == nil {
			pruneChanged(options, from.at("spec", "plugin", "spec"), to.at("spec", "plugin", "spec"))
		}
	}
	if len(options.all()) > 0 {
		short.put("options", options)
	}
	return short
}

// pruneChanged takes out of an object what is in another than it was.
func pruneChanged(on, was, is *value) {
	for _, m := range is.all() {
		before, have := was.at(m.key), on.at(m.key)
		if have == nil || before != nil && before.String() == m.value.String() {
			continue
		}
		if !have.isObject() || !m.value.isObject() {
			on.drop(m.key)
			continue
		}
		if pruneChanged(have, before, m.value); len(have.all()) == 0 {
			on.drop(m.key)
		}
	}
}
