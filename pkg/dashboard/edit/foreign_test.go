package edit_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// foreignDashboards returns the dashboards in Perses' own repository, and Grafana dashboards that Perses has migrated.
func foreignDashboards(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	all := persestest.Dashboards(t)
	maps.Copy(all, persestest.Shared(t).MigratedDashboards(t))
	return all
}

// TestForeignDashboards changes and restores every panel and variable of dashboards from other sources.
func TestForeignDashboards(t *testing.T) {
	for name, document := range foreignDashboards(t) {
		t.Run(name, func(t *testing.T) {
			d, err := dashboard.Parse(document)
			if err != nil {
				t.Fatal(err)
			}
			for key := range d.Panels {
				changeAndRestore(t, document, key)
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

// changeAndRestore changes a panel, which must leave everything else as it was, and changes it back.
func changeAndRestore(t *testing.T, document json.RawMessage, key string) {
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
	raw, _ := json.Marshal(text) // a string cannot fail
	return string(raw)
}

// apply applies an edit that must succeed.
func apply(t *testing.T, document json.RawMessage, one string) json.RawMessage {
	t.Helper()
	edited, _, err := edit.Apply(worktest.Budget(), document, []json.RawMessage{json.RawMessage(one)}, env, secrets)
	if err != nil {
		t.Fatalf("%s: %v", one, err)
	}
	return edited
}
