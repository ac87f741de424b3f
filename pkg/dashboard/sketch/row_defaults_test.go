package sketch_test

import (
	"encoding/json"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestEach checks which fields of Each are set in a panel.
func TestEach(t *testing.T) {
	const each = `{"chart":"stat","unit":"s","legend":"{{job}}","datasource":"prom","thresholds":[1],"width":8}`
	const unit, legend = "spec.plugin.spec.format.unit", "spec.queries.#.spec.plugin.spec.seriesNameFormat"
	for _, c := range []struct{ panel, path, want string }{
		{`{"query":"up"}`, "spec.plugin.kind", `"StatChart"`},
		{`{"query":"up"}`, unit, `"seconds"`},
		{`{"query":"up","unit":"ms"}`, unit, `"milliseconds"`},
		{`{"query":"up"}`, legend, `["{{job}}"]`},
		{`{"queries":[{"query":"up"},{"query":"down","legend":"x"}]}`, legend, `["{{job}}","x"]`},
		{`{"query":"up"}`, "spec.queries.0.spec.plugin.spec.datasource.name", `"prom"`},
		{`{"query":"up","chart":"bar"}`, "spec.plugin.kind", `"BarChart"`},
		{`{"query":"up","chart":"bar"}`, "spec.plugin.spec.thresholds", ``}, // a bar chart does not accept thresholds
		{`{"text":"# Hello"}`, "spec.plugin", `{"kind":"Markdown","spec":{"text":"# Hello"}}`},
	} {
		raw := `{"title":"T","rows":[{"each":` + each + `,"panels":[` + c.panel + `]}]}`
		document := expand(t, []byte(raw), sketch.Env{})
		panel := gjson.GetBytes(document, "spec.panels.panel").Raw
		if got := gjson.Get(panel, c.path).Raw; got != c.want {
			t.Errorf("%s\n got: %s\nwant: %s\nin %s", c.panel, got, c.want, panel)
		}
		if width := gjson.GetBytes(document, "spec.layouts.0.spec.items.0.width").Int(); width != 8 {
			t.Errorf("%s: it is %d wide", c.panel, width)
		}
	}
	for each, want := range map[string]string{
		`{"title":"x"}`:    "rows[0].each: title cannot be shared by panels: set it in each panel",
		`{"chart":"stad"}`: `rows[0].panels[0]: chart: there is no "stad". Nearest: stat`,
		`{"expr":"x"}`:     `rows[0].each: unknown field "expr": did you mean query?`,
	} {
		s, err := sketch.Parse(worktest.Budget(), json.RawMessage(`{"title":"T","rows":[{"each":`+each+`,"panels":[{"query":"up"}]}]}`))
		if err == nil {
			_, err = s.Expand(worktest.Budget(), "shop", "name", sketch.Env{})
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", each, err, want)
		}
	}
}
