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

type object = map[string]any

// found returns the findings about a document as lines: "severity where: what edit". compare may add findings to the report.
func found(t *testing.T, document any, compare ...func(*lint.Report)) []string {
	t.Helper()
	encoded, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	r, err := lint.Check(worktest.Budget(), encoded, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range compare {
		f(r)
	}
	var lines []string
	for _, f := range r.Sorted(worktest.Budget()) {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", f.Severity, f.Where, f.What, f.Edit)))
	}
	return lines
}
