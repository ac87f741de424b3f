package lint_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestCases(t *testing.T) {
	for _, c := range linttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			lines := found(t, c.Document)
			if len(lines) != 1 || !strings.HasPrefix(lines[0], c.Says) || strings.Contains(lines[0], ` {"op":`) != c.Mends {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), c.Says)
			}
		})
	}
}

func TestNothingIsWrong(t *testing.T) {
	if lines := found(t, linttest.Showing(object{"a": linttest.Asking(`sum by (job) (rate(a_total{team="$team"}[$__rate_interval]))`)})); len(lines) > 0 {
		t.Errorf("got %s", strings.Join(lines, "\n"))
	}
}

// TestUnknown holds a check to what it knows: of a Perses about which nothing is known, nothing is said.
func TestUnknown(t *testing.T) {
	document, _ := json.Marshal(linttest.At(linttest.Showing(object{"a": linttest.Asking(`up{job="$job"}`)}), "spec/panels/a/spec/plugin/kind", "Strange"))
	r, err := lint.Check(worktest.Budget(), document, lint.Env{})
	if err != nil || len(r.Findings) > 0 {
		t.Errorf("got %+v, %v", r.Findings, err)
	}
}

func TestWhatPersesSaysToo(t *testing.T) {
	document, _ := json.Marshal(linttest.At(linttest.Showing(object{"a": linttest.Asking("up")}), "spec/panels/a/spec/queries/0/spec/plugin/spec", object{"expr": "up"}))
	r, err := lint.Check(worktest.Budget(), document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	for said, covered := range map[string]bool{
		"panel a, queries[0]: spec.expr is not allowed; the field is called query": true,
		"panel a, queries[1]: spec.expr is not allowed; the field is called query": false,
		"panel a: spec.unit is not allowed":                                        false,
	} {
		if r.Covers(worktest.Budget(), said) != covered {
			t.Errorf("%q: covered is %v", said, !covered)
		}
	}
}

// TestEditsInOrder has several things wrong at once: what is applied first must not change what the others name.
func TestEditsInOrder(t *testing.T) {
	document := linttest.Showing(object{"a": linttest.Asking(`histogram_quantile(95, sum(rate(a_bucket{b=~"c"}[5m])))`), "my b": linttest.Asking(`rate(up[5m])`)})
	document = linttest.At(document, "spec/layouts/0/spec/items", []any{
		object{"x": 0, "y": 0, "width": 1, "height": 1}, object{"x": 0, "y": 0, "width": 24, "height": 8, "content": object{"$ref": "#/spec/panels/a"}},
		object{"x": 1, "y": 0, "width": 1, "height": 1}, object{"x": 0, "y": 0, "width": 30, "height": 8, "content": object{"$ref": "#/spec/panels/my b"}},
	})
	var edits []string
	for _, line := range found(t, document) {
		_, edit, _ := strings.Cut(line, ` {"op":`)
		edits = append(edits, edit)
	}
	want := []string{
		`"change_query","panel":"a","index":0,"set":{"query":"histogram_quantile(0.95, sum(rate(a_bucket{b=~\"c\"}[5m])))"}}`,
		`"change_query","panel":"a","index":0,"set":{"query":"histogram_quantile(0.95, sum by (le) (rate(a_bucket{b=~\"c\"}[5m])))"}}`,
		`"remove","path":"/spec/layouts/0/spec/items/2"}`,
		`"remove","path":"/spec/layouts/0/spec/items/0"}`,
		`"rename_panel","panel":"my b","key":"my-b"}`,
		``, // what is too wide has another number now
		``, // and what asks for the rate of a gauge another key
		`"change_query","panel":"a","index":0,"set":{"query":"histogram_quantile(0.95, sum by (le) (rate(a_bucket{b=\"c\"}[5m])))"}}`,
		``,
	}
	if strings.Join(edits, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(edits, "\n"))
	}
}

// Panels in a list have no keys, so that no item refers to one of them yet: nobody must take the items for what is wrong.
func TestPanelsAsList(t *testing.T) {
	document := linttest.At(linttest.Showing(object{"a": linttest.Asking("up")}), "spec/panels", []any{linttest.Asking("up")})
	if lines := found(t, document); len(lines) != 1 || !strings.Contains(lines[0], "spec.panels is a list") {
		t.Errorf("got %q", lines)
	}
}

// TestTheSameIsSaidOnce has what many places have in common in one finding.
func TestTheSameIsSaidOnce(t *testing.T) {
	panels := object{}
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		asking := linttest.At(linttest.Asking("up"), "spec/display/name", "Of "+key)
		panels[key] = linttest.At(asking, "spec/queries/0/spec/plugin/spec/datasource", object{"kind": "PrometheusDatasource", "name": "zzz"})
	}
	got := strings.Join(found(t, linttest.Showing(panels)), "\n")
	if want := `error panels a, b, c, d, e: There is no PrometheusDatasource "zzz". There are: prom, other.`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
