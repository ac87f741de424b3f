package edit

import "slices"

// applyChange makes the change from before to after on a value of the document. It keeps everything that neither mentions:
// fields that a sketch cannot express or that a newer Perses has added. It returns the value that belongs in the document,
// which may be on itself.
func applyChange(on, before, after *node) *node {
	const bytesPerUnit = 32 // bytes per unit
	on.spend(1 + before.size/bytesPerUnit)
	switch {
	case before.String() == after.String():
		return on
	case on.isObject() && before.isObject() && after.isObject():
		for _, m := range after.members() {
			have, was := on.get(m.key), before.get(m.key)
			switch {
			case was == nil && have.isObject() && m.value.isObject():
				on.put(m.key, applyChange(have, newNode("{}"), m.value))
			case was == nil || have == nil:
				if was == nil || was.String() != m.value.String() {
					on.put(m.key, m.value)
				}
			default:
				on.put(m.key, applyChange(have, was, m.value))
			}
		}
		for _, m := range before.members() {
			if after.get(m.key) == nil {
				removeKnown(on, m.key, m.value)
			}
		}
		return on
	case on.isList() && before.isList() && after.isList() && len(on.members()) == len(before.members()):
		applyListChange(on, before, after)
		return on
	}
	return after
}

// applyListChange applies a change of a list element by element. If the lists differ in length, it removes elements after
// the common beginning or appends elements at the end.
func applyListChange(on, before, after *node) {
	was, is := before.members(), after.members()
	same := 0
	for same < min(len(was), len(is)) && was[same].value.String() == is[same].value.String() {
		same++
	}
	if surplus := len(on.members()) - len(is); surplus > 0 { // on has as many elements as before
		first := on.members()[same].value
		left, at := surplus, false
		on.filter(func(m member) bool {
			at = at || m.value == first
			if at && left > 0 {
				left--
				return false
			}
			return true
		})
		was = slices.Delete(slices.Clone(was), same, same+surplus)
	}
	for i := range is {
		if i < len(was) {
			on.setAt(i, applyChange(on.loaded[i].value, was[i].value, is[i].value))
			continue
		}
		on.append(is[i].value)
	}
}

// removeKnown removes a member of an object. If the member is an object, it removes only what was contains, and keeps
// fields that the sketch cannot express.
func removeKnown(on *node, key string, was *node) {
	have := on.get(key)
	if have == nil {
		return
	}
	if have.isObject() && was.isObject() {
		for _, m := range was.members() {
			removeKnown(have, m.key, m.value)
		}
		if len(have.members()) > 0 {
			return
		}
	}
	on.delete(key)
}

// mergePatch merges an object into a value as RFC 7396 specifies: null removes a member, objects are merged, anything else
// replaces. It returns the value that belongs in the document, which may be on itself.
func mergePatch(on, with *node) *node {
	if !with.isObject() {
		return with
	}
	if !on.isObject() {
		on = newNode("{}")
	}
	for _, m := range with.members() {
		if m.value.isNull() {
			on.delete(m.key)
			continue
		}
		have := on.get(m.key)
		if have == nil {
			have = newNode("null")
		}
		on.put(m.key, mergePatch(have, m.value))
	}
	return on
}

// mergeSet merges set into a sketch. null removes a field. In options null is kept, because there it removes a field from
// the expanded sketch.
func mergeSet(on, set *node) *node {
	rest := set.clone()
	options := rest.get("options")
	if options.isObject() {
		rest.delete("options")
		on.put("options", mergeKeepingNull(on.ensureObject("options"), options))
	}
	return mergePatch(on, rest)
}

// mergeKeepingNull is like mergePatch, but null replaces a value instead of removing it.
func mergeKeepingNull(on, with *node) *node {
	if !with.isObject() || !on.isObject() {
		return with
	}
	for _, m := range with.members() {
		if have := on.get(m.key); have != nil {
			on.put(m.key, mergeKeepingNull(have, m.value))
		} else {
			on.put(m.key, m.value)
		}
	}
	return on
}
