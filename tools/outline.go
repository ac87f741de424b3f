package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
)

// at returns the part of a document that a JSON Pointer (RFC 6901) names.
func at(document json.RawMessage, pointer string) (json.RawMessage, error) {
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf(`path %q: want a JSON Pointer such as "/spec/panels"`, pointer)
	}
	part, done := document, ""
	for token := range strings.SplitSeq(pointer[1:], "/") {
		key := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		children := childrenOf(part)
		i := slices.IndexFunc(children, func(c child) bool { return c.key == key })
		if i < 0 {
			return nil, fmt.Errorf("path %q: %s", pointer, noSuchKey(done, key, children))
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
// many more there are. largest points to the part of those two levels that has the most bytes.
func outlineOf(value json.RawMessage, room int) (outline any, largest string) {
	children := childrenOf(value)
	two, one := map[string]any{}, map[string]any{}
	most := 0
	note := func(pointer string, value json.RawMessage) int {
		if len(value) > most {
			most, largest = len(value), pointer
		}
		return len(value)
	}
	for _, c := range children {
		pointer := "/" + perses.PointerToken(c.key)
		one[c.key] = len(c.value)
		grandchildren := childrenOf(c.value)
		if len(grandchildren) == 0 {
			two[c.key] = note(pointer, c.value)
			continue
		}
		sizes := map[string]int{}
		for _, g := range grandchildren {
			sizes[g.key] = note(pointer+"/"+perses.PointerToken(g.key), g.value)
		}
		two[c.key] = sizes
	}
	for _, outline := range []any{two, one} {
		if len(perses.Marshal(outline)) <= room {
			return outline, largest
		}
	}
	first := map[string]any{}
	for i, c := range children {
		if room -= len(perses.Marshal(c.key)) + 20; room < 0 {
			first["…"] = fmt.Sprintf("%d more keys", len(children)-i)
			break
		}
		first[c.key] = len(c.value)
	}
	return first, largest
}
