package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
)

// ofCounters are the functions that take a counter, and what takes a gauge in their place.
var ofCounters = map[string]string{"rate": "deriv", "irate": "idelta", "increase": "delta"}

// gauges are metrics that are gauges by their very names, whatever metadata there is: what the names begin with, have
// within, and end with.
var gauges = []struct{ begin, within, end string }{
	{end: "_celsius"}, {end: "_ratio"}, {end: "_build_info"},
	{begin: "node_memory_", end: "_bytes"}, {begin: "node_filesystem_", end: "_bytes"},
	{begin: "container_memory_usage"}, {begin: "container_memory_working_set"}, {begin: "container_memory_rss"}, {begin: "container_memory_cache"},
	{begin: "kube_", within: "_status_"}, {begin: "kube_", end: "_info"},
}

var gaugeNames = []string{"up", "go_goroutines", "go_threads", "process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds"}

// isGauge tells by its name whether a metric is one. What ends as counters do is none, whatever it begins with:
// kube_pod_container_status_restarts_total.
func isGauge(metric string) bool {
	if strings.HasSuffix(metric, "_total") {
		return false
	}
	for _, g := range gauges {
		if strings.HasPrefix(metric, g.begin) && strings.HasSuffix(metric, g.end) && strings.Contains(metric, g.within) {
			return true
		}
	}
	return slices.Contains(gaugeNames, metric)
}

// longRange is from where on the last two samples before each point say little of what lies between.
const longRange = 6 * time.Hour

func (r reading) call(call *parser.Call) {
	name := call.Func.Name
	switch name {
	case "histogram_quantile", "quantile_over_time":
		if len(call.Args) > 0 {
			r.quantile(call.Args[0])
		}
		if name == "histogram_quantile" && len(call.Args) == 2 {
			r.buckets(call.Args[1])
		}
		return
	}
	instead, ok := ofCounters[name]
	if !ok || len(call.Args) != 1 {
		return
	}
	switch arg := call.Args[0].(type) {
	case *parser.MatrixSelector:
		r.rangeOf(name, arg)
		selector, _ := arg.VectorSelector.(*parser.VectorSelector)
		if selector != nil && isGauge(selector.Name) && !promql.Variable(selector.Name) {
			r.sayOf(selector.Name, Warning, ofGauge(name, selector.Name, instead), r.functionName(call, instead)...)
		}
		if name == "irate" && r.board.Duration >= longRange {
			r.say(Info, fmt.Sprintf("irate looks at the last two samples before each point alone; in a range of %s rate shows more.", dashboard.FormatDuration(r.board.Duration)), r.functionName(call, "rate")...)
		}
	case *parser.SubqueryExpr:
		r.rateOfSum(call, arg)
	}
}

func ofGauge(function, metric, instead string) string {
	return fmt.Sprintf("%s takes a counter, but %s is a gauge: each time it falls counts as a restart. %s is for gauges.", function, metric, instead)
}

// functionName replaces the name of a function.
func (q *Query) functionName(call *parser.Call, name string) []splice {
	start, end := q.Parsed.Span(call)
	if start == end || !strings.HasPrefix(q.Text[start:end], call.Func.Name) {
		return nil
	}
	return []splice{{start, start + len(call.Func.Name), name}}
}

// rateOfSum finds rates of sums, which take the restart of one process for a leap of all.
func (r reading) rateOfSum(call *parser.Call, q *parser.SubqueryExpr) {
	sum, ok := unwrapped(q.Expr).(*parser.AggregateExpr)
	if !ok || sum.Op != parser.SUM {
		return
	}
	what := fmt.Sprintf("%s of a sum takes the restart of one process for a leap of all: the %s comes first, then the sum.", call.Func.Name, call.Func.Name)
	selector, ok := unwrapped(sum.Expr).(*parser.VectorSelector)
	if !ok || call.Func.Name == "increase" && q.OriginalOffset != 0 {
		r.say(Warning, what)
		return
	}
	start, end := r.Parsed.Span(call)
	outer, inner := r.Parsed.Text(sum), r.Parsed.Text(selector)
	from, _ := r.Parsed.Span(sum)
	at, until := r.Parsed.Span(selector)
	whole := r.Parsed.Text(q)
	open := strings.LastIndexByte(whole, '[')
	if start == end || outer == "" || inner == "" || open < 0 || at < from || until-from > len(outer) {
		r.say(Warning, what)
		return
	}
	length, _, _ := strings.Cut(whole[open+1:], ":")
	r.say(Warning, what, splice{start, end, outer[:at-from] + call.Func.Name + "(" + inner + "[" + strings.TrimSpace(length) + "])" + outer[until-from:]})
}

// quantile finds quantiles that are none.
func (r reading) quantile(e parser.Expr) {
	negative := false
	if u, ok := unwrapped(e).(*parser.UnaryExpr); ok {
		negative, e = u.Op == parser.SUB, u.Expr
	}
	number, ok := unwrapped(e).(*parser.NumberLiteral)
	if !ok || !negative && number.Val >= 0 && number.Val <= 1 {
		return
	}
	text := r.Parsed.Text(number)
	if _, err := strconv.ParseFloat(text, 64); err != nil { // it is a variable, or not where the parser says
		return
	}
	if negative || number.Val < 0 || number.Val > 100 {
		r.sayBlank(fmt.Sprintf("%s is no quantile: it lies between 0 and 1.", text))
		return
	}
	start, end := r.Parsed.Span(number)
	right := strconv.FormatFloat(number.Val/100, 'g', 6, 64)
	r.sayBlank(fmt.Sprintf("%s is no quantile: it lies between 0 and 1, such as %s.", text, right), splice{start, end, right})
}

var by = regexp.MustCompile(`(?i)\bby\s*\(\s*`)

// buckets finds classic histograms that are summed up without the label of their buckets.
func (r reading) buckets(e parser.Expr) {
	sum, ok := unwrapped(e).(*parser.AggregateExpr)
	if !ok || !r.Parsed.Exact || !r.isClassic(sum.Expr) {
		return
	}
	has := false
	for _, label := range sum.Grouping {
		has = has || label == "le"
	}
	if has != sum.Without {
		return
	}
	what := "histogram_quantile needs the label le of the buckets, which the " + strings.ToLower(sum.Op.String()) + " leaves out."
	start, end := r.Parsed.Span(sum)
	from, until := r.Parsed.Span(sum.Expr)
	if start == end || from == until || sum.Without {
		r.sayBlank(what)
		return
	}
	if len(sum.Grouping) == 0 && !r.hasBy(start, end) {
		after := start + len(sum.Op.String())
		r.sayBlank(what, splice{after, after, " by (le) "})
		return
	}
	for _, part := range [][2]int{{start, from}, {until, end}} {
		if at := by.FindStringIndex(r.Text[part[0]:part[1]]); at != nil {
			text := "le, "
			if len(sum.Grouping) == 0 {
				text = "le"
			}
			r.sayBlank(what, splice{part[0] + at[1], part[0] + at[1], text})
			return
		}
	}
	r.sayBlank(what)
}

// hasBy tells whether by (…) stands in a part of the query.
func (r reading) hasBy(start, end int) bool {
	all := r.bys()
	i, _ := slices.BinarySearchFunc(all, start, func(at []int, start int) int { return at[0] - start })
	return i < len(all) && all[i][1] <= end
}

// isClassic tells whether an expression is about the buckets of a classic histogram, all of it.
func (r reading) isClassic(e parser.Expr) bool {
	of := r.shapes[e].of
	return of.any && of.classic
}

// unwrapped returns an expression without the parentheses around it.
func unwrapped(e parser.Expr) parser.Expr {
	for {
		switch n := e.(type) {
		case *parser.ParenExpr:
			e = n.Expr
		case *parser.StepInvariantExpr:
			e = n.Expr
		default:
			return e
		}
	}
}
