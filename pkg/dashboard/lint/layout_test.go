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

// Every reference that leads nowhere is found, but not for all of thousands is it looked for what was meant: each would be
// compared with each panel.
func TestManyReferencesThatLeadNowhere(t *testing.T) {
	const references = 300
	var items []any
	for i := range references {
		items = append(items, object{"x": 0, "y": i, "width": 24, "height": 1, "content": object{"$ref": fmt.Sprintf("#/spec/panels/cpu%d", i)}})
	}
	document := linttest.At(linttest.Showing(object{"cpu": linttest.Asking("up")}), "spec/layouts/0/spec/items", items)
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	r, err := lint.Check(worktest.Budget(), raw, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	found, meant := 0, 0
	for _, f := range r.Findings {
		if strings.Contains(f.What, `It refers to the panel "cpu`) {
			found++
			meant += strings.Count(f.What, " Nearest: cpu.")
		}
	}
	if found != references || meant != 100 {
		t.Errorf("%d are found, with what was meant for %d", found, meant)
	}
}
