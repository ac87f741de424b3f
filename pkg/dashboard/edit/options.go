package edit

import (
	"cmp"
	"slices"
)

// placeholders holds a valid value for each field. Expanding one shows which options the field controls, so that removing
// the field can remove them too.
var placeholders = map[string]string{
	"text": `"x"`, "unit": `"decimal"`, "decimals": "0", "calculation": `"mean"`, "thresholds": "[1]", "stack": "true", "min": "0", "max": "1",
	"query": `"x"`, "legend": `"x"`, "min_step": `"1m"`, "datasource": `"$x"`,
}

// dropShadowingOptions removes from the options of a sketch what the fields in set control. A sketch holds in options
// everything that its other fields cannot express, and options override those fields. Fields listed in skip keep their
// options; the caller applies them to the query instead.
func dropShadowingOptions(sketched, set *node, skip []string, expand func(sketched *node) (*node, error)) *node {
	options := sketched.get("options")
	if set.get("options") != nil || !options.isObject() {
		return sketched
	}
	sketched = sketched.clone()
	options = sketched.get("options").clone()
	sketched.delete("options")
	for _, m := range set.members() {
		if slices.Contains(skip, m.key) {
			continue
		}
		without := sketched.clone()
		without.delete(m.key)
		value := m.value
		if value.isNull() {
			value = newNode(cmp.Or(placeholders[m.key], "null"))
		}
		added := without.clone()
		added.put(m.key, value)
		from, err := expand(without)
		to, errTo := expand(added)
		if err == nil && errTo == nil {
			dropChanged(options, from.get("spec", "plugin", "spec"), to.get("spec", "plugin", "spec"))
		}
	}
	if len(options.members()) > 0 {
		sketched.put("options", options)
	}
	return sketched
}

// dropChanged removes from an object the members that differ between before and after.
func dropChanged(on, before, after *node) {
	for _, m := range after.members() {
		was, have := before.get(m.key), on.get(m.key)
		if have == nil || was != nil && was.String() == m.value.String() {
			continue
		}
		if have.isObject() && m.value.isObject() {
			if dropChanged(have, was, m.value); len(have.members()) > 0 {
				continue
			}
		}
		on.delete(m.key)
	}
}
