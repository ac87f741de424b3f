package persestest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Dashboards returns the dashboards and ephemeral dashboards in the test and demonstration data of the Perses module, as compact
// JSON by path.
func Dashboards(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	dashboards := map[string]json.RawMessage{}
	eachDocument(t, func(where string, document json.RawMessage) {
		var head struct {
			Kind string
			Spec struct{ Panels map[string]any }
		}
		if json.Unmarshal(document, &head) == nil && (head.Kind == "Dashboard" || head.Kind == "EphemeralDashboard") && head.Spec.Panels != nil {
			dashboards[where] = document
		}
	})
	if len(dashboards) == 0 {
		t.Fatal("the Perses module contains no dashboards")
	}
	return dashboards
}

// MigratedDashboards returns the Grafana dashboards in the Perses module as Perses migrates them, by path.
func (p *Perses) MigratedDashboards(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	dashboards := map[string]json.RawMessage{}
	eachDocument(t, func(where string, document json.RawMessage) {
		if !strings.Contains(where, "grafana") {
			return
		}
		var migrated json.RawMessage
		if err := p.call(t.Context(), http.MethodPost, "/api/migrate", "", map[string]any{"grafanaDashboard": document}, &migrated); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		dashboards[where] = migrated
	})
	if len(dashboards) == 0 {
		t.Fatal("the Perses module contains no Grafana dashboards")
	}
	return dashboards
}

// ValidateDashboard returns the error with which Perses' validation refuses a dashboard, or nil.
func (p *Perses) ValidateDashboard(ctx context.Context, document json.RawMessage) error {
	return p.call(ctx, http.MethodPost, "/api/validate/dashboards", "", document, nil)
}

// Refusal returns the error message of the shared Perses' validation of a dashboard, or "".
func Refusal(t testing.TB, document json.RawMessage) string {
	t.Helper()
	if err := Shared(t).ValidateDashboard(t.Context(), document); err != nil {
		return err.Error()
	}
	return ""
}

// eachDocument visits the JSON documents in the Perses module, and the elements of lists one by one.
func eachDocument(t testing.TB, visit func(where string, document json.RawMessage)) {
	t.Helper()
	dirs, err := download(t.Context(), t.TempDir(), perses)
	if err != nil {
		t.Fatal(err)
	}
	module := os.DirFS(dirs[perses.path])
	for _, folder := range []string{"dev", "internal", "ui/e2e"} {
		err := fs.WalkDir(module, folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".json" {
				return err
			}
			content, err := fs.ReadFile(module, name)
			if err != nil {
				return err
			}
			var compact bytes.Buffer
			if json.Compact(&compact, content) != nil { // some are invalid on purpose
				return nil
			}
			var list []json.RawMessage
			if json.Unmarshal(compact.Bytes(), &list) != nil {
				list = []json.RawMessage{compact.Bytes()}
			}
			for i, document := range list {
				visit(fmt.Sprintf("%s/%d", name, i), document)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
