package dashboard

import (
	"slices"

	"github.com/tidwall/gjson"
)

// Documents are read leniently, as the UI reads them: what is of another type than it should be is not there.

// MembersOf returns the members of an object, of those with the same key the first; anything else has none. To look them up
// one by one would be to read all that stands before each of them again, which may be a megabyte of panels.
func MembersOf(object gjson.Result) map[string]gjson.Result {
	members := map[string]gjson.Result{}
	if object.IsObject() {
		object.ForEach(func(key, value gjson.Result) bool {
			if _, known := members[key.String()]; !known {
				members[key.String()] = value
			}
			return true
		})
	}
	return members
}

// FieldsOf returns the members of an object that have these names, in the order of the names, and reads no further than
// the last of them: one after another each would be looked for from the beginning. What is not there does not exist.
func FieldsOf(object gjson.Result, names ...string) []gjson.Result {
	fields := make([]gjson.Result, len(names))
	if !object.IsObject() {
		return fields
	}
	missing := len(names)
	object.ForEach(func(key, value gjson.Result) bool {
		if i := slices.Index(names, key.Str); i >= 0 && !fields[i].Exists() {
			fields[i] = value
			missing--
		}
		return missing > 0
	})
	return fields
}

// ElementsOf returns those of a list; anything else has none.
func ElementsOf(list gjson.Result) []gjson.Result {
	if !list.IsArray() {
		return nil
	}
	return list.Array()
}

// TextOf returns a text; anything else is none.
func TextOf(r gjson.Result) string {
	if r.Type != gjson.String {
		return ""
	}
	return r.Str
}
