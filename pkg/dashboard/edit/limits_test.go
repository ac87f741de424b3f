package edit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func document(spec string) string {
	return `{"kind":"Dashboard","metadata":{"name":"d"},"spec":{` + spec + `}}`
}

// TestGrowthIsRefused checks that edits which would make a dashboard too large fail, with an error that names the edit, the
// size and the limit.
func TestGrowthIsRefused(t *testing.T) {
	const panel = `"p":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}`
	small, long := document(`"panels":{`+panel+`}`), strings.Repeat("n", 1<<20)
	selectors := document(`"panels":{` + worktest.Repeat(10_000, `"p%d":{"kind":"Panel","spec":{"queries":[{"spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"datasource":{"kind":"PrometheusDatasource","name":"prom"}}}}}]}}`) + `}`)
	double := make([]string, 40)
	for i := range double {
		double[i] = fmt.Sprintf(`{"op":"copy","from":"/spec/panels","path":"/spec/panels/p/spec/x%d"}`, i)
	}
	for name, c := range map[string]struct {
		document string
		edits    []string
		want     string
	}{
		"copies of copies": {small, double, "edits[15] (copy): the dashboard would have "},
		"copies to the end of a list": {document(`"x":[` + worktest.Repeat(1<<20, `"`+strings.Repeat("x", 100)+`"`) + `]`),
			slices.Repeat([]string{`{"op":"copy","from":"/spec/x","path":"/spec/x/-"}`}, 5), "edits[1] (copy): the dashboard would have "},
		"clones":              {document(`"panels":{"p":{"kind":"Panel","spec":{"x":"` + long + `"}}}`), slices.Repeat([]string{`{"op":"clone_panel","panel":"p"}`}, 5), "edits[2] (clone_panel): the dashboard would have "},
		"a long name":         {selectors, []string{`{"op":"replace_datasource","from":"prom","to":"` + long + `"}`}, "edits[0] (replace_datasource): the dashboard would have "},
		"a long name for all": {strings.ReplaceAll(selectors, `,"name":"prom"`, ""), []string{`{"op":"set","datasource":"$` + long + `"}`}, "edits[0] (set): the dashboard would have "},
		"a long row":          {small, []string{`{"op":"add_row","title":"r","panels":[` + worktest.Repeat(60_000, `{"title":"a","query":"up"}`) + `]}`}, "edits[0] (add_row): the sketch has 2223 panels"},
		"a renamed variable": {document(`"variables":[{"kind":"TextVariable","spec":{"name":"a","value":"x"}}],"links":[` + worktest.Repeat(3<<20, `"$a"`) + `]`),
			[]string{`{"op":"rename_variable","variable":"a","to":"` + strings.Repeat("b", 60) + `"}`}, "edits[0] (rename_variable): "},
		"depth": {document(`"x":{"a":1}`), slices.Repeat([]string{`{"op":"copy","from":"/spec/x","path":"/spec/x/a"}`}, 300), "with these edits, values in the dashboard would be nested 303 levels deep"},
	} {
		var edits []json.RawMessage
		for _, one := range c.edits {
			edits = append(edits, json.RawMessage(one))
		}
		budget := worktest.Budget()
		edited, diff, err := edit.Apply(budget, json.RawMessage(c.document), edits, sketch.Env{}, secrets)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || edited != nil || diff != nil {
			t.Errorf("%s: %.200v (%d bytes)", name, err, len(edited))
		}
	}
	if _, _, err := edit.Apply(worktest.Budget(), json.RawMessage(document(`"x":`+strings.Repeat("[", 300)+strings.Repeat("]", 300))), []json.RawMessage{json.RawMessage(`{"op":"remove","path":"/spec/x"}`)}, sketch.Env{}, secrets); err == nil {
		t.Error("a deep document was edited")
	}
}

// TestLargeDocumentsCanShrink edits a document that is larger than an edit may make it.
func TestLargeDocumentsCanShrink(t *testing.T) {
	raw := document(`"display":{"description":"` + strings.Repeat("x", sketch.MaxDocument) + `"}`)
	edited, _, err := edit.Apply(worktest.Budget(), json.RawMessage(raw), []json.RawMessage{json.RawMessage(`{"op":"set","description":null}`)}, sketch.Env{}, secrets)
	if err != nil || len(edited) > 100 {
		t.Error(len(edited), err)
	}
}

// grid returns a dashboard with panels that all overlap.
func grid(panels int) string {
	var keys, items []string
	for i := range panels {
		keys = append(keys, fmt.Sprintf(`"p%d":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}`, i))
		items = append(items, fmt.Sprintf(`{"x":0,"y":0,"width":24,"height":1,"content":{"$ref":"#/spec/panels/p%d"}}`, i))
	}
	return document(`"panels":{` + strings.Join(keys, ",") + `},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.Join(items, ",") + `]}}]`)
}

// TestMoveAmongManyIsLinear moves a panel in a row of thousands of overlapping panels.
func TestMoveAmongManyIsLinear(t *testing.T) {
	budget := worktest.Budget()
	const panels, perPanel = 8000, 2500
	edited, diff, err := edit.Apply(budget, json.RawMessage(grid(panels)), []json.RawMessage{json.RawMessage(`{"op":"move_panel","panel":"p7","x":0,"y":0}`)}, sketch.Env{}, secrets)
	if want := "panel p7 stays at 0,0 24x1; 7999 other panels moved down to make room for it"; err != nil || len(diff) != 1 || diff[0] != want {
		t.Fatal(diff, err)
	}
	if used := budget.Used(); used > panels*perPanel {
		t.Errorf("%d units", used)
	}
	lines := map[int64]bool{}
	gjson.GetBytes(edited, "spec.layouts.0.spec.items.#.y").ForEach(func(_, y gjson.Result) bool { lines[y.Int()] = true; return true })
	if len(lines) != panels {
		t.Errorf("%d panels are on %d lines", panels, len(lines))
	}
}

// TestWorkIsLinear checks that the work of an edit is proportional to the size of the document, for documents that are as
// large as possible in one respect, and that no edit is made if the budget runs out.
func TestWorkIsLinear(t *testing.T) {
	const size, perByte = 1 << 17, 60
	item := `{"x":0,"y":0,"width":24,"height":2,"content":{"$ref":"#/spec/panels/p"}}`
	panel := `{"kind":"Panel","spec":{"display":{"name":"same"},"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}`
	deep := strings.Repeat(`{"a":`, 180) + `"` + strings.Repeat("x", size) + `"` + strings.Repeat("}", 180)
	for name, raw := range map[string]string{
		"panels":     document(`"panels":{` + worktest.Repeat(size, `"p%d":`+panel) + `}`),
		"same keys":  document(`"panels":{` + worktest.Repeat(size, `"p":`+panel) + `}`),
		"layouts":    document(`"layouts":[` + worktest.Repeat(size, `{"kind":"Grid","spec":{"items":[]}}`) + `]`),
		"items":      document(`"panels":{"p":` + panel + `},"layouts":[{"kind":"Grid","spec":{"items":[` + worktest.Repeat(size, item) + `]}}]`),
		"variables":  document(`"variables":[` + worktest.Repeat(size, `{"kind":"TextVariable","spec":{"name":"v%d","value":"$v1"}}`) + `]`),
		"links":      document(`"links":[` + worktest.Repeat(size, `{"url":"x","name":"$v"}`) + `]`),
		"tags":       strings.Replace(document(`"x":1`), `"name":"d"`, `"name":"d","tags":[`+worktest.Repeat(size, `"a"`)+`]`, 1),
		"deep":       document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":` + deep + `}}}}`),
		"thresholds": document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"StatChart","spec":{"thresholds":{"steps":[` + worktest.Repeat(size, `{"value":1}`) + `]}}}}}}`),
		"queries":    document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Table","spec":{}},"queries":[` + worktest.Repeat(size, `{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"$v","datasource":{"kind":"PrometheusDatasource","name":"n%d"}}}}}`) + `]}}}`),
	} {
		for _, one := range slices.Concat(anyEdits, []string{
			`{"op":"add_row","title":"x","panels":[` + worktest.Repeat(10_000, `{"title":"same","text":"x"}`) + `]}`, `{"op":"move_panel","panel":"p","x":0,"y":0}`, `{"op":"remove_panel","panel":"p"}`,
			`{"op":"clone_panel","panel":"p"}`, `{"op":"change_panel","panel":"p","set":{"title":"x","options":{"a":null}}}`, `{"op":"change_panel","panel":"p","set":{"chart":"stat","unit":"bytes"}}`, `{"op":"rename_panel","panel":"p","key":"q"}`,
			`{"op":"add_panel","panel":{"title":"same","text":"x"}}`, `{"op":"rename_variable","variable":"v1","to":"w"}`, `{"op":"remove_variable","variable":"v1"}`, `{"op":"replace_datasource","from":"n1","to":"loki"}`,
			`{"op":"set","add_tags":["b"],"remove_tags":["a"]}`, `{"op":"test","path":"/spec","value":{}}`, `{"op":"copy","from":"/spec","path":"/x"}`, `{"op":"change_query","panel":"p","index":3,"set":{"query":"x"}}`,
		}) {
			budget := worktest.Budget()
			edited, _, err := edit.Apply(budget, json.RawMessage(raw), []json.RawMessage{json.RawMessage(one)}, env, secrets)
			if used := budget.Used(); used > int64(perByte*(len(raw)+len(one))) {
				t.Errorf("%s: %.60s: %d units for %d bytes (%.100v)", name, one, used, len(raw), err)
			}
			if ended := budget.Err(); (ended != nil) != errors.Is(err, work.ErrExhausted) || ended != nil && edited != nil {
				t.Errorf("%s: %.60s: budget error %v, returned error %.100v", name, one, ended, err)
			}
		}
	}
}

// TestBudgetRunsOut checks that Apply stops when the budget runs out, makes no edit, and names the edit at which it
// stopped.
func TestBudgetRunsOut(t *testing.T) {
	edits := slices.Repeat([]json.RawMessage{json.RawMessage(`{"op":"move_panel","panel":"p7","x":0,"y":0}`)}, 500)
	edited, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(grid(20_000)), edits, sketch.Env{}, secrets)
	if want := " (move_panel): the computation budget of this call is spent. No edit was made: send fewer at once"; err == nil || !strings.HasSuffix(err.Error(), want) || edited != nil || diff != nil {
		t.Error(err)
	}
}
