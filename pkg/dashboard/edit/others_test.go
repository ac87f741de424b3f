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

// dashboardsOfOthers returns those that the module of Perses carries, and those that Perses makes of Grafana's.
func dashboardsOfOthers(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	all := persestest.Dashboards(t)
	maps.Copy(all, persestest.Shared(t).MigratedDashboards(t))
	return all
}

// TestOthers edits the dashboards of others: each panel and each variable, there and back.
func TestOthers(t *testing.T) {
	for name, document := range dashboardsOfOthers(t) {
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
	edited, _, err := edit.Apply(worktest.Budget(), document, []json.RawMessage{json.RawMessage(one)}, env, secrets)
	if err != nil {
		t.Fatalf("%s: %v", one, err)
	}
	return edited
}
