package edit

import (
	"fmt"
	"strings"
)

// reportFields reports each field of a sketch that is in set, or any field if all is true, and whose value changed. If none
// of them did, it reports the fields of set by name.
func (e *editor) reportFields(subject string, before, after, set *node, all bool) {
	reported := len(e.changes)
	for _, m := range after.members() {
		if was := before.get(m.key); (all || set.get(m.key) != nil) && (was == nil || was.String() != m.value.String()) {
			e.report("%s: %s%s", subject, m.key, formatChange(e.displayChange(was, m.value)))
		}
	}
	for _, m := range before.members() {
		switch to := set.get(m.key); {
		case after.get(m.key) != nil || !all && to == nil:
		case to != nil && !to.isNull(): // the new value equals a default, which a sketch omits
			e.report("%s: %s%s", subject, m.key, formatChange(e.displayChange(m.value, to)))
		default:
			e.report("%s: %s%s", subject, m.key, formatChange(e.display(m.value), ""))
		}
	}
	if len(e.changes) == reported {
		e.reportFieldNames(subject, set)
	}
}

// reportFieldNames reports which fields were set, without their values.
func (e *editor) reportFieldNames(subject string, set *node) {
	var fields []string
	for _, m := range set.members() {
		fields = append(fields, m.key)
	}
	e.report("%s: changed %s", subject, strings.Join(fields, ", "))
}

// display formats a value for a line of text. Objects and lists are abbreviated, because they may be long or contain
// secrets.
func (e *editor) display(v *node) string {
	switch {
	case v == nil:
		return ""
	case v.isObject():
		return "{…}"
	case v.isList():
		return fmt.Sprintf("[%d]", len(v.members()))
	case v.isString():
		return clip(e.masked(v.str()))
	}
	return clip(v.raw)
}

// contextRunes is the number of equal characters shown before and after a difference between two long texts.
const contextRunes = 20

// displayChange formats two values for a line of text. If a string is too long for a line, it shows only the part that
// differs.
func (e *editor) displayChange(was, is *node) (string, string) {
	if was == nil || is == nil || !was.isString() || !is.isString() {
		return e.display(was), e.display(is)
	}
	before, after := []rune(e.masked(was.str())), []rune(e.masked(is.str()))
	if len(before) <= maxShown && len(after) <= maxShown {
		return e.display(was), e.display(is)
	}
	shorter := min(len(before), len(after))
	start := 0
	for start < shorter && before[start] == after[start] {
		start++
	}
	end := 0
	for end < shorter-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	start, end = max(0, start-contextRunes), max(0, end-contextRunes)
	excerpt := func(text []rune) string {
		part := clip(string(text[start : len(text)-end]))
		if start > 0 {
			part = "…" + part
		}
		if end > 0 && !strings.HasSuffix(part, "…") {
			part += "…"
		}
		return part
	}
	return excerpt(before), excerpt(after)
}

// formatChange returns the end of a line that reports an old and a new value. An empty text stands for a missing value.
func formatChange(before, after string) string {
	switch {
	case before == after:
		return " changed"
	case after == "":
		return fmt.Sprintf(" %s removed", before)
	case before == "":
		return " -> " + after
	}
	return fmt.Sprintf(" %s -> %s", before, after)
}
