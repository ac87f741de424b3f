package sketch

import (
	"strconv"
	"strings"
)

// escapePointer writes a key as a part of a JSON Pointer.
var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// difference returns the patch that merges one value into another, and the JSON Pointers of what no patch can say: null, and
// unless lists are to be replaced as a whole, what differs in lists.
type difference struct {
	lists bool // a list that differs is replaced
	rest  []string
}

// patch returns nil if there is nothing to change.
func (d *difference) patch(from, to object, pointer string) object {
	patch := object{}
	for _, key := range sorted(from, to) {
		before, had := from[key]
		after, has := to[key]
		fromObject, ok1 := before.(object)
		toObject, ok2 := after.(object)
		isBelow := ok1 && ok2 // then it is compared there, and not here as well
		if had && has && !isBelow && same(before, after) {
			continue
		}
		at := pointer + "/" + escapePointer.Replace(key)
		fromList, ok3 := before.([]any)
		toList, ok4 := after.([]any)
		switch {
		case !has:
			patch[key] = nil
		case isBelow:
			if changes := d.patch(fromObject, toObject, at); changes != nil {
				patch[key] = changes
			}
		case after == nil, !d.lists && !had && ok4 && len(toList) == 0: // a list without anything, which the short form leaves out
			d.rest = append(d.rest, at)
		case ok3 && ok4 && !d.lists:
			d.inLists(fromList, toList, at)
		default:
			patch[key] = d.without(after, at)
		}
	}
	if len(patch) == 0 {
		return nil
	}
	return patch
}

// without returns a value that a patch adds less what it cannot add: null in objects.
func (d *difference) without(value any, pointer string) any {
	o, ok := value.(object)
	if !ok {
		return value
	}
	if added := d.patch(nil, o, pointer); added != nil {
		return added
	}
	return object{}
}

// inLists names where two lists differ.
func (d *difference) inLists(from, to []any, pointer string) {
	if len(from) != len(to) {
		d.rest = append(d.rest, pointer)
		return
	}
	for i := range to {
		d.inValues(from[i], to[i], pointer+"/"+strconv.Itoa(i))
	}
}

// inValues names where two values differ.
func (d *difference) inValues(from, to any, pointer string) {
	fromObject, ok1 := from.(object)
	toObject, ok2 := to.(object)
	fromList, ok3 := from.([]any)
	toList, ok4 := to.([]any)
	switch {
	case ok1 && ok2 && text(from, "kind") == text(to, "kind"): // of another kind, it is another thing
		for _, key := range sorted(fromObject, toObject) {
			before, had := fromObject[key]
			after, has := toObject[key]
			at := pointer + "/" + escapePointer.Replace(key)
			if had && has {
				d.inValues(before, after, at)
			} else {
				d.rest = append(d.rest, at)
			}
		}
	case ok3 && ok4:
		d.inLists(fromList, toList, pointer)
	case !same(from, to):
		d.rest = append(d.rest, pointer)
	}
}
