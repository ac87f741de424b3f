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

// Query is a query in PromQL.
type Query struct {
	Panel      string // the key of its panel
	Index      int    // among the queries of the panel
	Where      string // the same in words
	Text       string // with variables in it
	Legend     string
	Datasource Datasource // that it asks; without a name if that is not known
	Parsed     promql.Query
	unit       string // of its result, by the names of its metrics
}

// queries checks what the queries ask. Each different one is parsed once, on all processors: of a large dashboard that is the most
// work.
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
	c.share(len(texts), func(i int) int { return len(texts[i]) + promql.Cost(texts[i]) }, func(c *check, i int) {
		parsed, err := promql.Parse(texts[i])
		for _, q := range asking[texts[i]] {
			if !c.ask(q, parsed, err) {
				return
			}
			asked.Add(1)
		}
	})
	c.left.leave("queries", len(c.promQL)-int(asked.Load()))
	c.missingUnits()
}

// ask checks what a query asks, which parses or not; false if the budget ends.
func (c *check) ask(q *Query, parsed promql.Query, err error) bool {
	const perByte = 8
	if !c.spend(perByte * len(q.Text)) {
		return false
	}
	switch {
	case strings.TrimSpace(q.Text) == "":
		c.add(Finding{Severity: Error, Where: q.Where, Panel: q.Panel, BreaksPanel: true, What: "Its query is empty.", covers: []string{q.Where + ": spec.query"}})
	case errors.Is(err, promql.ErrLong):
		c.add(Finding{Severity: Info, Where: q.Where, Panel: q.Panel, What: "Its query was not checked: it is too long or too complex to be parsed here."})
		c.left.leave(longQueries, 1)
	case err != nil:
		c.unparsed(q, err)
	default:
		r := reading{check: c, Query: q, shapes: shapesOf(c.budget, parsed.Expr), bys: sync.OnceValue(func() [][]int { return by.FindAllStringIndex(q.Text, -1) })}
		if r.shapes == nil {
			return false
		}
		q.Parsed, q.unit = parsed, r.shapes[parsed.Expr].unit
		r.walk(parsed.Expr, above{})
		r.legend()
	}
	return c.budget.Err() == nil
}

// parses tells whether a query parses, as long as the budget is enough to see.
func (c *check) parses(text string) bool {
	if !c.spend(len(text) + promql.Cost(text)) {
		return false
	}
	_, err := promql.Parse(text)
	return err == nil
}

// unparsed says why a query does not parse, and mends the mistakes that are made most.
func (c *check) unparsed(q *Query, err error) {
	var e *promql.Error
	if !errors.As(err, &e) || e.Unsure {
		return
	}
	f := Finding{Severity: Error, Where: q.Where, Panel: q.Panel, BreaksPanel: true,
		What: "The query does not parse: " + e.In(q.Text) + "."}
	for _, m := range mends() {
		const perByte = 10
		if !c.spend(perByte * len(q.Text)) {
			break
		}
		text := strings.TrimSpace(m.pattern.ReplaceAllString(q.Text, m.with))
		if text != q.Text && c.parses(text) {
			f.What += " " + m.say
			f.Edit = setQuery(q.Panel, q.Index, text)
			break
		}
	}
	if open := strings.Count(q.Text, "(") - strings.Count(q.Text, ")"); f.Edit == nil && open > 0 && open < 10 {
		if text := q.Text + strings.Repeat(")", open); c.parses(text) {
			f.What += fmt.Sprintf(" Its end lacks %q.", strings.Repeat(")", open))
			f.Edit = setQuery(q.Panel, q.Index, text)
		}
	}
	c.add(f)
}

// mends are mistakes that keep a query from parsing and can be mended in its text. What comes of it must parse.
// Most servers never see one, and a start is waited for, so the patterns are compiled when they are first wanted.
var mends = sync.OnceValue(func() []slip {
	return []slip{
		{regexp.MustCompile(`\b(rate|irate|increase|delta|idelta|deriv)\(\s*(sum|avg|max|min)\s*((?:by|without)\s*\([^()]*\)\s*)?\(\s*([^()]*?\])\s*\)\s*((?:by|without)\s*\([^()]*\))?\s*\)`),
			`$2 $3($1($4)) $5`, "The rate comes first, then the sum."},
		{regexp.MustCompile(`\b(rate|irate|increase)\(\s*(sum|avg|max|min)\s*((?:by|without)\s*\([^()]*\)\s*)?\(\s*([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?)\s*\)\s*((?:by|without)\s*\([^()]*\))?\s*\)`),
			`$2 $3($1($4[$$__rate_interval])) $5`, "The rate comes first, of a range, then the sum."},
		{regexp.MustCompile(`\b(rate|irate|increase)\(\s*([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?)\s*\)`),
			`$1($2[$$__rate_interval])`, "A rate needs a range: [$__rate_interval]."},
		{regexp.MustCompile(`\b(by|without)\s+([a-zA-Z_]\w*(?:\s*,\s*[a-zA-Z_]\w*)*)`), `$1 ($2)`, "Labels stand in parentheses."},
		{regexp.MustCompile(`\s*&&\s*`), " and ", "In PromQL && is and."},
		{regexp.MustCompile(`\s*\|\|\s*`), " or ", "In PromQL || is or."},
		{regexp.MustCompile(`[“”„]`), `"`, "Its quotes are none of PromQL."},
		{regexp.MustCompile(`([{,]\s*[a-zA-Z_]\w*\s*)==(\s*["'])`), `$1=$2`, "In matchers == is =."},
	}
})

// slip is how one of them is found and mended.
type slip struct {
	pattern *regexp.Regexp
	with    string
	say     string
}

// reading is a query while it is looked through.
type reading struct {
	*check
	*Query
	shapes shapes
	bys    func() [][]int // where by (…) stands
}

// say adds a finding about the query, with how it is mended.
func (r reading) say(severity Severity, what string, splices ...splice) {
	r.add(Finding{Severity: severity, Where: r.Where, Panel: r.Panel, What: what, query: r.Query, splices: splices})
}

// sayOf adds one that is about a metric.
func (r reading) sayOf(metric string, severity Severity, what string, splices ...splice) {
	r.add(Finding{Severity: severity, Where: r.Where, Panel: r.Panel, What: what, query: r.Query, splices: splices, metric: metric})
}

// sayBlank adds one that says why there is nothing to see.
func (r reading) sayBlank(what string, splices ...splice) {
	r.add(Finding{Severity: Error, Where: r.Where, Panel: r.Panel, BreaksPanel: true, What: what, query: r.Query, splices: splices})
}

// above is what stands around a part of a query.
type above struct {
	rated    bool // it is not shown as it is: there is a range around it, a comparison or the like
	quantile bool // there is a histogram_quantile around it
}

// walk checks an expression and all its parts.
func (r reading) walk(node parser.Node, around above) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		r.matchers(n)
		r.bare(n, around)
	case *parser.MatrixSelector, *parser.SubqueryExpr:
		around.rated = true
	case *parser.Call:
		r.call(n)
		around.quantile = around.quantile || n.Func.Name == "histogram_quantile"
		around.rated = around.rated || !passing[n.Func.Name] && n.Func.Name != "histogram_quantile"
	case *parser.AggregateExpr:
		if n.Op == parser.QUANTILE {
			r.quantile(n.Param)
		}
		around.rated = around.rated || !summing[n.Op]
	case *parser.BinaryExpr:
		r.binary(n)
		around.rated = around.rated || n.Op.IsComparisonOperator() || !r.shapes[n.LHS].scalar && !r.shapes[n.RHS].scalar
	}
	for _, child := range parser.Children(node) {
		r.walk(child, around)
	}
}

// legend finds labels in the names of series that the query's result does not have.
func (r reading) legend() {
	of := r.shapes[r.Parsed.Expr].labels
	labels := of.names
	if !of.known || !r.Parsed.Exact || !r.spend(len(r.Legend)) {
		return
	}
	only := some(sortedKeys(labels))
	for _, name := range dashboard.LegendLabels(r.Legend) {
		if !r.spend(20) {
			return
		}
		if !labels[name] && len(variable.Names(name)) == 0 {
			what := fmt.Sprintf("The legend names {{%s}}, which the query leaves out: its result has ", clip(name))
			if len(labels) == 0 {
				what += "no labels."
			} else {
				what += "only " + only + "."
			}
			r.say(Warning, what)
		}
	}
}
