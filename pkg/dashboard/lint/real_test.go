package lint_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// hasErrors are the dashboards in the Perses module with errors. They are correct: = compares with a variable that can have
// several values.
var hasErrors = map[string]bool{"Benchmark": true}

// TestRealDashboards checks that real dashboards have next to no errors.
func TestRealDashboards(t *testing.T) {
	for where, document := range persestest.Dashboards(t) {
		// They use the plugins, datasources and variables of another Perses.
		r, err := lint.Check(worktest.Budget(), document, lint.Env{})
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		for _, f := range r.Sorted(worktest.Budget()) {
			if f.Severity == lint.Error && !hasErrors[r.Dashboard.Name] {
				t.Errorf("%s: %s: %s: %s", where, r.Dashboard.Name, f.Where, f.What)
			}
		}
	}
}

// BenchmarkCheck checks a dashboard of 1 MB with 600 panels and as many different queries.
func BenchmarkCheck(b *testing.B) {
	panels := object{}
	for i := range 600 {
		panel := linttest.PanelWith(fmt.Sprintf(`histogram_quantile(0.95, sum by (le, job) (rate(http_%d_duration_seconds_bucket{job=~"$team",code!~"5.."}[$__rate_interval]))) > 0`, i))
		spec := panel["spec"].(object)
		spec["display"] = object{"name": fmt.Sprint("Panel ", i), "description": strings.Repeat("A description. ", 70)}
		panels[fmt.Sprint("panel-", i)] = panel
	}
	document, err := json.Marshal(linttest.DashboardWith(panels))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		r, err := lint.Check(worktest.Budget(), document, linttest.Env)
		if err != nil {
			b.Fatal(err)
		}
		if found := r.Sorted(worktest.Budget()); len(found) > 0 {
			b.Fatal(found[0])
		}
	}
}
