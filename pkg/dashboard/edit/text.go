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

// part is a part of a dashboard that is named in sentences, and may name variables and datasources.
type part struct {
	where string
	of    *value // the object or list that it is in
	at    int    // its index there
}

// parts returns the parts of the dashboard: the queries of each panel, the rest of each panel, variables, and so on. The
// dashboard's own datasources are none: they may hold secrets, and nothing in them is for us to change.
func (e *editor) parts() []part {
	var all []part
	for i, m := range e.document.at("spec").all() {
		if e.budget.Err() != nil {
			break
		}
		switch m.key {
		case "panels":
			for _, p := range m.value.all() {
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
			all = slices.CompactFunc(all, func(a, b part) bool { return a.of == b.of && a.at == b.at }) // the tabs of one layout
		case "datasources":
		default:
			all = append(all, part{m.key, e.document.at("spec"), i})
		}
	}
	return all
}

func partsOfPanel(key string, panel *value) []part {
	var all []part
	spec := panel.at("spec")
	for i, m := range spec.all() {
		if !spec.spend(ofPart) {
			break
		}
		if m.key != "queries" {
			all = append(all, part{"panel " + key, spec, i})
			continue
		}
		for q := range m.value.all() {
			m.value.spend(ofPart)
			all = append(all, part{fmt.Sprintf("panel %s, queries[%d]", key, q), m.value, q})
		}
	}
	return all
}

func elements(list *value, what string, name func(*value) string) []part {
	var all []part
	for i, m := range list.all() {
		if !list.spend(ofPart) {
			break
		}
		all = append(all, part{strings.TrimSpace(what + " " + clip(name(m.value))), list, i})
	}
	return all
}

// nameOf returns the name of a link or of an annotation.
func nameOf(v *value) string {
	return cmp.Or(v.at("name").text(), v.at("display", "name").text(), v.at("spec", "display", "name").text(), v.at("url").text())
}

// walk visits a part and whatever is in it that may hold a text, and returns whether a visit changed something. It ends when
// the document has become too large.
func (e *editor) walk(p part, hint string, visit func(of *value, at int) bool) (changed bool) {
	var down func(of *value, at int)
	down = func(of *value, at int) {
		v := of.members[at].value
		if !e.goOn(v) || !mayHold(v, hint) {
			return
		}
		if visit(of, at) {
			changed = true
		}
		v = of.members[at].value
		for i := range v.all() {
			down(v, i)
		}
	}
	down(p.of, p.at)
	return changed
}

// goOn spends what it costs to look for a text in a value, and reports whether to do it: not if the document is too large.
func (e *editor) goOn(v *value) bool {
	const search = 64 // bytes in one unit
	return e.budget.Spend(5+len(v.raw)/search) && e.fits(0) == nil
}

// mayHold tells whether a text of letters and digits may stand in a value: Perses writes them as they are.
func mayHold(v *value, text string) bool { return v.changed || strings.Contains(v.raw, text) }

// repeatKey is the key under which rows and items have the name of a variable, without a $: rows as a text, items in an
// object under "value".
const repeatKey = "repeatVariable"

// isRepeat tells whether a member is the name of a variable that something is repeated for.
func isRepeat(of *value, at int, name string) bool {
	m := of.members[at]
	return m.key == repeatKey && (m.value.text() == name || m.value.at("value").text() == name)
}

// uses returns where a variable is named, each place once.
func (e *editor) uses(name string) []string {
	var places []string
	for _, p := range e.parts() {
		e.walk(p, name, func(of *value, at int) bool {
			v := of.members[at].value
			if v.isText() {
				e.budget.Spend(v.size)
			}
			if isRepeat(of, at, name) || v.isText() && slices.Contains(dashboard.References(v.text()), name) {
				places = noted(places, p.where)
			}
			return false
		})
	}
	return places
}

// renameIn names a variable otherwise wherever it is named, and returns where that was.
func (e *editor) renameIn(name, to string) []string {
	rename := func(text string) string { return variable.Rename(text, name, to) }
	if !variable.IsWord(name) { // no text can name it: what tries to is mended
		tried := regexp.MustCompile(`(\$\{?)` + regexp.QuoteMeta(name) + `\b`)
		rename = func(text string) string { return tried.ReplaceAllString(text, "${1}"+to) }
	}
	var places []string
	for _, p := range e.parts() {
		changed := e.walk(p, name, func(of *value, at int) bool {
			v := of.members[at].value
			if isRepeat(of, at, name) {
				if v.isText() {
					of.set(at, textValue(to))
				} else {
					v.put("value", textValue(to))
				}
				return true
			}
			if !v.isText() {
				return false
			}
			e.budget.Spend(2 * v.size)
			renamed := rename(v.raw) // where nothing is escaped by number, the rest stays as it is written
			if strings.Contains(v.raw, `\u`) {
				if text := rename(v.text()); text != v.text() {
					renamed = quote(text)
				} else {
					renamed = v.raw
				}
			}
			if renamed == v.raw {
				return false
			}
			of.set(at, newValue(renamed))
			return true
		})
		if changed {
			places = noted(places, p.where)
		}
	}
	return places
}

// noted adds a place to others, if it is not the last of them: parts of the same name follow each other.
func noted(places []string, where string) []string {
	if len(places) > 0 && places[len(places)-1] == where {
		return places
	}
	return append(places, where)
}

// joined lists the first names, and how many more there are.
func joined(names []string) string { return dashboard.JoinSome(names, 5, "; ") }
