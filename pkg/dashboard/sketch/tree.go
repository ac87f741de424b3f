package sketch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object. Documents are handled as trees of these, so that what no type of ours knows goes through whole.
type object = map[string]any

// tree reads JSON. Numbers keep their digits.
func tree(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, errors.New("it is not JSON")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("it is not JSON: there is more behind its end")
	}
	return v, nil
}

// whole and number make numbers of a tree.
func whole(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func number(f float64) json.Number {
	text, err := json.Marshal(f)
	if err != nil { // no number of JSON
		return "0"
	}
	return json.Number(text)
}

// below returns what stands under keys, one within the other; nil if there is nothing.
func below(v any, keys ...string) any {
	for _, key := range keys {
		o, _ := v.(object)
		v = o[key]
	}
	return v
}

// text, list and fields read a part of a tree; of another type it is as if it was not there.
func text(v any, keys ...string) string {
	s, _ := below(v, keys...).(string)
	return s
}

func list(v any, keys ...string) []any {
	l, _ := below(v, keys...).([]any)
	return l
}

func fields(v any, keys ...string) object {
	o, _ := below(v, keys...).(object)
	return o
}

// flag reads true or false.
func flag(v any, keys ...string) bool {
	b, _ := below(v, keys...).(bool)
	return b
}

// integer reads a whole number; ok is false for anything else.
func integer(v any) (n int, ok bool) {
	digits, _ := v.(json.Number)
	n, err := strconv.Atoi(string(digits))
	return n, err == nil && whole(n) == digits
}

// get returns what stands at a path of keys such as yAxis.format.unit; nil if there is nothing, or no path.
func get(v any, path string) any {
	if path == "" {
		return nil
	}
	return below(v, strings.Split(path, ".")...)
}

// set puts a value under a path of keys such as yAxis.format.unit, and makes the objects on the way.
func set(o object, path string, value any) {
	key, rest, more := strings.Cut(path, ".")
	if !more {
		o[key] = value
		return
	}
	next, ok := o[key].(object)
	if !ok {
		next = object{}
		o[key] = next
	}
	set(next, rest, value)
}

// merge merges a patch over a value as RFC 7396 says: objects field by field, null takes a field away, anything else replaces.
// The value may be changed; the patch stays as it is.
func merge(value, patch any) any {
	changes, ok := patch.(object)
	if !ok {
		return patch
	}
	merged, ok := value.(object)
	if !ok {
		merged = object{}
	}
	for key, change := range changes {
		if change == nil {
			delete(merged, key)
		} else {
			merged[key] = merge(merged[key], change)
		}
	}
	return merged
}

// mergeRaw is merge for a patch that is not read yet; none changes nothing.
func mergeRaw(value object, patch json.RawMessage, where string) (object, error) {
	if len(patch) == 0 {
		return value, nil
	}
	changes, err := tree(patch)
	if _, ok := changes.(object); err != nil || !ok {
		return nil, fmt.Errorf("%s: want an object", where)
	}
	merged, _ := merge(value, changes).(object)
	return merged, nil
}

// sorted returns the keys of two objects.
func sorted(a, b object) []string {
	keys := make([]string, 0, len(a)+len(b))
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// same tells whether two values are the same. Numbers are if they have the same digits, or so few that a float64 holds them.
func same(a, b any) bool {
	switch a := a.(type) {
	case object:
		b, ok := b.(object)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			other, ok := b[key]
			if !ok || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case json.Number:
		b, ok := b.(json.Number)
		const exact = 15 // decimal digits that a float64 can tell apart
		if !ok || a == b || len(a) > exact || len(b) > exact {
			return ok && a == b
		}
		x, errX := a.Float64()
		y, errY := b.Float64()
		return errX == nil && errY == nil && x == y
	}
	return a == b
}
