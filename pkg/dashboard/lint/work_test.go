package lint_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// join returns n parts of a JSON list or object, separated by commas.
func join(n int, part func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = part(i)
	}
	return strings.Join(parts, ",")
}

// panelsWith returns the members of an object with n panels, p0, p1, …, with a query each.
func panelsWith(n int, query func(i int) string) string {
	return join(n, func(i int) string {
		panel, _ := json.Marshal(linttest.PanelWith(query(i)))
		return fmt.Sprintf(`"p%d":%s`, i, panel)
	})
}

// TestWorkIsLinear checks that twice as large a dashboard takes at most twice the work, for dashboards that are expensive to
// check.
func TestWorkIsLinear(t *testing.T) {
	repeated := func(part string, n int, end string) string { return strings.Repeat(part, n) + end }
	for about, spec := range map[string]func(n int) string{
		"factors of 100": func(n int) string {
			return `"panels":{` + panelsWith(1, func(int) string { return "up" + repeated("*100", n/10, "") }) + "}"
		},
		"sums divided by counts": func(n int) string {
			return `"panels":{` + panelsWith(1, func(int) string { return repeated("a_sum/", n/10, "a_count") }) + "}"
		},
		"nested quantiles": func(n int) string {
			return `"panels":{` + panelsWith(1, func(int) string {
				return repeated("histogram_quantile(9,sum(", n/40, "a_bucket") + repeated("))", n/40, "")
			}) + "}"
		},
		"variables in queries": func(n int) string {
			return `"panels":{` + panelsWith(3, func(int) string { return `up{a="` + repeated("$a", n, "") + `"}` }) + "}"
		},
		"variables in text": func(n int) string {
			return `"variables":[` + join(n, func(i int) string { return fmt.Sprintf(`{"kind":"TextVariable","spec":{"name":"known_%070d"}}`, i) }) +
				`],"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"` + join(n, func(i int) string { return fmt.Sprintf("$%0150d_x", i) }) + `"}}}}}`
		},
		"overlapping items": func(n int) string {
			return `"panels":{"a":{}},"layouts":[{"kind":"Grid","spec":{"items":[` + join(n, func(int) string { return `{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/a"}}` }) + `]}}]`
		},
		"broken references": func(n int) string {
			return `"panels":{` + join(n, func(i int) string { return fmt.Sprintf(`"p%d":{}`, i) }) + `},"layouts":[{"kind":"Grid","spec":{"items":[` +
				join(n, func(i int) string { return fmt.Sprintf(`{"content":{"$ref":"#/spec/panels/q%d"}}`, i) }) + `]}}]`
		},
		"datasources": func(n int) string {
			return `"datasources":{` + join(n, func(i int) string { return fmt.Sprintf(`"d%d":{"plugin":{"kind":"PrometheusDatasource"}}`, i) }) + `},"panels":{` + join(n, func(i int) string {
				panel, _ := json.Marshal(linttest.Set(linttest.PanelWith("up"), "spec/queries/0/spec/plugin/spec/datasource", object{"kind": "PrometheusDatasource", "name": fmt.Sprint("e", i)}))
				return fmt.Sprintf(`"p%d":%s`, i, panel)
			}) + "}"
		},
		"calculations": func(n int) string {
			return `"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"TimeSeriesChart","spec":{"legend":{"values":[` + join(n, func(int) string { return `"mex"` }) + `]}}}}}}`
		},
		"legends": func(n int) string {
			return `"panels":{` + strings.Replace(panelsWith(1, func(int) string { return "sum by (a) (up)" }), `"query":`, `"seriesNameFormat":"`+repeated("{{b}}", n, "")+`","query":`, 1) + "}"
		},
		"findings of one query": func(n int) string {
			var query strings.Builder
			for i := range n / 10 {
				fmt.Fprintf(&query, "rate(a%d_celsius[5m])+", i)
			}
			return `"panels":{` + panelsWith(1, func(int) string { return query.String() + "1" }) + "}"
		},
	} {
		size := 0
		used := func(n int) int64 {
			document := []byte(`{"kind":"Dashboard","metadata":{"name":"d"},"spec":{` + spec(n) + `}}`)
			size = len(document)
			budget := work.New(t.Context(), 1<<40)
			r, err := lint.Check(budget, document, linttest.Env)
			if err != nil {
				t.Fatal(err)
			}
			r.Sorted(budget)
			return budget.Used()
		}
		// The work for a query also grows with its depth, up to a limit.
		const n, perByte = 2000, 1000
		if once, twice := used(n), used(2*n); twice > 5*once/2 && twice > int64(perByte*min(size, 10_000)) {
			t.Errorf("%s: %d units, and %d for twice the size, %d bytes", about, once, twice, size)
		}
	}
}

// TestUnchecked checks with budgets that end at various points. The report says what was not checked.
func TestUnchecked(t *testing.T) {
	document := []byte(`{"kind":"Dashboard","metadata":{"name":"d"},"spec":{"duration":"1 hour","panels":{` + panelsWith(300, func(i int) string { return fmt.Sprintf("rate(a%d_total[1s])", i) }) + `}}}`)
	said := map[string]bool{}
	for max := int64(len(document)); ; max = max * 5 / 4 {
		budget := work.New(t.Context(), max)
		r, err := lint.Check(budget, document, linttest.Env)
		if err != nil {
			t.Fatal(err)
		}
		unchecked := r.Unchecked()
		if (budget.Err() != nil) != (unchecked != nil) {
			t.Errorf("with %d units, %d are used and unchecked is %q", max, budget.Used(), unchecked)
		}
		for _, what := range unchecked {
			if strings.HasSuffix(what, " were not checked: the computation budget of this call is spent") {
				said[strings.Fields(what)[1]] = true
			}
		}
		if unchecked == nil {
			break
		}
		r.Sorted(budget)
	}
	if !said["panels"] || !said["queries"] {
		t.Errorf("unchecked names %v", said)
	}
}

// TestLongQueriesAreUnchecked checks that the report names queries that are too long to be parsed.
func TestLongQueriesAreUnchecked(t *testing.T) {
	document, _ := json.Marshal(linttest.DashboardWith(object{"a": linttest.PanelWith(strings.Repeat("up+", 1000) + "up")}))
	r, err := lint.Check(worktest.Budget(), document, linttest.Env)
	want := []string{"1 query was not checked because it is too long or too complex"}
	if err != nil || !slices.Equal(r.Unchecked(), want) {
		t.Errorf("got %q, %v", r.Unchecked(), err)
	}
	if _, unchecked := lint.SyntaxErrors(worktest.Budget(), nil, document); !slices.Equal(unchecked, want) {
		t.Errorf("SyntaxErrors: got %q", unchecked)
	}
}

// TestMissingMetrics compares a dashboard with a datasource that has 100,000 other, similar metrics.
func TestMissingMetrics(t *testing.T) {
	facts := lint.Facts{Metrics: map[string]string{}}
	for i := range 100_000 {
		facts.Metrics[fmt.Sprintf("namespace_subsystem_%06d_requests_total", i)] = "counter"
	}
	document := []byte(`{"kind":"Dashboard","metadata":{"name":"d"},"spec":{"panels":{` + panelsWith(60, func(i int) string { return fmt.Sprintf("rate(namespace_subsistem_%05d_requests_total[5m])", i) }) + `}}}`)
	budget := worktest.Budget()
	r, err := lint.Check(budget, document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	r.CompareData(budget, r.Datasources()[0], facts)
	fixed := 0
	for _, f := range r.Sorted(budget) {
		if strings.Contains(f.What, "There is no metric") && strings.Contains(f.What, "Nearest: ") && f.Edit != nil {
			fixed++
		}
	}
	if fixed != 60 || r.Unchecked() != nil || budget.Used() > work.Max/8 {
		t.Errorf("%d have edits, with %d units, unchecked is %q", fixed, budget.Used(), r.Unchecked())
	}
}

// TestTooManyFindings checks that a joined finding does not claim to be complete when findings were dropped.
func TestTooManyFindings(t *testing.T) {
	const panels, metrics = 300, 40 // 12,000 findings
	query := strings.ReplaceAll(join(metrics, func(i int) string { return fmt.Sprint("nope_", i) }), ",", " + ")
	document := []byte(`{"kind":"Dashboard","spec":{"panels":{` + panelsWith(panels, func(int) string { return query }) + `}}}`)
	r, err := lint.Check(worktest.Budget(), document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	r.CompareData(worktest.Budget(), r.Datasources()[0], lint.Facts{Metrics: map[string]string{"zz": ""}})
	i := slices.IndexFunc(r.Sorted(worktest.Budget()), func(f lint.Finding) bool {
		return strings.HasPrefix(f.What, "The metrics nope_") && strings.HasPrefix(f.Where, "panels p0, ") && strings.Contains(f.Where, " and at least 2")
	})
	if want := []string{"there are more than 10000 findings; fix these, then check again"}; i < 0 || !slices.Equal(r.Unchecked(), want) {
		t.Errorf("got %+v, unchecked is %q", r.Sorted(worktest.Budget())[0], r.Unchecked())
	}
}

// TestOverlappingItems checks where overlapping items are moved to, past gaps that are too small.
func TestOverlappingItems(t *testing.T) {
	item := func(x, y, width, height int) string {
		return fmt.Sprintf(`{"x":%d,"y":%d,"width":%d,"height":%d,"content":{"$ref":"#/spec/panels/a"}}`, x, y, width, height)
	}
	document := []byte(`{"kind":"Dashboard","metadata":{"name":"d"},"spec":{"panels":` + `{"a":{"kind":"Panel","spec":{"display":{"name":"a"},"plugin":{"kind":"Markdown"}}}},"layouts":[{"kind":"Grid","spec":{"items":[` +
		strings.Join([]string{item(0, 0, 12, 2), item(0, 4, 24, 2), item(0, 8, 12, 4), item(0, 0, 6, 2), item(0, 0, 6, 3), item(12, 0, 12, 4), item(12, 0, 12, 4), item(6, 0, 12, 1), item(0, 3, 6, 2), item(0, 2, 6, 2)}, ",") + `]}}]}}`)
	r, err := lint.Check(worktest.Budget(), document, linttest.Env)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.Sorted(worktest.Budget()) {
		_, y, _ := strings.Cut(f.What, "the page moves it down; y ")
		got[f.Where] = strings.TrimSuffix(y, " is free.")
	}
	for i, want := range map[int]string{3: "2", 4: "12", 6: "6", 7: "12", 8: "6", 9: "15", 5: ""} {
		if y := got[fmt.Sprintf("layouts[0], items[%d]", i)]; y != want {
			t.Errorf("item %d: y is %q, want %q", i, y, want)
		}
	}
}
