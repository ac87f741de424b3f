package lint_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestManyBrokenReferences checks that all broken references are found, but similar keys are suggested for only 100 of them: each
// suggestion compares a key with all panels.
func TestManyBrokenReferences(t *testing.T) {
	const references = 300
	var items []any
	for i := range references {
		items = append(items, object{"x": 0, "y": i, "width": 24, "height": 1, "content": object{"$ref": fmt.Sprintf("#/spec/panels/cpu%d", i)}})
	}
	document := linttest.Set(linttest.DashboardWith(object{"cpu": linttest.PanelWith("up")}), "spec/layouts/0/spec/items", items)
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	r, err := lint.Check(worktest.Budget(), raw, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	found, suggested := 0, 0
	for _, f := range r.Findings {
		if strings.Contains(f.What, `It refers to the panel "cpu`) {
			found++
			suggested += strings.Count(f.What, " Nearest: cpu.")
		}
	}
	if found != references || suggested != 100 {
		t.Errorf("%d are found, with suggestions for %d", found, suggested)
	}
}
