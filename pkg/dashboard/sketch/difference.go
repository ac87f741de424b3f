package sketch

import (
	"strconv"
	"strings"
)

// escapePointer escapes a key for use in a JSON Pointer.
var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// difference compares two values. It produces a JSON Merge Patch (RFC 7396), and collects JSON Pointers to differences that
// such a patch cannot express: null, and changes within lists unless replaceLists is set.
type difference struct {
	replaceLists  bool // whether the patch replaces lists that differ
	inexpressible []string
}

// patch returns the patch that turns from into to, or nil if they are equal.
func (d *difference) patch(from, to object, pointer string) object {
	patch := object{}
	for _, key := range sortedKeys(from, to) {
		before, had := from[key]
		after, has := to[key]
		fromObject, ok1 := before.(object)
		toObject, ok2 := after.(object)
		isBelow := ok1 && ok2 // compared recursively
		if had && has && !isBelow && equal(before, after) {
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
		case after == nil, !d.replaceLists && !had && ok4 && len(toList) == 0: // an empty list, which a sketch omits
			d.inexpressible = append(d.inexpressible, at)
		case ok3 && ok4 && !d.replaceLists:
			d.compareLists(fromList, toList, at)
		default:
			patch[key] = d.withoutNull(after, at)
		}
	}
	if len(patch) == 0 {
		return nil
	}
	return patch
}

// withoutNull returns a value without null members, which a patch cannot add.
func (d *difference) withoutNull(value any, pointer string) any {
	o, ok := value.(object)
	if !ok {
		return value
	}
	if added := d.patch(nil, o, pointer); added != nil {
		return added
	}
	return object{}
}

// compareLists collects the differences between two lists.
func (d *difference) compareLists(from, to []any, pointer string) {
	if len(from) != len(to) {
		d.inexpressible = append(d.inexpressible, pointer)
		return
	}
	for i := range to {
		d.compareValues(from[i], to[i], pointer+"/"+strconv.Itoa(i))
	}
}

// compareValues collects the differences between two values.
func (d *difference) compareValues(from, to any, pointer string) {
	fromObject, ok1 := from.(object)
	toObject, ok2 := to.(object)
	fromList, ok3 := from.([]any)
	toList, ok4 := to.([]any)
	switch {
	case ok1 && ok2 && stringAt(from, "kind") == stringAt(to, "kind"): // objects of different kinds have nothing to compare
		for _, key := range sortedKeys(fromObject, toObject) {
			before, had := fromObject[key]
			after, has := toObject[key]
			at := pointer + "/" + escapePointer.Replace(key)
			if had && has {
				d.compareValues(before, after, at)
			} else {
				d.inexpressible = append(d.inexpressible, at)
			}
		}
	case ok3 && ok4:
		d.compareLists(fromList, toList, pointer)
	case !equal(from, to):
		d.inexpressible = append(d.inexpressible, pointer)
	}
}
