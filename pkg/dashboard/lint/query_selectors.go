package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/variable"
)

// matcher is a matcher as the query has it.
type matcher struct {
	label, op, value string
	at               [3][2]int // the start and end of its label, operator and value in the query, in bytes
}

var matcherPattern = regexp.MustCompile(`([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]*`)")

// matchersOf returns the matchers of a selector with their positions, which the parser does not provide.
func (qc queryCheck) matchersOf(v *parser.VectorSelector) []matcher {
	start, end := qc.Parsed.Span(v)
	var all []matcher
	for _, at := range matcherPattern.FindAllStringSubmatchIndex(qc.Text[start:end], -1) {
		m := matcher{label: qc.Text[start+at[2] : start+at[3]], op: qc.Text[start+at[4] : start+at[5]], value: qc.Text[start+at[6]+1 : start+at[7]-1]}
		for i := range m.at {
			m.at[i] = [2]int{start + at[2+2*i], start + at[3+2*i]}
		}
		all = append(all, m)
	}
	return all
}

// matchers finds operators that do not fit their values.
func (qc queryCheck) matchers(v *parser.VectorSelector) {
	if !slices.ContainsFunc(v.LabelMatchers, func(m *labels.Matcher) bool {
		regular := m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp
		return regular == (regexp.QuoteMeta(m.Value) == m.Value && !promql.HasVariable(m.Value))
	}) {
		return
	}
	for _, m := range qc.matchersOf(v) {
		operator := func(op string) splice { return splice{m.at[1][0], m.at[1][1], op} }
		switch m.op {
		case "=", "!=":
			if v, ok := qc.multiValued(m.value); ok {
				op := strings.Replace(m.op, "=", "=~", 1)
				if m.op == "!=" {
					op = "!~"
				}
				what := fmt.Sprintf("%s%s%q compares with $%s, which can have several values and then becomes (a|b); use %s.", m.label, m.op, clip(m.value), v.Name, op)
				if v.Multiple || slices.Contains(v.Default, dashboard.AllValue) {
					qc.reportError(what, operator(op))
				} else { // it has one value until All is selected
					qc.report(Warning, what, operator(op))
				}
			}
		case "=~", "!~":
			if m.value != "" && regexp.QuoteMeta(m.value) == m.value && !strings.Contains(m.value, "$") {
				op := map[string]string{"=~": "=", "!~": "!="}[m.op]
				qc.report(Info, fmt.Sprintf("%s%s%q does not need a regular expression; use %s.", m.label, m.op, clip(m.value), op), operator(op))
			}
		}
	}
}

// multiValued returns the variable in a value that can become an alternation such as (a|b), if there is one.
func (qc queryCheck) multiValued(value string) (dashboard.Variable, bool) {
	for named := range variable.References(value) {
		if v, ok := qc.names.lists[named.Name]; ok && named.Field == "" && slices.Contains([]string{"", "pipe", "prometheus", "regex"}, named.Format) {
			return v, true
		}
	}
	return dashboard.Variable{}, false
}

// passThrough are the functions whose results have the same unit and meaning as their first argument.
var passThrough = map[string]bool{
	"abs": true, "ceil": true, "floor": true, "round": true, "sort": true, "sort_desc": true, "label_replace": true, "label_join": true,
	"clamp": true, "clamp_min": true, "clamp_max": true,
}

// passThroughAggregations are the aggregations of which the same is true.
var passThroughAggregations = map[parser.ItemType]bool{parser.SUM: true, parser.AVG: true, parser.MIN: true, parser.MAX: true, parser.TOPK: true, parser.BOTTOMK: true, parser.QUANTILE: true}

// rawCounter finds counters that are shown without a rate.
func (qc queryCheck) rawCounter(v *parser.VectorSelector, outer enclosing) {
	bucket := strings.HasSuffix(v.Name, "_bucket")
	if outer.rated || !strings.HasSuffix(v.Name, "_total") && !bucket || promql.HasVariable(v.Name) || v.OriginalOffset != 0 {
		return
	}
	start, end := qc.Parsed.Span(v)
	if start == end || bucket && !outer.quantile {
		return
	}
	wrap := []splice{{start, start, "rate("}, {end, end, "[$__rate_interval])"}}
	if bucket {
		qc.reportMetric(v.Name, Warning, fmt.Sprintf("histogram_quantile over %s without rate covers the whole time since the process started. Use rate to see the present.", v.Name), wrap...)
		return
	}
	qc.reportMetric(v.Name, Info, fmt.Sprintf("%s is a counter, which only increases. Its rate shows what happens.", v.Name), wrap...)
}

// fixedRange returns the splice that replaces the duration of a range by $__rate_interval. ok is false if a variable sets it.
func (qc queryCheck) fixedRange(m *parser.MatrixSelector) (splice, bool) {
	start, end := qc.Parsed.Span(m)
	text := qc.Text[start:end]
	open := strings.LastIndexByte(text, '[')
	if open < 0 || !strings.HasSuffix(text, "]") || strings.Contains(text[open:], "$") {
		return splice{}, false
	}
	return splice{start + open + 1, end - 1, "$__rate_interval"}, true
}

// pointsOfRange is about the number of data points that the UI requests for the widest panel.
const pointsOfRange = 1000

// rateRange finds ranges that are too short for a rate.
func (qc queryCheck) rateRange(function string, m *parser.MatrixSelector) {
	at, fixed := qc.fixedRange(m)
	if !fixed || function == "increase" { // its values depend on the range
		return
	}
	length := dashboard.FormatDuration(m.Range)
	switch interval := qc.Datasource.ScrapeInterval; {
	case interval > 0 && m.Range < 2*interval:
		qc.reportError(fmt.Sprintf("%s needs two samples, but [%s] contains fewer: the datasource has one every %s. Use [$__rate_interval], which always fits.",
			function, length, dashboard.FormatDuration(interval)), at)
	case m.Range*pointsOfRange < qc.board.Duration && function != "irate":
		qc.report(Info, fmt.Sprintf("[%s] is shorter than the step of a time range of %s, so %s misses what happens between data points. Use [$__rate_interval], which always fits.",
			length, dashboard.FormatDuration(qc.board.Duration), function), at)
	}
}
