package lint_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestSyntaxErrors writes queries over those of one panel, and looks what is said of them.
func TestSyntaxErrors(t *testing.T) {
	board := func(panels object) json.RawMessage {
		document, err := json.Marshal(linttest.Showing(panels))
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	before := board(object{"a": linttest.Asking("sum(up"), "b": linttest.Asking("up")})
	loki := linttest.At(linttest.Asking("{app="), "spec/queries/0/spec/plugin/kind", "LokiTimeSeriesQuery")
	for name, c := range map[string]struct {
		before, after json.RawMessage
		want          string
	}{
		"as it was":       {before, before, ""},
		"another panel":   {before, board(object{"a": linttest.Asking("sum(up"), "b": linttest.Asking("rate(up[5m])")}), ""},
		"another key":     {before, board(object{"c": linttest.Asking("sum(up"), "b": linttest.Asking("up")}), ""},
		"of a variable":   {before, board(object{"a": linttest.Asking(`sum(rate(up{job=~"$job"}[$__interval]))`)}), ""},
		"of an operator":  {before, board(object{"a": linttest.Asking("up $operator up")}), ""},
		"of Loki":         {before, board(object{"a": loki}), ""},
		"empty":           {before, board(object{"a": linttest.Asking(" ")}), ""},
		"changed":         {before, board(object{"a": linttest.Asking("avg(up"), "b": linttest.Asking("up")}), `panel a, queries[0]: The query does not parse: unclosed left parenthesis, at the end. Its end lacks ")".`},
		"new":             {before, board(object{"a": linttest.Asking("sum(up"), "c": linttest.Asking("up{")}), "panel c, queries[0]: The query does not parse: unexpected end of input inside braces, at the end."},
		"none before":     {nil, before, `panel a, queries[0]: The query does not parse: unclosed left parenthesis, at the end. Its end lacks ")".`},
		"no dashboard":    {before, json.RawMessage(`{"spec":{"panels":[1,null]}}`), ""},
		"nothing at all":  {before, nil, ""},
		"of no dashboard": {json.RawMessage(`[]`), board(object{"b": linttest.Asking("up")}), ""},
	} {
		var got []string
		all, unchecked := lint.SyntaxErrors(worktest.Budget(), c.before, c.after)
		if unchecked != nil {
			t.Errorf("%s: unchecked is %q", name, unchecked)
		}
		for _, f := range all {
			got = append(got, f.Where+": "+f.What)
		}
		if said := strings.Join(got, "\n"); said != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, said, c.want)
		}
	}
}
