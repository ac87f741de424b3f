package edit_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/edit"
)

// dashboardsOfPerses returns the dashboards that the module of Perses carries, without spaces.
func dashboardsOfPerses(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/perses/perses").Output()
	if err != nil {
		t.Fatal(err)
	}
	module := strings.TrimSpace(string(out))
	all := map[string]json.RawMessage{}
	err = filepath.WalkDir(module, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed := gjson.ParseBytes(raw)
		list := []gjson.Result{parsed}
		if parsed.IsArray() {
			list = parsed.Array()
		}
		for _, d := range list {
			var compact bytes.Buffer
			if d.Get("kind").Str == "Dashboard" && len(d.Get("spec.panels").Map()) > 0 && json.Compact(&compact, []byte(d.Raw)) == nil {
				all[strings.TrimPrefix(path, module)+" "+d.Get("metadata.name").Str] = compact.Bytes()
			}
		}
		return nil
	})
	if err != nil || len(all) < 10 {
		t.Fatal(len(all), err)
	}
	return all
}

// TestOthers edits the dashboards of others: each panel and each variable, there and back.
func TestOthers(t *testing.T) {
	for name, document := range dashboardsOfPerses(t) {
		t.Run(name, func(t *testing.T) {
			d, err := dashboard.Parse(document)
			if err != nil {
				t.Fatal(err)
			}
			for key := range d.Panels {
				othersPanel(t, document, key)
			}
			for _, v := range d.Variables {
				there := apply(t, document, `{"op":"rename_variable","variable":"`+v.Name+`","to":"zz"}`)
				if back := apply(t, there, `{"op":"rename_variable","variable":"zz","to":"`+v.Name+`"}`); !bytes.Equal(back, document) {
					t.Errorf("variable %s, renamed and renamed back: another document", v.Name)
				}
			}
		})
	}
}

// othersPanel changes a panel, which leaves all else as it was, and changes it back.
func othersPanel(t *testing.T, document json.RawMessage, key string) {
	t.Helper()
	without := apply(t, document, `{"op":"remove","path":"/spec/panels/`+key+`"}`)
	for _, set := range []string{`{"title":"Zz","description":"zz"}`, `{"chart":"timeseries","unit":"seconds","thresholds":[1,2]}`, `{"options":{"zz":{"a":null,"b":1}}}`} {
		changed := apply(t, document, `{"op":"change_panel","panel":"`+key+`","set":`+set+`}`)
		if rest := apply(t, changed, `{"op":"remove","path":"/spec/panels/`+key+`"}`); !bytes.Equal(rest, without) {
			t.Errorf("panel %s: %s changes other parts of the document", key, set)
		}
	}
	title, ok := gjson.GetBytes(document, "spec.panels."+gjson.Escape(key)+".spec.display.name").Value().(string)
	if !ok {
		return
	}
	there := apply(t, document, `{"op":"change_panel","panel":"`+key+`","set":{"title":"Zz"}}`)
	back := apply(t, there, `{"op":"change_panel","panel":"`+key+`","set":{"title":`+quoted(title)+`}}`)
	if plain := !strings.ContainsAny(title, "<>&"); plain && !bytes.Equal(back, document) {
		t.Errorf("panel %s, renamed and renamed back: another document", key)
	}
}

func quoted(text string) string {
	raw, _ := json.Marshal(text) // which a text always has
	return string(raw)
}

// apply makes an edit that must succeed.
func apply(t *testing.T, document json.RawMessage, one string) json.RawMessage {
	t.Helper()
	edited, _, err := edit.Apply(document, []json.RawMessage{json.RawMessage(one)}, env)
	if err != nil {
		t.Fatalf("%s: %v", one, err)
	}
	return edited
}
