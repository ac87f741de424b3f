package lint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
)

// faults are the only errors in the dashboards that the module of Perses carries. They are true: a variable that can have
// several values is compared with =.
var faults = map[string]bool{"Benchmark": true}

// TestRealDashboards holds the check to dashboards of others, in which there is next to nothing wrong.
func TestRealDashboards(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/perses/perses").Output()
	if err != nil {
		t.Fatal(err)
	}
	module := string(bytes.TrimSpace(out))
	files, _ := filepath.Glob(filepath.Join(module, "internal/api/plugin/migrate/testdata/dashboards/*_perses_dashboard.json"))
	files = append(files, filepath.Join(module, "dev/data/9-dashboard.json"), filepath.Join(module, "dev/data/ephemeraldashboard.json"), filepath.Join(module, "internal/test/dac/expected_output.json"))
	checked := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var documents []json.RawMessage
		if json.Unmarshal(content, &documents) != nil {
			documents = []json.RawMessage{content}
		}
		for _, document := range documents {
			// Their plugins, datasources and variables are of another Perses.
			r, err := lint.Check(document, lint.Env{})
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			checked++
			for _, f := range r.Sorted() {
				if f.Severity == lint.Error && !faults[r.Dashboard.Name] {
					t.Errorf("%s: %s: %s: %s", filepath.Base(file), r.Dashboard.Name, f.Where, f.What)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d dashboards were checked", checked)
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
		r, err := lint.Check(document, linttest.Env)
		if err != nil {
			b.Fatal(err)
		}
		if found := r.Sorted(); len(found) > 0 {
			b.Fatal(found[0])
		}
	}
}
