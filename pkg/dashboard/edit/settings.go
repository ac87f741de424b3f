package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
)

// specStrings lists the fields of "set" that are strings in the spec, with their paths.
var specStrings = []struct {
	name string
	keys []string
}{
	{"title", []string{"display", "name"}},
	{"description", []string{"display", "description"}},
	{"duration", []string{"duration"}},
	{"refresh", []string{"refreshInterval"}},
	{"timezone", []string{"timezone"}},
}

func (e *editor) set(f fields) error {
	if len(f.members) == 0 {
		return errors.New("give at least one of title, description, duration, refresh, timezone, tags, add_tags, remove_tags and datasource")
	}
	for _, name := range []string{"duration", "refresh"} {
		if _, ok := dashboard.ParseDuration(f.str(name)); f.str(name) != "" && !ok {
			return fmt.Errorf("%s: %s", name, unit.InvalidDuration(clip(f.str(name))))
		}
	}
	for _, s := range specStrings {
		if !f.has(s.name) {
			continue
		}
		was := e.spec().get(s.keys...)
		if f.isNull(s.name) || f.str(s.name) == "" {
			if was != nil {
				removeKnown(e.spec(), s.keys[0], nest(s.keys[1:], was)) // also removes an object that becomes empty
				e.report("%s%s", s.name, formatChange(e.display(was), ""))
			}
		} else if !e.isUnchangedText(was, f.str(s.name)) {
			within := e.spec().ensureObject(s.keys[:len(s.keys)-1]...)
			within.put(s.keys[len(s.keys)-1], stringNode(f.str(s.name)))
			e.report("%s%s", s.name, formatChange(e.display(was), clip(e.masked(f.str(s.name)))))
		}
	}
	e.setTags(f)
	if !f.has("datasource") {
		return nil
	}
	return inField("datasource", e.setDatasource(f.str("datasource")))
}

// nest wraps a value in objects with the given keys. Without keys it returns the value.
func nest(keys []string, v *node) *node {
	if len(keys) == 0 {
		return v
	}
	return withMember("{}", keys[0], nest(keys[1:], v))
}

func (e *editor) setTags(f fields) {
	var was []string
	have := e.document.get("metadata", "tags")
	for _, m := range have.members() {
		was = append(was, m.value.str())
	}
	tags := slices.Clone(was)
	if f.has("tags") {
		tags = stringsOf(f.list("tags"))
	}
	known := map[string]bool{}
	for _, tag := range tags {
		known[e.searchable(tag)] = true
	}
	for _, tag := range stringsOf(f.list("add_tags")) {
		if !known[tag] {
			known[tag] = true
			tags = append(tags, tag)
		}
	}
	remove := map[string]bool{}
	for _, tag := range stringsOf(f.list("remove_tags")) {
		remove[tag] = true
	}
	tags = slices.DeleteFunc(tags, func(tag string) bool { return remove[e.searchable(tag)] && tag != "" })
	if slices.Equal(was, tags) && (!f.has("tags") || !e.touchesSecrets([]string{"metadata", "tags"}, have)) {
		return
	}
	if len(tags) == 0 {
		e.document.get("metadata").delete("tags")
	} else {
		e.document.ensureObject("metadata").put("tags", nodeOf(tags))
	}
	e.report("tags%s", formatChange(clip(e.masked(strings.Join(was, ", "))), clip(e.masked(strings.Join(tags, ", ")))))
}

func stringsOf(list []gjson.Result) []string {
	var texts []string
	for _, element := range list {
		if element.Type == gjson.String {
			texts = append(texts, element.Str)
		}
	}
	return texts
}

// linkFields holds the types of the fields of a link.
var linkFields = map[string]fieldType{"url": typeString, "name": typeString, "tooltip": typeString, "renderVariables": typeBool, "targetBlank": typeBool}

// checkLink returns an error for unknown fields of a link and for values of the wrong type. null is valid: it removes a
// field.
func checkLink(where string, link *node) error {
	for _, m := range link.members() {
		want, ok := linkFields[m.key]
		switch {
		case !ok:
			return fmt.Errorf("%s: unknown field %q: a link has url, name, tooltip, renderVariables, targetBlank", where, clip(m.key))
		case !want.matches(gjson.Parse(m.value.raw)) && !m.value.isNull():
			return fmt.Errorf("%s.%s: want %s, got %s", where, m.key, typeNames[want], clip(m.value.raw))
		}
	}
	return nil
}

func (e *editor) addLink(f fields) error {
	link := f.value("link")
	if err := checkLink("link", link); err != nil {
		return err
	}
	if link.get("url").str() == "" {
		return errors.New("link: missing url")
	}
	e.spec().ensureList("links").append(mergePatch(newNode("{}"), link))
	e.report("link %s added", clip(nameOf(link)))
	return nil
}

// findLink returns the only link with the given name or URL, and its index.
func (e *editor) findLink(name string) (int, *node, error) {
	var names []string
	var found []int
	links := e.specList("links").members()
	for i, m := range links {
		names = append(names, nameOf(m.value))
		if e.searchable(m.value.get("name").str()) == name || e.searchable(m.value.get("url").str()) == name {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return 0, nil, notFound("link", name, names, "")
	case 1:
		return found[0], links[found[0]].value, nil
	}
	return 0, nil, fmt.Errorf("%d links have the name %q: name one by its URL", len(found), clip(name))
}

func (e *editor) changeLink(f fields) error {
	_, link, err := e.findLink(f.str("link"))
	if err != nil {
		return err
	}
	set := f.value("set")
	if err := checkLink("set", set); err != nil {
		return err
	}
	before := link.clone()
	mergePatch(link, set)
	if link.get("url").str() == "" {
		return errors.New("set.url: cannot be removed; a link needs a URL")
	}
	if where := "link " + clip(nameOf(before)); e.touchesSecrets([]string{"spec", "links"}, before) {
		e.reportFieldNames(where, set)
	} else if before.raw != link.String() {
		e.reportFields(where, before, link, set, false)
	}
	return nil
}

func (e *editor) removeLink(f fields) error {
	index, link, err := e.findLink(f.str("link"))
	if err != nil {
		return err
	}
	e.specList("links").removeAt(index)
	e.report("link %s removed", clip(nameOf(link)))
	return nil
}
