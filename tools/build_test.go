package tools_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestPreviewWherePersesHasNone builds a preview in front of a Perses that has switched ephemeral dashboards off, as it is by
// default: it knows the project, and no such path.
func TestPreviewWherePersesHasNone(t *testing.T) {
	off := answering(t, map[string]any{"/api/v1/plugins": []any{}, "/api/v1/projects/shop": object{"kind": "Project", "metadata": object{"name": "shop"}, "spec": object{}}})
	host := servertest.Connect(t, servertest.New(t, off.URL, servertest.Options{}))
	text, failed := host.Call("perses_build_dashboard", object{"project": "shop", "name": "web", "preview": true, "sketch": object{"title": "Web", "panels": []any{object{"text": "Hi"}}}})
	const want = "this Perses has no previews (ephemeral_dashboard.enable is off), so nothing is saved: use dry_run, or save it without preview"
	if !failed || text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

// TestBuildAnswersWithinTheLimit builds a dashboard of more panels than an answer has room for: those without data come first, and
// the answer says how many there are in all.
func TestBuildAnswersWithinTheLimit(t *testing.T) {
	p, token := seeded(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token, ResultLimit: 1500}))
	var panels []any
	for range 60 {
		panels = append(panels, object{"title": "Notes", "text": "Hi"})
	}
	panels = append(panels, object{"title": "Nothing to ask"})
	text, failed := host.Call("perses_build_dashboard", object{"project": sample, "name": sample, "dry_run": true, "sketch": object{"panels": panels}})
	if failed || len(text) > 1500 || !strings.Contains(text, `"statuses":{"data":60,"empty":1}`) || !strings.Contains(text, `"panels":[{"key":"nothing-to-ask","title":"Nothing to ask","status":"empty"`) ||
		!strings.Contains(text, `"left_out":"60 of 61 panels, those with data first`) {
		t.Error(text)
	}
}
