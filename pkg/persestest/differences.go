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

// Differences describes where two JSON documents differ, except at or below the ignored JSON Pointers. Numbers are equal if their
// text is.
func Differences(t testing.TB, want, got json.RawMessage, ignored ...string) []string {
	t.Helper()
	return differences(decode(t, want), decode(t, got), "", ignored)
}

func decode(t testing.TB, raw json.RawMessage) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	return v
}

func differences(want, got any, pointer string, ignored []string) []string {
	if slices.Contains(ignored, pointer) {
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
			if had != has && !slices.Contains(ignored, at) {
				all = append(all, fmt.Sprintf("%s: had %v, has %v", at, had, has))
				continue
			}
			all = append(all, differences(before, after, at, ignored)...)
		}
		return all
	case []any:
		other, ok := got.([]any)
		if !ok || len(want) != len(other) {
			return []string{pointer}
		}
		for i := range want {
			all = append(all, differences(want[i], other[i], fmt.Sprintf("%s/%d", pointer, i), ignored)...)
		}
		return all
	}
	if want != got {
		return []string{fmt.Sprintf("%s: %v, not %v", pointer, want, got)}
	}
	return nil
}
