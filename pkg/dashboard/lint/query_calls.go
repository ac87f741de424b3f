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

// counterFunctions are the functions that take a counter, with the function for gauges to use instead.
var counterFunctions = map[string]string{"rate": "deriv", "irate": "idelta", "increase": "delta"}

// gaugePatterns match the names of metrics that are gauges whatever the metadata says.
var gaugePatterns = []struct{ prefix, contains, suffix string }{
	{suffix: "_celsius"}, {suffix: "_ratio"}, {suffix: "_build_info"},
	{prefix: "node_memory_", suffix: "_bytes"}, {prefix: "node_filesystem_", suffix: "_bytes"},
	{prefix: "container_memory_usage"}, {prefix: "container_memory_working_set"}, {prefix: "container_memory_rss"}, {prefix: "container_memory_cache"},
	{prefix: "kube_", contains: "_status_"}, {prefix: "kube_", suffix: "_info"},
}

var gaugeNames = []string{"up", "go_goroutines", "go_threads", "process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds"}

// isGauge reports whether a metric's name shows that it is a gauge. Names of counters are excluded even if a pattern matches,
// such as kube_pod_container_status_restarts_total.
func isGauge(metric string) bool {
	if strings.HasSuffix(metric, "_total") {
		return false
	}
	for _, g := range gaugePatterns {
		if strings.HasPrefix(metric, g.prefix) && strings.HasSuffix(metric, g.suffix) && strings.Contains(metric, g.contains) {
			return true
		}
	}
	return slices.Contains(gaugeNames, metric)
}

// longRange is the time range from which the last two samples before each data point are not representative.
const longRange = 6 * time.Hour

func (qc queryCheck) call(call *parser.Call) {
	name := call.Func.Name
	switch name {
	case "histogram_quantile", "quantile_over_time":
		if len(call.Args) > 0 {
			qc.quantile(call.Args[0])
		}
		if name == "histogram_quantile" && len(call.Args) == 2 {
			qc.bucketLabel(call.Args[1])
		}
		return
	}
	forGauges, ok := counterFunctions[name]
	if !ok || len(call.Args) != 1 {
		return
	}
	switch arg := call.Args[0].(type) {
	case *parser.MatrixSelector:
		qc.rateRange(name, arg)
		selector, _ := arg.VectorSelector.(*parser.VectorSelector)
		if selector != nil && isGauge(selector.Name) && !promql.HasVariable(selector.Name) {
			qc.reportMetric(selector.Name, Warning, gaugeMessage(name, selector.Name, forGauges), qc.renameFunction(call, forGauges)...)
		}
		if name == "irate" && qc.board.Duration >= longRange {
			qc.report(Info, fmt.Sprintf("irate uses only the last two samples before each data point; over a time range of %s, rate is more representative.", dashboard.FormatDuration(qc.board.Duration)), qc.renameFunction(call, "rate")...)
		}
	case *parser.SubqueryExpr:
		qc.rateOfSum(call, arg)
	}
}

func gaugeMessage(function, metric, forGauges string) string {
	return fmt.Sprintf("%s expects a counter, but %s is a gauge: every decrease counts as a counter reset. Use %s for gauges.", function, metric, forGauges)
}

// renameFunction returns the splice that replaces the function of a call, if the call's position is known.
func (q *Query) renameFunction(call *parser.Call, name string) []splice {
	start, end := q.Parsed.Span(call)
	if start == end || !strings.HasPrefix(q.Text[start:end], call.Func.Name) {
		return nil
	}
	return []splice{{start, start + len(call.Func.Name), name}}
}

// rateOfSum finds rates of sums, in which the restart of one process looks like an increase of the whole sum.
func (qc queryCheck) rateOfSum(call *parser.Call, q *parser.SubqueryExpr) {
	sum, ok := unwrap(q.Expr).(*parser.AggregateExpr)
	if !ok || sum.Op != parser.SUM {
		return
	}
	what := fmt.Sprintf("%s of a sum counts the restart of one process as an increase of the whole sum. Apply %[1]s first, then sum.", call.Func.Name)
	selector, ok := unwrap(sum.Expr).(*parser.VectorSelector)
	if !ok || call.Func.Name == "increase" && q.OriginalOffset != 0 {
		qc.report(Warning, what)
		return
	}
	start, end := qc.Parsed.Span(call)
	outer, inner := qc.Parsed.Text(sum), qc.Parsed.Text(selector)
	from, _ := qc.Parsed.Span(sum)
	at, until := qc.Parsed.Span(selector)
	whole := qc.Parsed.Text(q)
	open := strings.LastIndexByte(whole, '[')
	if start == end || outer == "" || inner == "" || open < 0 || at < from || until-from > len(outer) {
		qc.report(Warning, what)
		return
	}
	length, _, _ := strings.Cut(whole[open+1:], ":")
	qc.report(Warning, what, splice{start, end, outer[:at-from] + call.Func.Name + "(" + inner + "[" + strings.TrimSpace(length) + "])" + outer[until-from:]})
}

// quantile finds quantiles outside the range from 0 to 1.
func (qc queryCheck) quantile(e parser.Expr) {
	negative := false
	if u, ok := unwrap(e).(*parser.UnaryExpr); ok {
		negative, e = u.Op == parser.SUB, u.Expr
	}
	number, ok := unwrap(e).(*parser.NumberLiteral)
	if !ok || !negative && number.Val >= 0 && number.Val <= 1 {
		return
	}
	text := qc.Parsed.Text(number)
	if _, err := strconv.ParseFloat(text, 64); err != nil { // a variable, or the parser's position is wrong
		return
	}
	if negative || number.Val < 0 || number.Val > 100 {
		qc.reportError(fmt.Sprintf("%s is not a quantile; it must be between 0 and 1.", text))
		return
	}
	start, end := qc.Parsed.Span(number)
	right := strconv.FormatFloat(number.Val/100, 'g', 6, 64)
	qc.reportError(fmt.Sprintf("%s is not a quantile; it must be between 0 and 1, such as %s.", text, right), splice{start, end, right})
}

var byClause = regexp.MustCompile(`(?i)\bby\s*\(\s*`)

// bucketLabel finds aggregations of classic histograms that drop the label le of their buckets.
func (qc queryCheck) bucketLabel(e parser.Expr) {
	sum, ok := unwrap(e).(*parser.AggregateExpr)
	if !ok || !qc.Parsed.Exact || !qc.isClassic(sum.Expr) {
		return
	}
	if slices.Contains(sum.Grouping, "le") != sum.Without {
		return
	}
	what := "histogram_quantile needs the label le of the buckets, which " + strings.ToLower(sum.Op.String()) + " drops."
	start, end := qc.Parsed.Span(sum)
	from, until := qc.Parsed.Span(sum.Expr)
	if start == end || from == until || sum.Without {
		qc.reportError(what)
		return
	}
	if len(sum.Grouping) == 0 && !qc.hasByClause(start, end) {
		after := start + len(sum.Op.String())
		qc.reportError(what, splice{after, after, " by (le) "})
		return
	}
	for _, part := range [][2]int{{start, from}, {until, end}} {
		if at := byClause.FindStringIndex(qc.Text[part[0]:part[1]]); at != nil {
			text := "le, "
			if len(sum.Grouping) == 0 {
				text = "le"
			}
			qc.reportError(what, splice{part[0] + at[1], part[0] + at[1], text})
			return
		}
	}
	qc.reportError(what)
}

// hasByClause reports whether there is a by (…) in this part of the query.
func (qc queryCheck) hasByClause(start, end int) bool {
	all := qc.byClauses()
	i, _ := slices.BinarySearchFunc(all, start, func(at []int, start int) int { return at[0] - start })
	return i < len(all) && all[i][1] <= end
}

// isClassic reports whether all selectors of an expression select buckets of classic histograms.
func (qc queryCheck) isClassic(e parser.Expr) bool {
	of := qc.results[e].selection
	return of.any && of.classic
}

// unwrap returns an expression without the parentheses around it.
func unwrap(e parser.Expr) parser.Expr {
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
