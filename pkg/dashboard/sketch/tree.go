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

// object is a JSON object. Documents are handled as trees of objects, so that fields which no Go type knows are kept.
type object = map[string]any

// parseTree parses JSON and keeps the digits of numbers.
func parseTree(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, errors.New("not valid JSON")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("not valid JSON: unexpected data after the end")
	}
	return v, nil
}

// intNumber and floatNumber return numbers for a tree.
func intNumber(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func floatNumber(f float64) json.Number {
	text, err := json.Marshal(f)
	if err != nil { // NaN or infinity
		return "0"
	}
	return json.Number(text)
}

// valueAt returns the value at a path of object keys, or nil.
func valueAt(v any, keys ...string) any {
	for _, key := range keys {
		o, _ := v.(object)
		v = o[key]
	}
	return v
}

// The following functions return the value at a path of object keys, or a zero value if it has another type.
func stringAt(v any, keys ...string) string {
	s, _ := valueAt(v, keys...).(string)
	return s
}

func listAt(v any, keys ...string) []any {
	l, _ := valueAt(v, keys...).([]any)
	return l
}

func objectAt(v any, keys ...string) object {
	o, _ := valueAt(v, keys...).(object)
	return o
}

func boolAt(v any, keys ...string) bool {
	b, _ := valueAt(v, keys...).(bool)
	return b
}

// intOf returns a whole number. It reports ok as false for anything else.
func intOf(v any) (n int, ok bool) {
	digits, _ := v.(json.Number)
	n, err := strconv.Atoi(string(digits))
	return n, err == nil && intNumber(n) == digits
}

// valueAtPath returns the value at a dotted path such as yAxis.format.unit, or nil.
func valueAtPath(v any, path string) any {
	if path == "" {
		return nil
	}
	return valueAt(v, strings.Split(path, ".")...)
}

// setPath sets the value at a dotted path and creates the objects on the way.
func setPath(o object, path string, value any) {
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
	setPath(next, rest, value)
}

// merge applies a JSON Merge Patch (RFC 7396): objects are merged, null removes a member, anything else replaces. It may
// modify the value, but not the patch.
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

// mergeRaw is merge for a patch in JSON, which may be empty.
func mergeRaw(value object, patch json.RawMessage, where string) (object, error) {
	if len(patch) == 0 {
		return value, nil
	}
	changes, err := parseTree(patch)
	if _, ok := changes.(object); err != nil || !ok {
		return nil, fmt.Errorf("%s: want an object", where)
	}
	merged, _ := merge(value, changes).(object)
	return merged, nil
}

// sortedKeys returns the keys of two objects.
func sortedKeys(a, b object) []string {
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

// equal reports whether two values are equal. Numbers are equal if they have the same digits, or if both are short enough
// for an exact float64 and their values are equal.
func equal(a, b any) bool {
	switch a := a.(type) {
	case object:
		b, ok := b.(object)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			other, ok := b[key]
			if !ok || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case json.Number:
		b, ok := b.(json.Number)
		const exact = 15 // decimal digits that a float64 represents exactly
		if !ok || a == b || len(a) > exact || len(b) > exact {
			return ok && a == b
		}
		x, errX := a.Float64()
		y, errY := b.Float64()
		return errX == nil && errY == nil && x == y
	}
	return a == b
}
