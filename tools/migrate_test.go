package tools_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestMigrationWithoutDashboard uses a Perses that answers a migration with status 200 but no dashboard. Nothing must be saved.
func TestMigrationWithoutDashboard(t *testing.T) {
	for name, c := range map[string]struct {
		answer any
		want   string
	}{
		"an error":         {object{"message": "it broke"}, "it broke"},
		"no dashboard":     {object{"kind": "Folder", "spec": object{}}, "no dashboard"},
		"a list":           {[]any{}, "no dashboard"},
		"without a spec":   {object{"kind": "Dashboard"}, "no dashboard"},
		"a text":           {"broken", "no dashboard"},
		"the same failure": {object{"message": `error migrating text panel "x": no`}, "no."}, // whatever is taken away
	} {
		fake := answering(t, map[string]any{
			"/api/migrate": c.answer, "/api/v1/plugins": []any{}, "/api/v1/projects/p": object{"kind": "Project", "metadata": object{"name": "p"}},
			"/api/v1/projects/p/datasources": []any{}, "/api/v1/globaldatasources": []any{}, "/api/v1/projects/p/variables": []any{}, "/api/v1/globalvariables": []any{},
		})
		host := servertest.Connect(t, servertest.New(t, fake.URL, servertest.Options{}))
		dashboard := object{"title": "x", "panels": []any{object{"type": "text", "title": "x"}}}
		text, failed := host.Call("perses_migrate_grafana_dashboard", object{"project": "p", "grafana_dashboard": dashboard})
		if !failed || !strings.Contains(text, c.want) || fake.writes.Load() != 0 {
			t.Errorf("%s: got %s and %d writes", name, text, fake.writes.Load())
		}
	}
}
