package dashboard

import (
	"slices"

	"github.com/tidwall/gjson"
)

// Documents are parsed leniently, as in the UI: a value of the wrong type is ignored.

// MembersOf returns the members of an object, the first for duplicate keys, and none for other values. Looking up one member scans
// everything before it, which may be a megabyte of panels, so it is cheaper to collect all members once.
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

// FieldsOf returns the members of an object with these names, in the order of the names, in one scan. Missing members do not exist
// in the sense of gjson.
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

// ElementsOf returns the elements of a list, and none for other values.
func ElementsOf(list gjson.Result) []gjson.Result {
	if !list.IsArray() {
		return nil
	}
	return list.Array()
}

// TextOf returns a string, and "" for other values.
func TextOf(r gjson.Result) string {
	if r.Type != gjson.String {
		return ""
	}
	return r.Str
}
