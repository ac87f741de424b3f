package lint_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestSyntaxErrors compares two versions of a dashboard.
func TestSyntaxErrors(t *testing.T) {
	board := func(panels object) json.RawMessage {
		document, err := json.Marshal(linttest.DashboardWith(panels))
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	before := board(object{"a": linttest.PanelWith("sum(up"), "b": linttest.PanelWith("up")})
	loki := linttest.Set(linttest.PanelWith("{app="), "spec/queries/0/spec/plugin/kind", "LokiTimeSeriesQuery")
	for name, c := range map[string]struct {
		before, after json.RawMessage
		want          string
	}{
		"unchanged":               {before, before, ""},
		"other panel changed":     {before, board(object{"a": linttest.PanelWith("sum(up"), "b": linttest.PanelWith("rate(up[5m])")}), ""},
		"renamed panel":           {before, board(object{"c": linttest.PanelWith("sum(up"), "b": linttest.PanelWith("up")}), ""},
		"variable as duration":    {before, board(object{"a": linttest.PanelWith(`sum(rate(up{job=~"$job"}[$__interval]))`)}), ""},
		"variable as operator":    {before, board(object{"a": linttest.PanelWith("up $operator up")}), ""},
		"Loki query":              {before, board(object{"a": loki}), ""},
		"empty":                   {before, board(object{"a": linttest.PanelWith(" ")}), ""},
		"changed":                 {before, board(object{"a": linttest.PanelWith("avg(up"), "b": linttest.PanelWith("up")}), `panel a, queries[0]: The query does not parse: unclosed left parenthesis, at the end. Add ")" at the end.`},
		"new":                     {before, board(object{"a": linttest.PanelWith("sum(up"), "c": linttest.PanelWith("up{")}), "panel c, queries[0]: The query does not parse: unexpected end of input inside braces, at the end."},
		"new dashboard":           {nil, before, `panel a, queries[0]: The query does not parse: unclosed left parenthesis, at the end. Add ")" at the end.`},
		"invalid panels":          {before, json.RawMessage(`{"spec":{"panels":[1,null]}}`), ""},
		"no document":             {before, nil, ""},
		"invalid document before": {json.RawMessage(`[]`), board(object{"b": linttest.PanelWith("up")}), ""},
	} {
		var got []string
		all, unchecked := lint.SyntaxErrors(worktest.Budget(), c.before, c.after)
		if unchecked != nil {
			t.Errorf("%s: unchecked is %q", name, unchecked)
		}
		for _, f := range all {
			got = append(got, f.Where+": "+f.What)
		}
		if got := strings.Join(got, "\n"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}
