package lint_test

import (
	"encoding/json"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// FuzzCheck checks arbitrary JSON. Every finding must have a place and a text, every edit must be JSON with an operation, and the
// queries in edits must parse.
func FuzzCheck(f *testing.F) {
	for _, c := range linttest.Cases() {
		document, _ := json.Marshal(c.Document)
		f.Add(document)
	}
	for _, q := range linttest.Queries() {
		document, _ := json.Marshal(linttest.DashboardWith(object{"a": linttest.PanelWith(q.Text)}))
		f.Add(document)
	}
	f.Add([]byte(`{"spec":{"panels":null,"layouts":[null,{"spec":{"items":[null,1,{"content":{"$ref":7}}],"tabs":[[]]}}],"variables":[null,{}],"datasources":{"":null}}}`))
	facts := lint.Facts{Metrics: map[string]string{"up": "gauge"}, Labels: map[string][]string{"up": {"job"}}, Values: map[lint.Label][]string{{Metric: "up", Name: "job"}: {"a"}}}
	f.Fuzz(func(t *testing.T, document []byte) {
		budget := worktest.Budget()
		r, err := lint.Check(budget, document, linttest.Env)
		if err != nil {
			return
		}
		for _, d := range r.Datasources() {
			r.References(budget, d)
			r.CompareData(budget, d, facts)
		}
		unparsed, _ := lint.SyntaxErrors(budget, nil, document)
		findings := append(r.Sorted(budget), unparsed...)
		const perByte, minimum = 5000, 10_000
		if budget.Used() > minimum+int64(perByte*len(document)) {
			t.Errorf("%d units for %d bytes", budget.Used(), len(document))
		}
		for _, found := range findings {
			if found.Where == "" || found.What == "" {
				t.Errorf("got %+v", found)
			}
			if found.Edit == nil {
				continue
			}
			edit := gjson.ParseBytes(found.Edit)
			if !gjson.ValidBytes(found.Edit) || edit.Get("op").Str == "" {
				t.Errorf("invalid edit %s", found.Edit)
			}
			if edit.Get("op").Str == "change_query" {
				if _, err := promql.Parse(edit.Get("set.query").Str); err != nil {
					t.Errorf("%s: %v", found.Edit, err)
				}
			}
		}
	})
}
