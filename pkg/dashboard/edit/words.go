package edit

import (
	"fmt"
	"strings"
)

// sayChanges adds a line to the diff for each of the fields of the short form that were to be set and are others than before,
// or if all is anew of all; and one for all of them if it is not to be seen in them what has changed.
func (e *editor) sayChanges(what string, before, after, set *value, all bool) {
	said := len(e.diff)
	for _, m := range after.all() {
		if was := before.at(m.key); (all || set.at(m.key) != nil) && (was == nil || was.String() != m.value.String()) {
			e.say("%s: %s%s", what, m.key, arrow(e.difference(was, m.value)))
		}
	}
	for _, m := range before.all() {
		switch to := set.at(m.key); {
		case after.at(m.key) != nil || !all && to == nil:
		case to != nil && !to.isNull(): // which goes without saying in the short form
			e.say("%s: %s%s", what, m.key, arrow(e.difference(m.value, to)))
		default:
			e.say("%s: %s%s", what, m.key, arrow(e.words(m.value), ""))
		}
	}
	if len(e.diff) == said {
		e.sayFields(what, set)
	}
}

// sayFields adds the line that says which fields were set, and not what they were before.
func (e *editor) sayFields(what string, set *value) {
	var fields []string
	for _, m := range set.all() {
		fields = append(fields, m.key)
	}
	e.say("%s: changed by %s", what, strings.Join(fields, ", "))
}

// words is a value as a line shows it: a text or a number as it is. Of what has parts, only that it is another: the parts
// may be many, and may be secret.
func (e *editor) words(v *value) string {
	switch {
	case v == nil:
		return ""
	case v.isObject():
		return "{…}"
	case v.isList():
		return fmt.Sprintf("[%d]", len(v.all()))
	case v.isText():
		return clip(e.shown(v.text()))
	}
	return clip(v.raw)
}

// context is how much of what two long texts have in common is shown before and behind where they differ.
const context = 20

// difference returns two values in words. Of two texts of which one is too long for a line, it is the parts that differ.
func (e *editor) difference(was, is *value) (string, string) {
	if was == nil || is == nil || !was.isText() || !is.isText() {
		return e.words(was), e.words(is)
	}
	before, after := []rune(e.shown(was.text())), []rune(e.shown(is.text()))
	if len(before) <= shown && len(after) <= shown {
		return e.words(was), e.words(is)
	}
	least := min(len(before), len(after))
	start := 0
	for start < least && before[start] == after[start] {
		start++
	}
	end := 0
	for end < least-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	start, end = max(0, start-context), max(0, end-context)
	around := func(text []rune) string {
		part := clip(string(text[start : len(text)-end]))
		if start > 0 {
			part = "…" + part
		}
		if end > 0 && !strings.HasSuffix(part, "…") {
			part += "…"
		}
		return part
	}
	return around(before), around(after)
}

// arrow is the end of a line that says what was there and what is there now.
func arrow(was, is string) string {
	switch {
	case was == is:
		return " changed"
	case is == "":
		return fmt.Sprintf(" %s removed", was)
	case was == "":
		return " -> " + is
	}
	return fmt.Sprintf(" %s -> %s", was, is)
}
