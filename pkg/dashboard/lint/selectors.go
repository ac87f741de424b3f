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

// matcher is a matcher as a query has it.
type matcher struct {
	label, op, value string
	at               [3][2]int // where its label, its operator and its value stand in the query, in bytes
}

var matcherPattern = regexp.MustCompile(`([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]*`)")

// matchersOf returns the matchers of a selector. The parser does not say where they stand.
func (r reading) matchersOf(v *parser.VectorSelector) []matcher {
	start, end := r.Parsed.Span(v)
	var all []matcher
	for _, at := range matcherPattern.FindAllStringSubmatchIndex(r.Text[start:end], -1) {
		m := matcher{label: r.Text[start+at[2] : start+at[3]], op: r.Text[start+at[4] : start+at[5]], value: r.Text[start+at[6]+1 : start+at[7]-1]}
		for i := range m.at {
			m.at[i] = [2]int{start + at[2+2*i], start + at[3+2*i]}
		}
		all = append(all, m)
	}
	return all
}

// matchers finds operators that do not fit their values.
func (r reading) matchers(v *parser.VectorSelector) {
	if !slices.ContainsFunc(v.LabelMatchers, func(m *labels.Matcher) bool {
		regular := m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp
		return regular == (regexp.QuoteMeta(m.Value) == m.Value && !promql.Variable(m.Value))
	}) {
		return
	}
	for _, m := range r.matchersOf(v) {
		operator := func(op string) splice { return splice{m.at[1][0], m.at[1][1], op} }
		switch m.op {
		case "=", "!=":
			if v, ok := r.several(m.value); ok {
				op := strings.Replace(m.op, "=", "=~", 1)
				if m.op == "!=" {
					op = "!~"
				}
				what := fmt.Sprintf("%s%s%q compares with $%s, which can have several values and then stands for (a|b): write %s.", m.label, m.op, clip(m.value), v.Name, op)
				if v.Multiple || slices.Contains(v.Default, dashboard.AllValue) {
					r.sayBlank(what, operator(op))
				} else { // it stands for one value until somebody chooses all
					r.say(Warning, what, operator(op))
				}
			}
		case "=~", "!~":
			if m.value != "" && regexp.QuoteMeta(m.value) == m.value && !strings.Contains(m.value, "$") {
				op := map[string]string{"=~": "=", "!~": "!="}[m.op]
				r.say(Info, fmt.Sprintf("%s%s%q is a regular expression without need: %s does.", m.label, m.op, clip(m.value), op), operator(op))
			}
		}
	}
}

// several returns the variable in a value that becomes an alternative of a regular expression there, if there is one.
func (r reading) several(value string) (dashboard.Variable, bool) {
	for named := range variable.References(value) {
		if v, ok := r.names.lists[named.Name]; ok && named.Field == "" && slices.Contains([]string{"", "pipe", "prometheus", "regex"}, named.Format) {
			return v, true
		}
	}
	return dashboard.Variable{}, false
}

// passing are the functions whose values are of the same sort as those that they are given.
var passing = map[string]bool{
	"abs": true, "ceil": true, "floor": true, "round": true, "sort": true, "sort_desc": true, "label_replace": true, "label_join": true,
	"clamp": true, "clamp_min": true, "clamp_max": true,
}

// summing are the aggregations of which the same holds.
var summing = map[parser.ItemType]bool{parser.SUM: true, parser.AVG: true, parser.MIN: true, parser.MAX: true, parser.TOPK: true, parser.BOTTOMK: true, parser.QUANTILE: true}

// bare finds counters that are shown as they are, which only ever go up.
func (r reading) bare(v *parser.VectorSelector, around above) {
	bucket := strings.HasSuffix(v.Name, "_bucket")
	if around.rated || !strings.HasSuffix(v.Name, "_total") && !bucket || promql.Variable(v.Name) || v.OriginalOffset != 0 {
		return
	}
	start, end := r.Parsed.Span(v)
	if start == end || bucket && !around.quantile {
		return
	}
	wrap := []splice{{start, start, "rate("}, {end, end, "[$__rate_interval])"}}
	if bucket {
		r.sayOf(v.Name, Warning, fmt.Sprintf("histogram_quantile over %s without a rate is about all time since the start of the process, not about now.", v.Name), wrap...)
		return
	}
	r.sayOf(v.Name, Info, fmt.Sprintf("%s is a counter, which only ever goes up: its rate shows what happens.", v.Name), wrap...)
}

// fixedRange returns where the length of a range stands, if no variable does.
func (r reading) fixedRange(m *parser.MatrixSelector) (splice, bool) {
	start, end := r.Parsed.Span(m)
	text := r.Text[start:end]
	open := strings.LastIndexByte(text, '[')
	if open < 0 || !strings.HasSuffix(text, "]") || strings.Contains(text[open:], "$") {
		return splice{}, false
	}
	return splice{start + open + 1, end - 1, "$__rate_interval"}, true
}

// pointsOfRange is about how many points the UI asks for in the widest panel.
const pointsOfRange = 1000

// rangeOf finds ranges of rates that are too short.
func (r reading) rangeOf(function string, m *parser.MatrixSelector) {
	at, fixed := r.fixedRange(m)
	if !fixed || function == "increase" { // whose values have the range in them
		return
	}
	length := dashboard.FormatDuration(m.Range)
	switch interval := r.Datasource.ScrapeInterval; {
	case interval > 0 && m.Range < 2*interval:
		r.sayBlank(fmt.Sprintf("%s over [%s] finds fewer than the two samples that it needs: the datasource has one every %s. [$__rate_interval] always fits.",
			function, length, dashboard.FormatDuration(interval)), at)
	case m.Range*pointsOfRange < r.board.Duration && function != "irate":
		r.say(Info, fmt.Sprintf("[%s] is shorter than the distance of the points in a range of %s, so %s leaves out what lies between; [$__rate_interval] always fits.",
			length, dashboard.FormatDuration(r.board.Duration), function), at)
	}
}
