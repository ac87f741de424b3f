package dashboard_test

import (
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// replaced returns a text with its variables replaced.
func replaced(t testing.TB, v dashboard.Values, text string) string {
	text, _ = v.Replace(worktest.Budget(), text)
	return text
}
