package edit

import "slices"

// graft makes the same change on a value of the document as leads from before to after, and leaves what both do not speak
// of: what the short form has no word for, or what a newer Perses has added. It returns the value, or the one to put in its
// place.
func graft(on, before, after *value) *value {
	const compared = 32 // bytes in one unit
	on.spend(1 + before.size/compared)
	switch {
	case before.String() == after.String():
		return on
	case on.isObject() && before.isObject() && after.isObject():
		for _, m := range after.all() {
			have, was := on.at(m.key), before.at(m.key)
			switch {
			case was == nil && have.isObject() && m.value.isObject():
				on.put(m.key, graft(have, newValue("{}"), m.value))
			case was == nil || have == nil:
				if was == nil || was.String() != m.value.String() {
					on.put(m.key, m.value)
				}
			default:
				on.put(m.key, graft(have, was, m.value))
			}
		}
		for _, m := range before.all() {
			if after.at(m.key) == nil {
				prune(on, m.key, m.value)
			}
		}
		return on
	case on.isList() && before.isList() && after.isList() && len(on.all()) == len(before.all()):
		graftList(on, before, after)
		return on
	}
	return after
}

// graftList grafts element by element. Elements are taken away and added where the lists differ in length: behind those
// with which both begin.
func graftList(on, before, after *value) {
	was, is := before.all(), after.all()
	same := 0
	for same < min(len(was), len(is)) && was[same].value.String() == is[same].value.String() {
		same++
	}
	if gone := len(on.all()) - len(is); gone > 0 { // on is as long as before
		first := on.all()[same].value
		left, at := gone, false
		on.filter(func(m member) bool {
			at = at || m.value == first
			if at && left > 0 {
				left--
				return false
			}
			return true
		})
		was = slices.Delete(slices.Clone(was), same, same+gone)
	}
	for i := range is {
		if i < len(was) {
			on.set(i, graft(on.members[i].value, was[i].value, is[i].value))
			continue
		}
		on.add(is[i].value)
	}
}

// prune takes a member from an object, or of an object in it only what was there before, so that what the short form does
// not speak of stays.
func prune(on *value, key string, was *value) {
	have := on.at(key)
	if have == nil {
		return
	}
	if have.isObject() && was.isObject() {
		for _, m := range was.all() {
			prune(have, m.key, m.value)
		}
		if len(have.all()) > 0 {
			return
		}
	}
	on.drop(key)
}

// overlay lays an object over another as RFC 7396 does: null takes a member away, an object is laid over the one that is
// there, and anything else takes its place. It returns the value, or the one to put in its place.
func overlay(on, with *value) *value {
	if !with.isObject() {
		return with
	}
	if !on.isObject() {
		on = newValue("{}")
	}
	for _, m := range with.all() {
		if m.value.isNull() {
			on.drop(m.key)
			continue
		}
		have := on.at(m.key)
		if have == nil {
			have = newValue("null")
		}
		on.put(m.key, overlay(have, m.value))
	}
	return on
}
