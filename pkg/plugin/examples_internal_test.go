package plugin

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// TestEveryPluginHasAnExample compares examples.json with the tables of panel kinds and query plugins.
func TestEveryPluginHasAnExample(t *testing.T) {
	var want []string
	for _, kind := range dashboard.PanelKinds() {
		want = append(want, kind.Name)
	}
	for _, p := range dashboard.QueryPlugins() {
		want = append(want, p.Name)
	}
	for name, example := range examples() {
		if !json.Valid(example.Minimal) || example.Full != nil && !json.Valid(example.Full) {
			t.Errorf("%s: %s, %s", name, example.Minimal, example.Full)
		}
		isVariable, isDatasource := strings.HasSuffix(name, "Variable"), strings.HasSuffix(name, "Datasource")
		if !isVariable && !isDatasource && !slices.Contains(want, name) {
			t.Errorf("%s has an example, but is neither in dashboard.PanelKinds nor in dashboard.QueryPlugins", name)
		}
	}
	for _, name := range want {
		if _, ok := examples()[name]; !ok {
			t.Errorf("%s has no example", name)
		}
	}
}
