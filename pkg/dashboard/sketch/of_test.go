package sketch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// differences names where two values differ, but in what is excused: one of these JSON Pointers, or below one. Numbers are the
// same if they are written the same.
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

func read(t testing.TB, raw []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	return v
}

// ofPerses is what Perses itself writes into documents, or drops.
var ofPerses = []string{"/metadata/createdAt", "/metadata/updatedAt", "/metadata/version"}

// roundTrip expands the sketch of a document, and compares but for what the sketch says that it cannot say.
func roundTrip(t testing.TB, document []byte) (s sketch.Sketch, rest []string) {
	t.Helper()
	s, rest, err := sketch.Of(document)
	if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sketch.Parse(written) // as a model sends it back
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	var head struct{ Metadata struct{ Name, Project any } }
	_ = json.Unmarshal(document, &head)
	name, _ := head.Metadata.Name.(string)
	project, _ := head.Metadata.Project.(string)
	expanded, err := again.Expand(project, name, sketch.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	for _, d := range differences(read(t, document), read(t, expanded), "", append(slices.Clone(ofPerses), rest...)) {
		t.Errorf("not in rest: %s", d)
	}
	return s, rest
}

func documents(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/perses/perses").Output()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, pattern := range []string{
		"testdata/dashboards/*.json", // the one that Perses took for complete
		strings.TrimSpace(string(module)) + "/internal/api/plugin/migrate/testdata/dashboards/*_perses_dashboard.json",
		strings.TrimSpace(string(module)) + "/internal/api/plugin/migrate/testdata/non-reg/cue-marshal/dashboards/*-perses.json",
		strings.TrimSpace(string(module)) + "/internal/api/validate/testdata/*dashboard*.json",
		strings.TrimSpace(string(module)) + "/internal/api/e2e/api/testdata/*perses_dashboard.json",
		strings.TrimSpace(string(module)) + "/internal/test/dac/expected_output.json",
		strings.TrimSpace(string(module)) + "/dev/data/*-dashboard.json",
		strings.TrimSpace(string(module)) + "/ui/e2e/src/data/*Dashboard.json",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		for i, d := range list {
			all[fmt.Sprintf("%s/%d", filepath.Base(path), i)] = d
		}
	}
	return all
}

// TestOf turns dashboards of others into sketches and back, which differ only in what is known to be lost.
func TestOf(t *testing.T) {
	lost := []string{
		"/spec/layouts/1",                       // tabs, which become rows
		"/spec/layouts/*/spec/display/collapse", // a row that nobody can collapse
		"/spec/layouts/*/spec/items",            // a panel that stands twice
		"/spec/layouts/*/spec/items/*/width",    // wider than the grid,
		"/spec/layouts/*/spec/items/*/height",   // not high at all,
		"/spec/layouts/*/spec/items/*/[xy]",     // or on another
		"/spec/variables",                       // that there are none, rather than nothing
		"/spec/variables/*/spec/display",        // likewise
		"/spec/variables/*/spec/display/hidden", // that something is false, rather than nothing
		"/spec/variables/*/spec/constant",       // likewise
		"/spec/variables/*/spec/allowAllValue",  // that Perses writes, and this document lacks
		"/spec/variables/*/spec/allowMultiple",
	}
	for name, d := range documents(t) {
		t.Run(name, func(t *testing.T) {
			_, rest := roundTrip(t, d)
			for key, panel := range gjson.GetBytes(d, "spec.panels").Map() {
				panelRoundTrip(t, key, []byte(panel.Raw))
			}
			for _, pointer := range rest {
				if !slices.ContainsFunc(lost, func(known string) bool {
					matches, err := path.Match(known, pointer)
					return matches && err == nil
				}) {
					t.Errorf("it cannot say %s", pointer)
				}
			}
		})
	}
}

// panelRoundTrip is roundTrip for a panel.
func panelRoundTrip(t testing.TB, key string, panel []byte) {
	t.Helper()
	short, rest := sketch.PanelOf(panel)
	if slices.Contains(rest, "") {
		return
	}
	written, err := json.Marshal(short)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sketch.ParsePanel(written)
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	full, err := again.Expand("", sketch.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	for _, d := range differences(read(t, panel), read(t, full), "", rest) {
		t.Errorf("panel %s: not in rest: %s", key, d)
	}
}

func FuzzOf(f *testing.F) {
	for _, d := range documents(f) {
		f.Add(d)
	}
	f.Add([]byte(`{"spec":{"panels":{"a":{"spec":{"plugin":{"kind":"StatChart","spec":{"calculation":null,"format":[],"thresholds":{"steps":[{"value":1e400}]}}}}},"b":null},
		"variables":[null,{"kind":"ListVariable","spec":{"name":"x","defaultValue":[1]}}],"layouts":[{"spec":{"items":[{"content":{"$ref":"#/spec/panels/a"},"x":-1,"width":1e9},{}]}}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !utf8.Valid(raw) {
			return // which is no JSON, though encoding/json mends it
		}
		if json.Valid(raw) {
			panelRoundTrip(t, "", raw)
		}
		if _, _, err := sketch.Of(raw); err == nil {
			roundTrip(t, raw)
		}
	})
}
