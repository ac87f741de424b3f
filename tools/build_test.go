package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestPreviewIfDisabled builds a preview with a Perses whose ephemeral dashboards are disabled, as by default: it has the project,
// but answers 404 for ephemeral dashboards.
func TestPreviewIfDisabled(t *testing.T) {
	off := answering(t, map[string]any{"/api/v1/plugins": []any{}, "/api/v1/projects/shop": object{"kind": "Project", "metadata": object{"name": "shop"}, "spec": object{}}})
	host := servertest.Connect(t, servertest.New(t, off.URL, servertest.Options{}))
	text, failed := host.Call("perses_build_dashboard", object{"project": "shop", "name": "web", "preview": true, "sketch": object{"title": "Web", "panels": []any{object{"text": "Hi"}}}})
	const want = "this Perses has no previews (ephemeral_dashboard.enable is off), so nothing is saved: use dry_run, or save it without preview"
	if !failed || text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

// TestBuildAnswersWithinTheLimit builds dashboards with more panels than fit into an answer, or than it lists. The answer lists
// panels without data first and counts the others.
func TestBuildAnswersWithinTheLimit(t *testing.T) {
	p, token := seeded(t)
	const limit = 1500
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token, ResultLimit: limit}))
	for _, test := range []struct {
		notes, empty int
		want         []string
	}{
		{60, 1, []string{`"statuses":{"data":60,"empty":1}`, `"panels":[{"key":"nothing-0","title":"Nothing 0","status":"empty"`, `"left_out":"60 panels that have data"`}},
		{20, 20, []string{`"statuses":{"data":20,"empty":20}`, `"panels":[{"key":"nothing-0"`, `of 40 panels, those with data first`}},
	} {
		var panels []any
		for range test.notes {
			panels = append(panels, object{"title": "Notes", "text": "Hi"})
		}
		for i := range test.empty {
			panels = append(panels, object{"title": fmt.Sprintf("Nothing %d", i)})
		}
		text, failed := host.Call("perses_build_dashboard", object{"project": sample, "name": sample, "dry_run": true, "sketch": object{"panels": panels}})
		if failed || len(text) > limit {
			t.Error(len(text), text)
		}
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
	}
}

// TestPluginsAreReadOnce checks that a call lists the plugins once, although it needs them in several steps.
func TestPluginsAreReadOnce(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	for tool, arguments := range map[string]object{
		"perses_build_dashboard":           {"name": "web", "sketch": object{"panels": []any{object{"text": "Hi"}}}},
		"perses_migrate_grafana_dashboard": {"name": "grafana", "grafana_dashboard": object{"panels": []any{object{"type": "text", "title": "x", "options": object{"content": "Hi"}}}}},
		"perses_check_dashboard":           {"document": object{"kind": "Dashboard", "metadata": object{"name": "d"}, "spec": object{"duration": "1h", "panels": object{}, "layouts": []any{}}}},
	} {
		front := record(t, p.URL)
		host := servertest.Connect(t, servertest.New(t, front.URL, servertest.Options{}))
		text, failed := host.Call(tool, with(arguments, "project", project))
		if n := front.times("/api/v1/plugins"); failed || n != 1 {
			t.Errorf("%s reads the plugins %d times: %s", tool, n, text)
		}
	}
}
