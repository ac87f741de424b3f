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
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work"
)

// valueAt returns the part of a document at a JSON Pointer (RFC 6901).
func valueAt(budget *work.Budget, document json.RawMessage, pointer string) (json.RawMessage, error) {
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf(`path %q: want a JSON Pointer such as "/spec/panels"`, clip(pointer))
	}
	part, done := document, ""
	for token := range strings.SplitSeq(pointer[1:], "/") {
		const costPerByte = 2 // units of work: each level is read twice
		if !budget.Spend(1 + costPerByte*len(part)) {
			return nil, fmt.Errorf("path %q: stopped after %q: %w", clip(pointer), clip(done), budget.Err())
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

// child is a member of an object with its name, or an element of a list with its index. value is raw JSON.
type child struct{ key, value string }

// childrenOf returns the members of an object sorted by name, or the elements of a list.
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

// outlineOf returns the top two levels of keys with the size in bytes of each value. If that takes more than limit bytes, it
// returns one level, or else the first keys and the number of the others.
func outlineOf(value json.RawMessage, limit int) any {
	const minOverhead = len(`"":1,`) // bytes for each key
	children := childrenOf(string(value))
	one, size := map[string]any{}, 0
	for _, c := range children {
		one[c.key] = len(c.value)
		if size += minOverhead + len(c.key); size > limit {
			return firstKeys(children, limit)
		}
	}
	two := map[string]any{}
	for _, c := range children {
		if size > limit { // two levels do not fit
			break
		}
		sizes := map[string]int{}
		for _, g := range childrenOf(c.value) {
			sizes[g.key] = len(g.value)
			size += minOverhead + len(g.key)
		}
		if two[c.key] = sizes; len(sizes) == 0 {
			two[c.key] = len(c.value)
		}
	}
	if size <= limit && len(perses.Marshal(two)) <= limit {
		return two
	}
	if len(perses.Marshal(one)) <= limit {
		return one
	}
	return firstKeys(children, limit)
}

// firstKeys returns the first keys with the size of their values in at most limit bytes, and the number of the other keys.
func firstKeys(children []child, limit int) map[string]any {
	first := map[string]any{}
	left := limit - len(perses.Marshal(map[string]any{"…": "1000000 more keys"}))
	for i, c := range children {
		if left -= len(perses.Marshal(map[string]any{c.key: len(c.value)})); left < 0 {
			first["…"] = fmt.Sprintf("%d more keys", len(children)-i)
			break
		}
		first[c.key] = len(c.value)
	}
	return first
}

// largestOf returns the JSON Pointer to the largest value in the top two levels, "" if there is none.
func largestOf(value json.RawMessage) (pointer string) {
	max := 0
	note := func(value string, keys ...string) {
		if len(value) <= max {
			return
		}
		max, pointer = len(value), ""
		for _, key := range keys {
			pointer += "/" + mask.PointerToken(key)
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

// clip shortens text from the caller for an error message.
func clip(text string) string { return dashboard.Clip(text, 100) }
