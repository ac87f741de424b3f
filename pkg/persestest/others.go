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

// Dashboards returns the dashboards, ephemeral ones too, that the module of Perses carries, without spaces and by where they
// stand: those that it is tested with and that it shows itself with.
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
		t.Fatal("the module of Perses carries no dashboards")
	}
	return dashboards
}

// MigratedDashboards returns what Perses makes of the dashboards of Grafana that its module carries, likewise.
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
		t.Fatal("the module of Perses carries no dashboards of Grafana")
	}
	return dashboards
}

// ValidateDashboard asks Perses whether it accepts a dashboard; the error is what it says if it does not.
func (p *Perses) ValidateDashboard(ctx context.Context, document json.RawMessage) error {
	return p.call(ctx, http.MethodPost, "/api/validate/dashboards", "", document, nil)
}

// Refusal returns what the Perses without Auth that the tests share says of a dashboard; nothing if it accepts it.
func Refusal(t testing.TB, document json.RawMessage) string {
	t.Helper()
	if err := Shared(t).ValidateDashboard(t.Context(), document); err != nil {
		return err.Error()
	}
	return ""
}

// eachDocument visits the JSON documents of the module of Perses, of a list each by itself.
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
			if json.Compact(&compact, content) != nil { // some are wrong on purpose
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
