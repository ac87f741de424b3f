package edit_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// FuzzApply checks what tools rely on for any JSON: Apply never panics, its result is JSON, a changed document comes with
// reported changes, and an error comes without a document.
func FuzzApply(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatal("no edits", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for i := 1; i+1 < len(archive.Files); i += 2 {
			f.Add(string(archive.Files[0].Data), strings.ReplaceAll(strings.TrimSpace(string(archive.Files[i].Data)), "\n", ","))
		}
	}
	for _, document := range malformed {
		for _, edits := range anyEdits {
			f.Add(document, edits)
		}
	}
	f.Fuzz(func(t *testing.T, document, edits string) {
		var list []json.RawMessage
		if json.Unmarshal([]byte("["+edits+"]"), &list) != nil {
			return
		}
		budget := worktest.Budget()
		edited, diff, err := edit.Apply(budget, json.RawMessage(document), list, env, secrets)
		switch {
		case err != nil && (err.Error() == "" || edited != nil || diff != nil):
			t.Errorf("an error without words, or with an outcome: %q %q %q", err, edited, diff)
		case err == nil && !json.Valid(edited):
			t.Errorf("no JSON: %q", edited)
		case err == nil && (diff == nil) != (string(edited) == document) && !mask.Hides(json.RawMessage(document)):
			t.Errorf("%q reports %q", edited, diff)
		}
		const minUnits, perByte = 5000, 500 // units per edit
		if used := budget.Used(); used > int64((1+len(list))*(minUnits+perByte*(len(document)+len(edits)))) {
			t.Errorf("%d units for %d bytes and %d edits", used, len(document), len(list))
		}
	})
}

// malformed are documents in which hardly anything has the right type.
var malformed = []string{
	`{}`, ` {"spec":null} `, `{"spec":[]}`, `{"spec":{"panels":[],"layouts":{},"variables":{},"links":7}}`, `{"metadata":{"tags":"x"},"spec":{"display":"x"}}`,
	`{"spec":{"panels":{"a":null,"b":[],"":{},"c":{"spec":{"queries":{"x":1},"display":[],"plugin":{"spec":{"thresholds":{"steps":[1,null,{"value":"x"}]}}}}}},"layouts":[null,7,[],{},{"spec":{"items":[null,{"x":1e99,"y":-7,"width":"x","content":{"$ref":"#/spec/panels/c"}},{"content":{"$ref":"#/spec/panels/c"}}]}},{"spec":{"tabs":[null,{"name":7,"items":{}}]}}],"variables":[null,{"spec":{"name":"v"}},{"kind":"TextVariable","spec":null}],"links":[null,{"url":"u"}]}}`,
	`{"spec":{"panels":{"c":1,"c":{"spec":{}}},"spec":{},"spec":null}}`,
}

var anyEdits = []string{
	`{"op":"add_panel","panel":{"title":"N","query":"up"}}`, `{"op":"add_panel","panel":{"title":"N","text":"x"},"after":"c"}`, `{"op":"change_panel","panel":"c","set":{"title":"x","unit":"bytes","width":3}}`,
	`{"op":"move_panel","panel":"c","x":0,"y":0}`, `{"op":"move_panel","panel":"c","row":0}`, `{"op":"remove_panel","panel":"c"}`, `{"op":"rename_panel","panel":"c","key":"d","title":"D"}`, `{"op":"clone_panel","panel":"c"}`,
	`{"op":"remove_row","row":0}`, `{"op":"change_row","row":1,"set":{"title":"x"}}`, `{"op":"move_row","row":1}`, `{"op":"add_row","title":"x","after":0}`,
	`{"op":"rename_variable","variable":"v","to":"w"}`, `{"op":"remove_variable","variable":"v"}`, `{"op":"change_variable","variable":"v","set":{"text":"x"}}`,
	`{"op":"add_query","panel":"c","query":{"query":"x"}}`, `{"op":"change_query","panel":"c","index":0,"set":{"query":"x"}}`, `{"op":"remove_query","panel":"c","index":0}`,
	`{"op":"add_threshold","panel":"c","value":1}`, `{"op":"remove_threshold","panel":"c","value":1}`, `{"op":"change_link","link":"u","set":{"name":"n"}}`,
	`{"op":"set","title":"x","tags":["a"],"datasource":"prom"}`, `{"op":"replace_datasource","from":"prom","to":"thanos"}`, `{"op":"add","path":"/spec/x/-","value":1}`, `{"op":"move","from":"/spec","path":"/x"}`,
}
