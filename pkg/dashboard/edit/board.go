package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
)

// settings are the fields of "set" that are a text of the spec, with the keys that lead there.
var settings = []struct {
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
		return errors.New("say what to set: title, description, duration, refresh, timezone, tags, add_tags, remove_tags or datasource")
	}
	for _, name := range []string{"duration", "refresh"} {
		if _, ok := dashboard.ParseDuration(f.text(name)); f.text(name) != "" && !ok {
			return fmt.Errorf("%s: %s", name, nearest.NoDuration(clip(f.text(name))))
		}
	}
	for _, s := range settings {
		if !f.has(s.name) {
			continue
		}
		was := e.spec().at(s.keys...)
		if f.isNull(s.name) || f.text(s.name) == "" {
			if was != nil {
				prune(e.spec(), s.keys[0], within(s.keys[1:], was)) // and what is empty then
				e.say("%s%s", s.name, arrow(e.words(was), ""))
			}
		} else if !e.isText(was, f.text(s.name)) {
			within := e.spec().within(s.keys[:len(s.keys)-1]...)
			within.put(s.keys[len(s.keys)-1], textValue(f.text(s.name)))
			e.say("%s%s", s.name, arrow(e.words(was), clip(e.shown(f.text(s.name)))))
		}
	}
	e.setTags(f)
	if f.has("datasource") {
		return inFieldIf("datasource", e.setDatasource(f.text("datasource")))
	}
	return nil
}

// within returns an object with a value under keys, or the value itself without keys.
func within(keys []string, v *value) *value {
	if len(keys) == 0 {
		return v
	}
	return with("{}", keys[0], within(keys[1:], v))
}

func inFieldIf(name string, err error) error {
	if err == nil {
		return nil
	}
	return inField(name, err)
}

func (e *editor) setTags(f fields) {
	var was []string
	have := e.document.at("metadata", "tags")
	for _, m := range have.all() {
		was = append(was, m.value.text())
	}
	tags := slices.Clone(was)
	if f.has("tags") {
		tags = textsOf(f.list("tags"))
	}
	known := map[string]bool{}
	for _, tag := range tags {
		known[e.named(tag)] = true
	}
	for _, tag := range textsOf(f.list("add_tags")) {
		if !known[tag] {
			known[tag] = true
			tags = append(tags, tag)
		}
	}
	remove := map[string]bool{}
	for _, tag := range textsOf(f.list("remove_tags")) {
		remove[tag] = true
	}
	tags = slices.DeleteFunc(tags, func(tag string) bool { return remove[e.named(tag)] && tag != "" })
	if slices.Equal(was, tags) && (!f.has("tags") || !e.guarded([]string{"metadata", "tags"}, have)) {
		return
	}
	if len(tags) == 0 {
		e.document.at("metadata").drop("tags")
	} else {
		e.document.within("metadata").put("tags", valueOf(tags))
	}
	e.say("tags%s", arrow(clip(e.shown(strings.Join(was, ", "))), clip(e.shown(strings.Join(tags, ", ")))))
}

func textsOf(list []gjson.Result) []string {
	var texts []string
	for _, element := range list {
		if element.Type == gjson.String {
			texts = append(texts, element.Str)
		}
	}
	return texts
}

// linkForms are the fields of a link.
var linkForms = map[string]form{"url": text, "name": text, "tooltip": text, "renderVariables": flag, "targetBlank": flag}

// checkLink refuses what is no field of a link. null takes one away.
func checkLink(where string, link *value) error {
	for _, m := range link.all() {
		is, ok := linkForms[m.key]
		switch {
		case !ok:
			return fmt.Errorf("%s: unknown field %q: a link has url, name, tooltip, renderVariables, targetBlank", where, clip(m.key))
		case !is.fits(gjson.Parse(m.value.raw)) && !m.value.isNull():
			return fmt.Errorf("%s.%s: want %s, got %s", where, m.key, formWords[is], clip(m.value.raw))
		}
	}
	return nil
}

func (e *editor) addLink(f fields) error {
	link := f.value("link")
	if err := checkLink("link", link); err != nil {
		return err
	}
	if link.at("url").text() == "" {
		return errors.New("link.url is missing")
	}
	e.spec().list("links").add(overlay(newValue("{}"), link))
	e.say("link %s added", clip(nameOf(link)))
	return nil
}

// link returns the index of the link that a name or a URL means, which must be that of one.
func (e *editor) link(name string) (int, *value, error) {
	var names []string
	var found []int
	links := e.listed("links").all()
	for i, m := range links {
		names = append(names, nameOf(m.value))
		if e.named(m.value.at("name").text()) == name || e.named(m.value.at("url").text()) == name {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return 0, nil, missing("link", name, names, "")
	case 1:
		return found[0], links[found[0]].value, nil
	}
	return 0, nil, fmt.Errorf("%d links are called %q: name one by its URL", len(found), clip(name))
}

func (e *editor) changeLink(f fields) error {
	_, link, err := e.link(f.text("link"))
	if err != nil {
		return err
	}
	set := f.value("set")
	if err := checkLink("set", set); err != nil {
		return err
	}
	before := link.clone()
	overlay(link, set)
	if link.at("url").text() == "" {
		return errors.New("set.url: a link needs one")
	}
	if where := "link " + clip(nameOf(before)); e.guarded([]string{"spec", "links"}, before) {
		e.sayFields(where, set)
	} else if before.raw != link.String() {
		e.sayChanges(where, before, link, set, false)
	}
	return nil
}

func (e *editor) removeLink(f fields) error {
	index, link, err := e.link(f.text("link"))
	if err != nil {
		return err
	}
	e.listed("links").remove(index)
	e.say("link %s removed", clip(nameOf(link)))
	return nil
}
