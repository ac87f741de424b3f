package sketch_test

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// generated lists what Perses itself writes into documents or drops.
var generated = []string{"/metadata/createdAt", "/metadata/updatedAt", "/metadata/version"}

// roundTrip expands the sketch of a document and compares the result, except for the pointers that Of reports.
func roundTrip(t testing.TB, document []byte) (s sketch.Sketch, rest []string) {
	t.Helper()
	s, rest, err := sketch.Of(worktest.Budget(), document)
	if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sketch.Parse(worktest.Budget(), written) // as a model sends it back
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	var head struct{ Metadata struct{ Name, Project any } }
	_ = json.Unmarshal(document, &head)
	name, _ := head.Metadata.Name.(string)
	project, _ := head.Metadata.Project.(string)
	expanded, err := again.Expand(worktest.Budget(), project, name, sketch.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	for _, d := range persestest.Differences(t, document, expanded, append(slices.Clone(generated), rest...)...) {
		t.Errorf("not in rest: %s", d)
	}
	return s, rest
}

// documents returns a complete dashboard, those in Perses' own repository, and Grafana dashboards that Perses has migrated.
func documents(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	all := persestest.Dashboards(t)
	maps.Copy(all, persestest.Shared(t).MigratedDashboards(t))
	example, err := os.ReadFile("testdata/dashboards/example.json")
	if err != nil {
		t.Fatal(err)
	}
	all["example"] = example
	return all
}

// TestOf converts dashboards from other sources to sketches and back. They may differ only where a sketch is known to lose
// something.
func TestOf(t *testing.T) {
	lost := []string{
		"/kind",                                 // ephemeral
		"/spec/layouts/1",                       // tabs become rows
		"/spec/layouts/*/spec/display/collapse", // a row that cannot be collapsed
		"/spec/layouts/*/spec/items",            // a panel that is shown twice
		"/spec/layouts/*/spec/items/*/width",    // wider than the grid
		"/spec/layouts/*/spec/items/*/height",   // no height
		"/spec/layouts/*/spec/items/*/[xy]",     // overlapping
		"/spec/variables",                       // an empty list
		"/spec/variables/*/spec/display",        // an empty object
		"/spec/variables/*/spec/display/hidden", // false instead of missing
		"/spec/variables/*/spec/constant",       // false instead of missing
		"/spec/variables/*/spec/allowAllValue",  // missing, but Perses always writes it
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
					t.Errorf("%s cannot be expressed", pointer)
				}
			}
		})
	}
}

// panelRoundTrip is roundTrip for a panel.
func panelRoundTrip(t testing.TB, key string, panel []byte) {
	t.Helper()
	short, rest := sketch.PanelOf(worktest.Budget(), panel)
	if slices.Contains(rest, "") {
		return
	}
	written, err := json.Marshal(short)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sketch.ParsePanel(worktest.Budget(), written)
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	full, err := again.Expand(worktest.Budget(), "", sketch.Env{})
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	for _, d := range persestest.Differences(t, panel, full, rest...) {
		t.Errorf("panel %s: not in rest: %s", key, d)
	}
}

func FuzzOf(f *testing.F) {
	for _, d := range documents(f) {
		f.Add([]byte(d))
	}
	f.Add([]byte(`{"spec":{"panels":{"a":{"spec":{"plugin":{"kind":"StatChart","spec":{"calculation":null,"format":[],"thresholds":{"steps":[{"value":1e400}]}}}}},"b":null},
		"variables":[null,{"kind":"ListVariable","spec":{"name":"x","defaultValue":[1]}}],"layouts":[{"spec":{"items":[{"content":{"$ref":"#/spec/panels/a"},"x":-1,"width":1e9},{}]}}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !utf8.Valid(raw) {
			return // invalid UTF-8, which encoding/json replaces
		}
		if json.Valid(raw) {
			panelRoundTrip(t, "", raw)
		}
		budget := worktest.Budget()
		_, _, err := sketch.Of(budget, raw)
		if used := budget.Used(); used > int64(5000+200*len(raw)) {
			t.Errorf("%d units for %d bytes", used, len(raw))
		}
		if err == nil {
			roundTrip(t, raw)
		}
	})
}
