package dashboard_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// free returns an unspent budget of the size that a call has.
func free(t testing.TB) *work.Budget { return work.New(t.Context(), work.Max) }

// replaced returns a text with the values of variables in it, as far as there is room for them.
func replaced(t testing.TB, v dashboard.Values, text string) string {
	text, _ = v.Replace(free(t), text)
	return text
}
