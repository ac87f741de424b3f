package edit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestFindingsCanBeFixed applies the edits that the check of a dashboard suggests, in the order of the findings. Each edit
// must succeed, remove its finding and cause no new error. If no error remains, Perses must accept the dashboard.
func TestFindingsCanBeFixed(t *testing.T) {
	cases := linttest.Cases()
	for _, q := range linttest.Queries() {
		if q.Fixed != "-" {
			cases = append(cases, linttest.Case{Name: q.Text, Document: linttest.DashboardWith(map[string]any{"a": linttest.PanelWith(q.Text)}), HasEdit: true})
		}
	}
	for _, c := range cases {
		if !c.HasEdit {
			continue
		}
		document, err := json.Marshal(c.Document)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.Name, func(t *testing.T) {
			fixEach(t, document)
			fixAll(t, document)
		})
		// An edit may refer to a key with a dot until a later edit renames the key.
		dotted := strings.NewReplacer(`"a":{"kind":"Panel"`, `"a.b":{"kind":"Panel"`, `panels/a"`, `panels/a.b"`).Replace(string(document))
		if dotted != string(document) {
			t.Run(c.Name+", with a dot", func(t *testing.T) { fixAll(t, json.RawMessage(dotted)) })
		}
	}
}

// fixEach applies the edit of each finding to the original dashboard.
func fixEach(t *testing.T, document json.RawMessage) {
	t.Helper()
	before := findingsOf(t, document)
	for _, f := range before {
		if f.Edit != nil {
			fix(t, document, before, f)
		}
	}
}

// fixAll applies the edits of all findings together.
func fixAll(t *testing.T, document json.RawMessage) {
	t.Helper()
	before := findingsOf(t, document)
	all := slices.DeleteFunc(slices.Clone(before), func(f lint.Finding) bool { return f.Edit == nil })
	edited := fix(t, document, before, all...)
	if slices.ContainsFunc(findingsOf(t, edited), func(f lint.Finding) bool { return f.Severity == lint.Error }) {
		return // an error without a suggested edit
	}
	if refusal := persestest.Refusal(t, edited); refusal != "" {
		t.Errorf("Perses refuses it: %s\n%s", refusal, edited)
	}
}

// fix applies the edits of some findings and checks the result.
func fix(t *testing.T, document json.RawMessage, before []lint.Finding, fixed ...lint.Finding) json.RawMessage {
	t.Helper()
	var edits []json.RawMessage
	for _, f := range fixed {
		edits = append(edits, f.Edit)
	}
	edited, diff, err := edit.Apply(worktest.Budget(), document, edits, findingsEnv(), secrets)
	if err != nil || len(diff) == 0 {
		t.Fatalf("%s: %v, changes %q", edits, err, diff)
	}
	has := func(all []lint.Finding, f lint.Finding) bool {
		return slices.ContainsFunc(all, func(other lint.Finding) bool { return other.Where == f.Where && other.What == f.What })
	}
	for _, f := range findingsOf(t, edited) {
		if has(fixed, f) {
			t.Errorf("%s leaves %s: %s", edits, f.Where, f.What)
		} else if f.Severity == lint.Error && !has(before, f) {
			t.Errorf("%s brings %s: %s", edits, f.Where, f.What)
		}
	}
	return edited
}

func findingsOf(t *testing.T, document json.RawMessage) []lint.Finding {
	t.Helper()
	report, err := lint.Check(work.New(t.Context(), work.Max), document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	return report.Sorted(work.New(t.Context(), work.Max))
}

// findingsEnv converts linttest.Env for edits.
func findingsEnv() sketch.Env {
	around := sketch.Env{Plugins: linttest.Env.Plugins, Datasources: map[string]string{}}
	for _, d := range linttest.Env.Datasources {
		around.Datasources[d.Name] = d.Kind
	}
	return around
}
