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
			lines := found(t, linttest.Showing(object{"a": linttest.Asking(c.Text)}))
			if c.Says == "-" {
				if len(lines) > 0 {
					t.Errorf("got %s", strings.Join(lines, "\n"))
				}
				return
			}
			if len(lines) != 1 || !strings.Contains(lines[0], c.Says) {
				t.Fatalf("got %s", strings.Join(lines, "\n"))
			}
			mended := "-"
			if i := strings.Index(lines[0], ` {"op":`); i >= 0 {
				mended = gjson.Get(lines[0][i:], "set.query").Str
			}
			if mended != c.Mended {
				t.Errorf("it is mended as\n %s\nwant\n %s", mended, c.Mended)
			}
		})
	}
}
