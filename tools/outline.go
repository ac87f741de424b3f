package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// at returns the part of a document that a JSON Pointer (RFC 6901) names.
func at(budget *work.Budget, document json.RawMessage, pointer string) (json.RawMessage, error) {
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf(`path %q: want a JSON Pointer such as "/spec/panels"`, clip(pointer))
	}
	part, done := document, ""
	for token := range strings.SplitSeq(pointer[1:], "/") {
		const ofByte = 2 // units: each level is read twice
		if !budget.Spend(1 + ofByte*len(part)) {
			return nil, fmt.Errorf("path %q: it was followed to %q: %w", clip(pointer), clip(done), budget.Err())
		}
		key := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		children := childrenOf(part)
		i := slices.IndexFunc(children, func(c child) bool { return c.key == key })
		if i < 0 {
			return nil, fmt.Errorf("path %q: %s", clip(pointer), noSuchKey(clip(done), clip(key), children))
		}
		part, done = children[i].value, done+"/"+token
	}
	return part, nil
}

func noSuchKey(where, key string, children []child) string {
	if where == "" {
		where = "the document"
	}
	var keys []string
	for _, c := range children {
		keys = append(keys, c.key)
	}
	switch near := nearest.Names(key, keys); {
	case len(keys) == 0:
		return where + " has no keys"
	case len(near) > 0:
		return fmt.Sprintf("%s has no key %q; nearest: %s", where, key, strings.Join(near, ", "))
	case len(keys) <= 20:
		return fmt.Sprintf("%s has no key %q; there are: %s", where, key, strings.Join(keys, ", "))
	}
	return fmt.Sprintf("%s has no key %q among its %d", where, key, len(keys))
}

type child struct {
	key   string
	value json.RawMessage
}

// childrenOf returns the members of an object by name, or the elements of a list by index, or nothing.
func childrenOf(value json.RawMessage) []child {
	var children []child
	switch trimmed := bytes.TrimSpace(value); {
	case bytes.HasPrefix(trimmed, []byte("{")):
		var object map[string]json.RawMessage
		_ = json.Unmarshal(trimmed, &object)
		for _, key := range slices.Sorted(maps.Keys(object)) {
			children = append(children, child{key, object[key]})
		}
	case bytes.HasPrefix(trimmed, []byte("[")):
		var list []json.RawMessage
		_ = json.Unmarshal(trimmed, &list)
		for i, v := range list {
			children = append(children, child{strconv.Itoa(i), v})
		}
	}
	return children
}

// outlineOf returns the top two levels of keys of a value with the bytes beneath each, in at most room
// bytes: where two levels do not fit it is one, and where that does not fit either, its first keys and how
// many more there are.
func outlineOf(value json.RawMessage, room int) any {
	children := childrenOf(value)
	two, one := map[string]any{}, map[string]any{}
	for _, c := range children {
		one[c.key] = len(c.value)
		sizes := map[string]int{}
		for _, g := range childrenOf(c.value) {
			sizes[g.key] = len(g.value)
		}
		if two[c.key] = sizes; len(sizes) == 0 {
			two[c.key] = len(c.value)
		}
	}
	for _, outline := range []any{two, one} {
		if len(perses.Marshal(outline)) <= room {
			return outline
		}
	}
	first := map[string]any{}
	room -= len(perses.Marshal(map[string]any{"…": "1000000 more keys"}))
	for i, c := range children {
		if room -= len(perses.Marshal(map[string]any{c.key: len(c.value)})); room < 0 {
			first["…"] = fmt.Sprintf("%d more keys", len(children)-i)
			break
		}
		first[c.key] = len(c.value)
	}
	return first
}

// largestOf points to the part of the top two levels of a value that has the most bytes, "" if it has no parts.
func largestOf(value json.RawMessage) (pointer string) {
	most := 0
	note := func(p string, value json.RawMessage) {
		if len(value) > most {
			most, pointer = len(value), p
		}
	}
	for _, c := range childrenOf(value) {
		below := "/" + perses.PointerToken(c.key)
		grandchildren := childrenOf(c.value)
		for _, g := range grandchildren {
			note(below+"/"+perses.PointerToken(g.key), g.value)
		}
		if len(grandchildren) == 0 {
			note(below, c.value)
		}
	}
	return pointer
}

// clip shortens what a caller has sent, for an error that repeats it.
func clip(text string) string { return dashboard.Clip(text, 100) }
