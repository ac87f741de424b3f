package tools

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

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
		children := childrenOf(string(part))
		i := slices.IndexFunc(children, func(c child) bool { return c.key == key })
		if i < 0 {
			return nil, fmt.Errorf("path %q: %s", clip(pointer), noSuchKey(clip(done), clip(key), children))
		}
		part, done = json.RawMessage(children[i].value), done+"/"+token
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

// child is a member of an object by its name, or an element of a list by its index, and its value as it is written.
type child struct{ key, value string }

// childrenOf returns the members of an object in the order of their names, or the elements of a list, or nothing.
func childrenOf(value string) []child {
	var children []child
	switch parent := gjson.Parse(value); {
	case parent.IsObject():
		parent.ForEach(func(key, value gjson.Result) bool {
			children = append(children, child{key.String(), value.Raw})
			return true
		})
		slices.SortStableFunc(children, func(a, b child) int { return strings.Compare(a.key, b.key) })
	case parent.IsArray():
		parent.ForEach(func(_, value gjson.Result) bool {
			children = append(children, child{strconv.Itoa(len(children)), value.Raw})
			return true
		})
	}
	return children
}

// outlineOf returns the top two levels of keys of a value with the bytes beneath each, in at most room
// bytes: where two levels do not fit it is one, and where that does not fit either, its first keys and how
// many more there are.
func outlineOf(value json.RawMessage, room int) any {
	const least = len(`"":1,`) // that a key takes beside itself
	children := childrenOf(string(value))
	one, size := map[string]any{}, 0
	for _, c := range children {
		one[c.key] = len(c.value)
		if size += least + len(c.key); size > room {
			return firstKeys(children, room)
		}
	}
	two := map[string]any{}
	for _, c := range children {
		if size > room { // two levels do not fit
			break
		}
		sizes := map[string]int{}
		for _, g := range childrenOf(c.value) {
			sizes[g.key] = len(g.value)
			size += least + len(g.key)
		}
		if two[c.key] = sizes; len(sizes) == 0 {
			two[c.key] = len(c.value)
		}
	}
	if size <= room && len(perses.Marshal(two)) <= room {
		return two
	}
	if len(perses.Marshal(one)) <= room {
		return one
	}
	return firstKeys(children, room)
}

// firstKeys returns the first keys with the bytes beneath each, as many as there is room for, and how many more there are.
func firstKeys(children []child, room int) map[string]any {
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
	note := func(value string, keys ...string) {
		if len(value) <= most {
			return
		}
		most, pointer = len(value), ""
		for _, key := range keys {
			pointer += "/" + perses.PointerToken(key)
		}
	}
	for _, c := range childrenOf(string(value)) {
		grandchildren := childrenOf(c.value)
		for _, g := range grandchildren {
			note(g.value, c.key, g.key)
		}
		if len(grandchildren) == 0 {
			note(c.value, c.key)
		}
	}
	return pointer
}

// clip shortens what a caller has sent, for an error that repeats it.
func clip(text string) string { return dashboard.Clip(text, 100) }
