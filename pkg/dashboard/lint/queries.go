package lint

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/variable"
)

// Query is a PromQL query of a panel.
type Query struct {
	Panel      string // the key of its panel
	Index      int    // among the queries of the panel
	Where      string // panel and index, as in a Finding
	Text       string // with variables
	Legend     string
	Datasource Datasource // the zero Datasource if unknown
	Parsed     promql.Query
	unit       string // of its result, "" if the metric names do not indicate it
}

// queries checks the PromQL queries. It parses each distinct one once, on all processors: in a large dashboard this takes most of
// the time.
func (c *check) queries() {
	asking := map[string][]*Query{}
	var texts []string
	for _, q := range c.promQL {
		if asking[q.Text] == nil {
			texts = append(texts, q.Text)
		}
		asking[q.Text] = append(asking[q.Text], q)
	}
	var asked atomic.Int64
	c.inParallel(len(texts), func(i int) int { return len(texts[i]) + promql.Cost(texts[i]) }, func(c *check, i int) {
		parsed, err := promql.Parse(texts[i])
		for _, q := range asking[texts[i]] {
			if !c.checkQuery(q, parsed, err) {
				return
			}
			asked.Add(1)
		}
	})
	c.skipped.add("queries", len(c.promQL)-int(asked.Load()))
	c.missingUnits()
}

// checkQuery checks a query, given the result of parsing it, and reports whether the budget was enough.
func (c *check) checkQuery(q *Query, parsed promql.Query, err error) bool {
	const perByte = 8
	if !c.spend(perByte * len(q.Text)) {
		return false
	}
	switch {
	case strings.TrimSpace(q.Text) == "":
		c.add(Finding{Severity: Error, Where: q.Where, Panel: q.Panel, BreaksPanel: true, What: "Its query is empty.", covers: []string{q.Where + ": spec.query"}})
	case errors.Is(err, promql.ErrTooComplex):
		c.add(Finding{Severity: Info, Where: q.Where, Panel: q.Panel, What: "Its query was not checked because it is too long or too complex."})
		c.skipped.add(longQueries, 1)
	case err != nil:
		c.syntaxError(q, err)
	default:
		qc := queryCheck{check: c, Query: q, results: resultsOf(c.budget, parsed.Expr), byClauses: sync.OnceValue(func() [][]int { return byClause.FindAllStringIndex(q.Text, -1) })}
		if qc.results == nil {
			return false
		}
		q.Parsed, q.unit = parsed, qc.results[parsed.Expr].unit
		qc.walk(parsed.Expr, enclosing{})
		qc.legend()
	}
	return c.budget.Err() == nil
}

// parses reports whether a query parses; false if the budget ends.
func (c *check) parses(text string) bool {
	if !c.spend(len(text) + promql.Cost(text)) {
		return false
	}
	_, err := promql.Parse(text)
	return err == nil
}

// syntaxError reports why a query does not parse, and fixes common mistakes.
func (c *check) syntaxError(q *Query, err error) {
	var e *promql.Error
	if !errors.As(err, &e) || e.Unsure {
		return
	}
	f := Finding{Severity: Error, Where: q.Where, Panel: q.Panel, BreaksPanel: true,
		What: "The query does not parse: " + e.Describe(q.Text) + "."}
	for _, m := range syntaxFixes() {
		const perByte = 10
		if !c.spend(perByte * len(q.Text)) {
			break
		}
		text := strings.TrimSpace(m.pattern.ReplaceAllString(q.Text, m.replacement))
		if text != q.Text && c.parses(text) {
			f.What += " " + m.hint
			f.Edit = setQuery(q.Panel, q.Index, text)
			break
		}
	}
	if open := strings.Count(q.Text, "(") - strings.Count(q.Text, ")"); f.Edit == nil && open > 0 && open < 10 {
		if text := q.Text + strings.Repeat(")", open); c.parses(text) {
			f.What += fmt.Sprintf(" Add %q at the end.", strings.Repeat(")", open))
			f.Edit = setQuery(q.Panel, q.Index, text)
		}
	}
	c.add(f)
}

// syntaxFixes are common mistakes that can be fixed in the text of a query. A fix is used only if the result parses. The patterns
// are compiled on first use because most servers never need them.
var syntaxFixes = sync.OnceValue(func() []syntaxFix {
	return []syntaxFix{
		{regexp.MustCompile(`\b(rate|irate|increase|delta|idelta|deriv)\(\s*(sum|avg|max|min)\s*((?:by|without)\s*\([^()]*\)\s*)?\(\s*([^()]*?\])\s*\)\s*((?:by|without)\s*\([^()]*\))?\s*\)`),
			`$2 $3($1($4)) $5`, "Apply the rate first, then the aggregation."},
		{regexp.MustCompile(`\b(rate|irate|increase)\(\s*(sum|avg|max|min)\s*((?:by|without)\s*\([^()]*\)\s*)?\(\s*([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?)\s*\)\s*((?:by|without)\s*\([^()]*\))?\s*\)`),
			`$2 $3($1($4[$$__rate_interval])) $5`, "Apply the rate first, to a range, then the aggregation."},
		{regexp.MustCompile(`\b(rate|irate|increase)\(\s*([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?)\s*\)`),
			`$1($2[$$__rate_interval])`, "A rate needs a range: [$__rate_interval]."},
		{regexp.MustCompile(`\b(by|without)\s+([a-zA-Z_]\w*(?:\s*,\s*[a-zA-Z_]\w*)*)`), `$1 ($2)`, "Put the labels in parentheses."},
		{regexp.MustCompile(`\s*&&\s*`), " and ", "In PromQL, && is written and."},
		{regexp.MustCompile(`\s*\|\|\s*`), " or ", "In PromQL, || is written or."},
		{regexp.MustCompile(`[“”„]`), `"`, "PromQL does not accept typographic quotes."},
		{regexp.MustCompile(`([{,]\s*[a-zA-Z_]\w*\s*)==(\s*["'])`), `$1=$2`, "In matchers, == is written =."},
	}
})

type syntaxFix struct {
	pattern     *regexp.Regexp
	replacement string
	hint        string
}

// queryCheck is the state of checking one query.
type queryCheck struct {
	*check
	*Query
	results   results
	byClauses func() [][]int // the positions of by (…)
}

// report adds a finding about the query, with the splices that fix it.
func (qc queryCheck) report(severity Severity, what string, splices ...splice) {
	qc.add(Finding{Severity: severity, Where: qc.Where, Panel: qc.Panel, What: what, query: qc.Query, splices: splices})
}

// reportMetric adds a finding about a metric of the query.
func (qc queryCheck) reportMetric(metric string, severity Severity, what string, splices ...splice) {
	qc.add(Finding{Severity: severity, Where: qc.Where, Panel: qc.Panel, What: what, query: qc.Query, splices: splices, metric: metric})
}

// reportError adds an error that explains why the panel shows nothing or something wrong.
func (qc queryCheck) reportError(what string, splices ...splice) {
	qc.add(Finding{Severity: Error, Where: qc.Where, Panel: qc.Panel, BreaksPanel: true, What: what, query: qc.Query, splices: splices})
}

// enclosing describes the expressions around a part of a query.
type enclosing struct {
	rated    bool // the value is not shown as it is, because of a range, a comparison or the like
	quantile bool // there is a histogram_quantile
}

// walk checks an expression and its parts.
func (qc queryCheck) walk(node parser.Node, outer enclosing) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		qc.matchers(n)
		qc.rawCounter(n, outer)
	case *parser.MatrixSelector, *parser.SubqueryExpr:
		outer.rated = true
	case *parser.Call:
		qc.call(n)
		outer.quantile = outer.quantile || n.Func.Name == "histogram_quantile"
		outer.rated = outer.rated || !passThrough[n.Func.Name] && n.Func.Name != "histogram_quantile"
	case *parser.AggregateExpr:
		if n.Op == parser.QUANTILE {
			qc.quantile(n.Param)
		}
		outer.rated = outer.rated || !passThroughAggregations[n.Op]
	case *parser.BinaryExpr:
		qc.binary(n)
		outer.rated = outer.rated || n.Op.IsComparisonOperator() || !qc.results[n.LHS].scalar && !qc.results[n.RHS].scalar
	}
	for _, child := range parser.Children(node) {
		qc.walk(child, outer)
	}
}

// legend finds labels in the format of series names that the query's result does not have.
func (qc queryCheck) legend() {
	of := qc.results[qc.Parsed.Expr].labels
	labels := of.names
	if !of.known || !qc.Parsed.Exact || !qc.spend(len(qc.Legend)) {
		return
	}
	only := some(sortedKeys(labels))
	for _, name := range dashboard.LegendLabels(qc.Legend) {
		if !qc.spend(20) {
			return
		}
		if !labels[name] && len(variable.Names(name)) == 0 {
			what := fmt.Sprintf("The legend uses {{%s}}, but the result of the query has ", clip(name))
			if len(labels) == 0 {
				what += "no labels."
			} else {
				what += "only the labels " + only + "."
			}
			qc.report(Warning, what)
		}
	}
}
