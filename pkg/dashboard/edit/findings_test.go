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

// TestFindingsAreMended makes the edits that the check of a dashboard proposes, in the order in which it gives them: each
// can be made, none brings a new error, and what it is for is found no more. What has no error left is good for Perses, too.
func TestFindingsAreMended(t *testing.T) {
	cases := linttest.Cases()
	for _, q := range linttest.Queries() {
		if q.Mended != "-" {
			cases = append(cases, linttest.Case{Name: q.Text, Document: linttest.Showing(map[string]any{"a": linttest.Asking(q.Text)}), Mends: true})
		}
	}
	for _, c := range cases {
		if !c.Mends {
			continue
		}
		document, err := json.Marshal(c.Document)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.Name, func(t *testing.T) {
			mendsEach(t, document)
			mendsAll(t, document)
		})
		// The edits find a key with a dot, until the last of them has made another of it.
		dotted := strings.NewReplacer(`"a":{"kind":"Panel"`, `"a.b":{"kind":"Panel"`, `panels/a"`, `panels/a.b"`).Replace(string(document))
		if dotted != string(document) {
			t.Run(c.Name+", with a dot", func(t *testing.T) { mendsAll(t, json.RawMessage(dotted)) })
		}
	}
}

// mendsEach makes the edit of each finding about a dashboard, for itself.
func mendsEach(t *testing.T, document json.RawMessage) {
	t.Helper()
	before := findingsIn(t, document)
	for _, f := range before {
		if f.Edit != nil {
			mends(t, document, before, f)
		}
	}
}

// mendsAll makes the edits of all findings about a dashboard together.
func mendsAll(t *testing.T, document json.RawMessage) {
	t.Helper()
	before := findingsIn(t, document)
	all := slices.DeleteFunc(slices.Clone(before), func(f lint.Finding) bool { return f.Edit == nil })
	edited := mends(t, document, before, all...)
	if slices.ContainsFunc(findingsIn(t, edited), func(f lint.Finding) bool { return f.Severity == lint.Error }) {
		return // another that nothing but its reader can mend
	}
	if said := persestest.Refusal(t, edited); said != "" {
		t.Errorf("Perses says %s of\n%s", said, edited)
	}
}

// mends makes the edits of some of the findings about a dashboard.
func mends(t *testing.T, document json.RawMessage, before []lint.Finding, mended ...lint.Finding) json.RawMessage {
	t.Helper()
	var edits []json.RawMessage
	for _, f := range mended {
		edits = append(edits, f.Edit)
	}
	edited, diff, err := edit.Apply(worktest.Budget(), document, edits, aroundFindings(), secrets)
	if err != nil || len(diff) == 0 {
		t.Fatalf("%s: %v, changes %q", edits, err, diff)
	}
	has := func(all []lint.Finding, f lint.Finding) bool {
		return slices.ContainsFunc(all, func(other lint.Finding) bool { return other.Where == f.Where && other.What == f.What })
	}
	for _, f := range findingsIn(t, edited) {
		if has(mended, f) {
			t.Errorf("%s leaves %s: %s", edits, f.Where, f.What)
		} else if f.Severity == lint.Error && !has(before, f) {
			t.Errorf("%s brings %s: %s", edits, f.Where, f.What)
		}
	}
	return edited
}

// findingsIn returns what is wrong with a dashboard.
func findingsIn(t *testing.T, document json.RawMessage) []lint.Finding {
	t.Helper()
	report, err := lint.Check(work.New(t.Context(), work.Max), document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	return report.Sorted(work.New(t.Context(), work.Max))
}

// aroundFindings is for edits what linttest.Env is for checks.
func aroundFindings() sketch.Env {
	around := sketch.Env{Plugins: linttest.Env.Plugins, Datasources: map[string]string{}}
	for _, d := range linttest.Env.Datasources {
		around.Datasources[d.Name] = d.Kind
	}
	return around
}
