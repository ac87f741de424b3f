package lint

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
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
}

type parsed struct {
	query promql.Query
	err   error
}

// queries checks what the queries ask.
func (c *check) queries() {
	c.parse()
	for _, q := range c.promQL {
		if strings.TrimSpace(q.Text) == "" {
			c.add(Finding{Severity: Error, Where: q.Where, Panel: q.Panel, Blank: true, What: "Its query is empty.", covers: []string{q.Where + ": spec.query"}})
			continue
		}
		p := c.parsed[q.Text]
		if p.err != nil {
			c.unparsed(q, p.err)
			continue
		}
		q.Parsed = p.query
		r := reading{check: c, Query: q}
		parser.Inspect(p.query.Expr, func(node parser.Node, path []parser.Node) error {
			r.node(node, path)
			return nil
		})
		r.legend()
	}
	c.missingUnits()
}

// parse parses each different query once, on all processors: of a large dashboard that is the most work.
func (c *check) parse() {
	var texts []string
	for _, q := range c.promQL {
		if _, known := c.parsed[q.Text]; !known {
			c.parsed[q.Text] = parsed{}
			texts = append(texts, q.Text)
		}
	}
	all := make([]parsed, len(texts))
	c.share(len(texts), func(_ *check, i int) { all[i].query, all[i].err = promql.Parse(texts[i]) })
	for i, text := range texts {
		c.parsed[text] = all[i]
	}
}

// unparsed says why a query does not parse, and mends the mistakes that are made most.
func (c *check) unparsed(q *Query, err error) {
	var e *promql.Error
	if !errors.As(err, &e) || e.Unsure {
		return
	}
	f := Finding{Severity: Error, Where: q.Where, Panel: q.Panel, Blank: true,
		What: "The query does not parse: " + e.In(q.Text) + "."}
	for _, m := range mends() {
		text := strings.TrimSpace(m.pattern.ReplaceAllString(q.Text, m.with))
		if text == q.Text {
			continue
		}
		if _, err := promql.Parse(text); err == nil {
			f.What += " " + m.say
			f.Edit = setQuery(q.Panel, q.Index, text)
			break
		}
	}
	if open := strings.Count(q.Text, "(") - strings.Count(q.Text, ")"); f.Edit == nil && open > 0 && open < 10 {
		text := q.Text + strings.Repeat(")", open)
		if _, err := promql.Parse(text); err == nil {
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
	r.add(Finding{Severity: Error, Where: r.Where, Panel: r.Panel, Blank: true, What: what, query: r.Query, splices: splices})
}

func (r reading) node(node parser.Node, path []parser.Node) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		r.matchers(n)
		r.bare(n, path)
	case *parser.Call:
		r.call(n)
	case *parser.AggregateExpr:
		if n.Op == parser.QUANTILE {
			r.quantile(n.Param)
		}
	case *parser.BinaryExpr:
		r.binary(n)
	}
}

// legend finds labels in the names of series that the query's result does not have.
func (r reading) legend() {
	labels, known := labelsOf(r.Parsed.Expr)
	if !known || !r.Parsed.Exact {
		return
	}
	for _, name := range dashboard.LabelsOf(r.Legend) {
		if !labels[name] && len(dashboard.References(name)) == 0 {
			what := fmt.Sprintf("The legend names {{%s}}, which the query leaves out: its result has ", clip(name))
			if len(labels) == 0 {
				what += "no labels."
			} else {
				what += "only " + some(sortedKeys(labels)) + "."
			}
			r.say(Warning, what)
		}
	}
}
