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
			if len(lines) != 1 || !strings.HasPrefix(lines[0], c.Finding) || strings.Contains(lines[0], ` {"op":`) != c.HasEdit {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), c.Finding)
			}
		})
	}
}

func TestCorrectDashboardHasNoFindings(t *testing.T) {
	if lines := found(t, linttest.DashboardWith(object{"a": linttest.PanelWith(`sum by (job) (rate(a_total{team="$team"}[$__rate_interval]))`)})); len(lines) > 0 {
		t.Errorf("got %s", strings.Join(lines, "\n"))
	}
}

// TestEmptyEnv checks that nothing is reported that depends on an unknown Perses.
func TestEmptyEnv(t *testing.T) {
	document, _ := json.Marshal(linttest.Set(linttest.DashboardWith(object{"a": linttest.PanelWith(`up{job="$job"}`)}), "spec/panels/a/spec/plugin/kind", "Strange"))
	r, err := lint.Check(worktest.Budget(), document, lint.Env{})
	if err != nil || len(r.Findings) > 0 {
		t.Errorf("got %+v, %v", r.Findings, err)
	}
}

func TestCovers(t *testing.T) {
	document, _ := json.Marshal(linttest.Set(linttest.DashboardWith(object{"a": linttest.PanelWith("up")}), "spec/panels/a/spec/queries/0/spec/plugin/spec", object{"expr": "up"}))
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

// TestEditsInOrder checks several findings at once: no edit may change the names or indexes that later edits use.
func TestEditsInOrder(t *testing.T) {
	document := linttest.DashboardWith(object{"a": linttest.PanelWith(`histogram_quantile(95, sum(rate(a_bucket{b=~"c"}[5m])))`), "my b": linttest.PanelWith(`rate(up[5m])`)})
	document = linttest.Set(document, "spec/layouts/0/spec/items", []any{
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
		``, // the index of the item that is too wide has changed
		``, // the key of the panel with the rate of a gauge has changed
		`"change_query","panel":"a","index":0,"set":{"query":"histogram_quantile(0.95, sum by (le) (rate(a_bucket{b=\"c\"}[5m])))"}}`,
		``,
	}
	if strings.Join(edits, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(edits, "\n"))
	}
}

// TestPanelsAsList checks that the items are not reported: panels in a list have no keys to which items could refer.
func TestPanelsAsList(t *testing.T) {
	document := linttest.Set(linttest.DashboardWith(object{"a": linttest.PanelWith("up")}), "spec/panels", []any{linttest.PanelWith("up")})
	if lines := found(t, document); len(lines) != 1 || !strings.Contains(lines[0], "spec.panels is a list") {
		t.Errorf("got %q", lines)
	}
}

// TestSamePlaces checks that a finding about several panels is reported once.
func TestSamePlaces(t *testing.T) {
	panels := object{}
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		asking := linttest.Set(linttest.PanelWith("up"), "spec/display/name", "Of "+key)
		panels[key] = linttest.Set(asking, "spec/queries/0/spec/plugin/spec/datasource", object{"kind": "PrometheusDatasource", "name": "zzz"})
	}
	got := strings.Join(found(t, linttest.DashboardWith(panels)), "\n")
	if want := `error panels a, b, c, d, e: There is no PrometheusDatasource "zzz". Available: prom, other.`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
