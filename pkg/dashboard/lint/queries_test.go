package lint_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
)

func TestQueries(t *testing.T) {
	for _, c := range linttest.Queries() {
		t.Run(c.Text, func(t *testing.T) {
			lines := found(t, linttest.DashboardWith(object{"a": linttest.PanelWith(c.Text)}))
			if c.Finding == "-" {
				if len(lines) > 0 {
					t.Errorf("got %s", strings.Join(lines, "\n"))
				}
				return
			}
			if len(lines) != 1 || !strings.Contains(lines[0], c.Finding) {
				t.Fatalf("got %s", strings.Join(lines, "\n"))
			}
			fixed := "-"
			if i := strings.Index(lines[0], ` {"op":`); i >= 0 {
				fixed = gjson.Get(lines[0][i:], "set.query").Str
			}
			if fixed != c.Fixed {
				t.Errorf("the edit is\n %s\nwant\n %s", fixed, c.Fixed)
			}
		})
	}
}
