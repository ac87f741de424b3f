package edit

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// part is a part of a dashboard that can refer to variables and datasources.
type part struct {
	name   string
	parent *node // the object or list that contains it
	index  int   // in parent
}

// parts returns the parts of the dashboard: each query, the rest of each panel, each variable, and so on. It leaves out the
// dashboard's own datasources, which may hold secrets and which no edit changes this way.
func (e *editor) parts() []part {
	var all []part
	for i, m := range e.document.get("spec").members() {
		if e.budget.Err() != nil {
			break
		}
		switch m.key {
		case "panels":
			for _, p := range m.value.members() {
				all = append(all, partsOfPanel(p.key, p.value)...)
			}
		case "variables":
			all = append(all, elements(m.value, "variable", variableName)...)
		case "links", "annotations":
			all = append(all, elements(m.value, strings.TrimSuffix(m.key, "s"), nameOf)...)
		case "layouts":
			for _, r := range e.rows() {
				all = append(all, part{r.String(), m.value, r.layout})
			}
			all = slices.CompactFunc(all, func(a, b part) bool { return a.parent == b.parent && a.index == b.index }) // the tabs of a layout are one part
		case "datasources":
		default:
			all = append(all, part{m.key, e.document.get("spec"), i})
		}
	}
	return all
}

func partsOfPanel(key string, panel *node) []part {
	var all []part
	spec := panel.get("spec")
	for i, m := range spec.members() {
		if !spec.spend(partCost) {
			break
		}
		if m.key != "queries" {
			all = append(all, part{"panel " + key, spec, i})
			continue
		}
		for q := range m.value.members() {
			m.value.spend(partCost)
			all = append(all, part{fmt.Sprintf("panel %s, queries[%d]", key, q), m.value, q})
		}
	}
	return all
}

func elements(list *node, what string, name func(*node) string) []part {
	var all []part
	for i, m := range list.members() {
		if !list.spend(partCost) {
			break
		}
		all = append(all, part{strings.TrimSpace(what + " " + clip(name(m.value))), list, i})
	}
	return all
}

// nameOf returns the name of a link or an annotation.
func nameOf(v *node) string {
	return cmp.Or(v.get("name").str(), v.get("display", "name").str(), v.get("spec", "display", "name").str(), v.get("url").str())
}

// walk visits a part and everything in it that may contain hint, and reports whether a visit changed something. It stops
// when the document has become too large.
func (e *editor) walk(p part, hint string, visit func(of *node, at int) bool) (changed bool) {
	var down func(of *node, at int)
	down = func(of *node, at int) {
		v := of.loaded[at].value
		if !e.worthSearching(v) || !mayContain(v, hint) {
			return
		}
		if visit(of, at) {
			changed = true
		}
		v = of.loaded[at].value
		for i := range v.members() {
			down(v, i)
		}
	}
	down(p.parent, p.index)
	return changed
}

// worthSearching pays for searching a value, and reports whether to continue: not if the budget has run out or the document
// is too large.
func (e *editor) worthSearching(v *node) bool {
	const bytesPerUnit = 64 // bytes per unit
	return e.budget.Spend(5+len(v.raw)/bytesPerUnit) && e.checkSize(0) == nil
}

// mayContain reports whether a text of letters and digits may occur in a value. JSON text as Perses writes it does not
// escape them.
func mayContain(v *node, text string) bool { return v.changed || strings.Contains(v.raw, text) }

// repeatKey is the key that holds the name of a variable in rows and items, without a $. In a row it holds a string, in an
// item an object with "value".
const repeatKey = "repeatVariable"

// repeatsFor reports whether a member is a repeatVariable with this name.
func repeatsFor(of *node, at int, name string) bool {
	m := of.loaded[at]
	return m.key == repeatKey && (m.value.str() == name || m.value.get("value").str() == name)
}

// variableUses returns the places that refer to a variable, each once.
func (e *editor) variableUses(name string) []string {
	var places []string
	for _, p := range e.parts() {
		e.walk(p, name, func(of *node, at int) bool {
			v := of.loaded[at].value
			if v.isString() {
				e.budget.Spend(v.size)
			}
			if repeatsFor(of, at, name) || v.isString() && slices.Contains(dashboard.References(v.str()), name) {
				places = appendPlace(places, p.name)
			}
			return false
		})
	}
	return places
}

// renameReferences renames a variable everywhere it is used, and returns those places.
func (e *editor) renameReferences(name, to string) []string {
	rename := func(text string) string { return variable.Rename(text, name, to) }
	if !variable.IsWord(name) { // an invalid name: change texts that look like references to it
		tried := regexp.MustCompile(`(\$\{?)` + regexp.QuoteMeta(name) + `\b`)
		rename = func(text string) string { return tried.ReplaceAllString(text, "${1}"+to) }
	}
	var places []string
	for _, p := range e.parts() {
		changed := e.walk(p, name, func(of *node, at int) bool {
			v := of.loaded[at].value
			if repeatsFor(of, at, name) {
				if v.isString() {
					of.setAt(at, stringNode(to))
				} else {
					v.put("value", stringNode(to))
				}
				return true
			}
			if !v.isString() {
				return false
			}
			e.budget.Spend(2 * v.size)
			renamed := rename(v.raw) // Without \u escapes, the rest of the text can stay as it is written.
			if strings.Contains(v.raw, `\u`) {
				if text := rename(v.str()); text != v.str() {
					renamed = quote(text)
				} else {
					renamed = v.raw
				}
			}
			if renamed == v.raw {
				return false
			}
			of.setAt(at, newNode(renamed))
			return true
		})
		if changed {
			places = appendPlace(places, p.name)
		}
	}
	return places
}

// appendPlace appends a place unless it equals the last one. Parts of the same place follow each other.
func appendPlace(places []string, where string) []string {
	if len(places) > 0 && places[len(places)-1] == where {
		return places
	}
	return append(places, where)
}

func firstFew(names []string) string { return dashboard.JoinSome(names, 5, "; ") }
