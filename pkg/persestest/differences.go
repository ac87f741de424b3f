package persestest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Differences names where two JSON documents differ, but in what is excused: one of these JSON Pointers, or below one. Numbers
// are the same if they are written the same.
func Differences(t testing.TB, want, got json.RawMessage, excused ...string) []string {
	t.Helper()
	return differences(read(t, want), read(t, got), "", excused)
}

func read(t testing.TB, raw json.RawMessage) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	return v
}

func differences(want, got any, pointer string, excused []string) []string {
	if slices.Contains(excused, pointer) {
		return nil
	}
	var all []string
	switch want := want.(type) {
	case map[string]any:
		other, ok := got.(map[string]any)
		if !ok {
			return []string{pointer}
		}
		keys := maps.Clone(want)
		maps.Copy(keys, other)
		for key := range keys {
			at := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
			before, had := want[key]
			after, has := other[key]
			if had != has && !slices.Contains(excused, at) {
				all = append(all, fmt.Sprintf("%s: had %v, has %v", at, had, has))
				continue
			}
			all = append(all, differences(before, after, at, excused)...)
		}
		return all
	case []any:
		other, ok := got.([]any)
		if !ok || len(want) != len(other) {
			return []string{pointer}
		}
		for i := range want {
			all = append(all, differences(want[i], other[i], fmt.Sprintf("%s/%d", pointer, i), excused)...)
		}
		return all
	}
	if want != got {
		return []string{fmt.Sprintf("%s: %v, not %v", pointer, want, got)}
	}
	return nil
}
