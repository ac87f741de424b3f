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

// faults are the only errors in the dashboards that the module of Perses carries. They are true: a variable that can have
// several values is compared with =.
var faults = map[string]bool{"Benchmark": true}

// TestRealDashboards holds the check to dashboards of others, in which there is next to nothing wrong.
func TestRealDashboards(t *testing.T) {
	for where, document := range persestest.Dashboards(t) {
		// Their plugins, datasources and variables are of another Perses.
		r, err := lint.Check(worktest.Budget(), document, lint.Env{})
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		for _, f := range r.Sorted(worktest.Budget()) {
			if f.Severity == lint.Error && !faults[r.Dashboard.Name] {
				t.Errorf("%s: %s: %s: %s", where, r.Dashboard.Name, f.Where, f.What)
			}
		}
	}
}

// BenchmarkCheck checks a dashboard of a megabyte and 600 panels, all of whose queries are different.
func BenchmarkCheck(b *testing.B) {
	panels := object{}
	for i := range 600 {
		panel := linttest.Asking(fmt.Sprintf(`histogram_quantile(0.95, sum by (le, job) (rate(http_%d_duration_seconds_bucket{job=~"$team",code!~"5.."}[$__rate_interval]))) > 0`, i))
		spec := panel["spec"].(object)
		spec["display"] = object{"name": fmt.Sprint("Panel ", i), "description": strings.Repeat("What it is about. ", 70)}
		panels[fmt.Sprint("panel-", i)] = panel
	}
	document, err := json.Marshal(linttest.Showing(panels))
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
