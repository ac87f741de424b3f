// Package promql reads the PromQL of dashboards: with variables in it, which Prometheus' own parser does not know.
package promql

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/variable"
)

// Query is a query of a dashboard, parsed. Its zero value selects nothing.
type Query struct {
	parser.Expr
	// Exact says that no variable stands in the place of a name, so that what the query names is all that it names.
	Exact bool
	text  string  // as the dashboard has it
	moved []place // where what is parsed differs from that
}

// Span returns where a part of the query stands in its text as the dashboard has it, in bytes. It is empty for a part
// whose place the parser does not tell.
func (q Query) Span(node parser.Node) (start, end int) {
	at := node.PositionRange()
	start, end = original(int(at.Start), q.moved), original(int(at.End), q.moved)
	if _, call := node.(*parser.Call); call && start >= 0 && end <= start { // the parser's mistake behind by (…)
		end = closing(q.text, start)
	}
	if start < 0 || end < start || end > len(q.text) {
		return 0, 0
	}
	return start, end
}

// Text returns a part of the query as the dashboard has it, with variables in it.
func (q Query) Text(node parser.Node) string {
	start, end := q.Span(node)
	return q.text[start:end]
}

// Selector is what a query selects series with.
type Selector struct {
	Metric   string            // "" if it names none, or names it by a variable
	Matchers []*labels.Matcher // but for that of the metric's name; those whose value has a variable in it have Variable set
	Text     string            // as Prometheus writes it, variables replaced by stand-ins
}

// Error is why a query does not parse.
type Error struct {
	Reason string
	Offset int // in bytes, from 0, of the text as the dashboard has it
	// Unsure says that a variable stands where what it stands for decides whether the query parses, such as an operator.
	Unsure bool
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason) }

const (
	maxReason = 120 // bytes of a reason that In repeats, which may quote a name of any length
	maxBehind = 30  // bytes of the query that In quotes
)

// In puts the error into words that show the place in the query, since nobody counts bytes: unexpected "(" in grouping opts,
// expected "," or ")", behind "sum by (job ".
func (e *Error) In(query string) string {
	reason := e.Reason
	if len(reason) > maxReason {
		reason = begin(reason, maxReason) + "…"
	}
	switch text := query[:min(e.Offset, len(query))]; {
	case strings.TrimSpace(text) == "":
		return reason + ", at the beginning"
	case strings.TrimSpace(query[len(text):]) == "":
		return reason + ", at the end"
	case len(text) > maxBehind:
		return fmt.Sprintf("%s, behind %q", reason, "…"+end(text, maxBehind))
	default:
		return fmt.Sprintf("%s, behind %q", reason, text)
	}
}

// Of a text with a URL in it, begin and end return whole words alone: in a part of a URL nobody would know a password for one,
// to mask it.
const (
	ofURLs       = "://"
	betweenWords = " \t\n\""
)

// begin returns the first bytes of a text, so many at the most.
func begin(text string, most int) string {
	kept := strings.ToValidUTF8(text[:most], "")
	if strings.Contains(text, ofURLs) {
		kept = kept[:strings.LastIndexAny(kept, betweenWords)+1]
	}
	return kept
}

// end returns the last bytes of a text, so many at the most.
func end(text string, most int) string {
	kept := strings.ToValidUTF8(text[len(text)-most:], "")
	if !strings.Contains(text, ofURLs) {
		return kept
	}
	if at := strings.IndexAny(kept, betweenWords); at >= 0 {
		return kept[at+1:]
	}
	return ""
}

// ErrLong says that a query is too long or too complex to be parsed here.
var ErrLong = errors.New("the query is too long or too complex to be parsed here")

// standIn stands for a variable in strings and in the place of names: a name that no metric has.
const standIn = "variable__"

// standIns are what else may stand for the variables that are in no string and no duration, until one makes the query
// parse: a number, as in topk($n, up), and an operator, as in $by(up).
var standIns = []string{standIn, "1", "sum"}

// Parse parses a query in which variables of a dashboard may stand. An error is an *Error or ErrLong.
func Parse(query string) (Query, error) {
	if len(query) > maxText {
		return Query{}, ErrLong
	}
	var first error
	for _, bare := range standIns {
		replaced, exact, places := withoutVariables(query, bare)
		if _, ok := costOf(replaced); !ok {
			return Query{}, ErrLong
		}
		expr, err := parser.ParseExpr(replaced)
		if err == nil {
			return Query{expr, exact || bare != standIn, query, places}, nil
		}
		if first == nil {
			first = errorOf(err, places, !exact)
		}
		if exact {
			break
		}
	}
	return Query{}, first
}

// place is where a variable was replaced: the offset behind it in the text that is parsed, and by how much that text is
// longer up to there than the query.
type place struct{ behind, longer int }

// withoutVariables replaces the variables of a query, those in no string and no duration by bare; exact if there are none.
func withoutVariables(query, bare string) (replaced string, exact bool, places []place) {
	var b strings.Builder
	var s scanner
	exact, done := true, 0
	for r := range variable.References(query) {
		b.WriteString(query[done:r.Start])
		s.scan(query[done:r.Start])
		done = r.End
		instead := bare
		switch {
		case s.quote != 0:
			instead = standIn
		case s.bracket || behindOffset(b.String()):
			if instead = "1"; !beginsWithUnit(query[done:]) {
				instead = "1m"
			}
		default:
			exact = false
		}
		b.WriteString(instead)
		s.escaped = false
		places = append(places, place{b.Len(), b.Len() - done})
	}
	b.WriteString(query[done:])
	return b.String(), exact, places
}

// scanner reads a text in pieces, and knows what is open at its end.
type scanner struct {
	quote   byte // of the string
	escaped bool // the next byte of the string
	bracket bool // of a range, even one in a string
}

func (s *scanner) scan(text string) {
	for i := range len(text) {
		s.step(text[i])
	}
}

func (s *scanner) step(c byte) {
	switch {
	case s.escaped:
		s.escaped = false
	case s.quote == 0 && (c == '"' || c == '\'' || c == '`'):
		s.quote = c
	case c == s.quote:
		s.quote = 0
	case c == '\\' && s.quote != 0 && s.quote != '`':
		s.escaped = true
	}
	switch c {
	case '[':
		s.bracket = true
	case ']':
		s.bracket = false
	}
}

// closing returns where the parenthesis closes that is the first to open behind an offset; the offset if none does.
func closing(text string, offset int) int {
	open := 0
	var s scanner
	for i := offset; i < len(text); i++ {
		if c := text[i]; s.quote == 0 && c == '(' {
			open++
		} else if s.quote == 0 && c == ')' {
			if open--; open <= 0 {
				return i + 1
			}
		}
		s.step(text[i])
	}
	return offset
}

// behindOffset tells whether a text ends where a duration stands outside of brackets: behind offset, and perhaps a minus.
func behindOffset(text string) bool {
	const space, word = " \t\n\f\r", "offset"
	text = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(text, space), "-"), space)
	before := len(text) - len(word)
	return before >= 0 && strings.EqualFold(text[before:], word) && (before == 0 || !variable.IsWord(text[before-1:before]))
}

func beginsWithUnit(text string) bool {
	return text != "" && strings.ContainsRune("smhdwy", rune(text[0]))
}

// errorOf returns an error of the parser with the place in the query as the dashboard has it.
func errorOf(err error, places []place, unsure bool) error {
	var all parser.ParseErrors
	if !errors.As(err, &all) || len(all) == 0 {
		return &Error{Reason: err.Error(), Unsure: unsure}
	}
	offset := original(max(0, int(all[0].PositionRange.Start)), places)
	return &Error{Reason: strings.ReplaceAll(all[0].Err.Error(), standIn, "a variable"), Offset: max(0, offset), Unsure: unsure}
}

// original returns where an offset of the text that is parsed lies in the text as the dashboard has it.
func original(offset int, places []place) int {
	behind, _ := slices.BinarySearchFunc(places, offset+1, func(p place, offset int) int { return cmp.Compare(p.behind, offset) })
	if behind == 0 {
		return offset
	}
	return offset - places[behind-1].longer
}

// Variable tells whether a value of a matcher, or another text of a parsed query, has a variable in it.
func Variable(text string) bool { return strings.Contains(text, standIn) }

// Selectors returns the selectors of the query, each once.
func (q Query) Selectors() []Selector {
	var all []Selector
	if q.Expr == nil {
		return nil
	}
	seen := map[string]bool{}
	parser.Inspect(q.Expr, func(node parser.Node, _ []parser.Node) error {
		v, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		s := Selector{Text: v.String()}
		if seen[s.Text] {
			return nil
		}
		seen[s.Text] = true
		for _, m := range v.LabelMatchers {
			if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
				if !Variable(m.Value) {
					s.Metric = m.Value
				}
				continue
			}
			s.Matchers = append(s.Matchers, m)
		}
		all = append(all, s)
		return nil
	})
	return all
}

// Metrics returns the names of the metrics that the query selects, sorted. Of a name that a regular expression selects,
// Selectors has the matcher.
func (q Query) Metrics() []string {
	var names []string
	for _, s := range q.Selectors() {
		if s.Metric != "" {
			names = append(names, s.Metric)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Selects tells whether the query selects series of a metric: by its name, or by a regular expression that its name meets.
func (q Query) Selects(metric string) bool {
	return slices.ContainsFunc(q.Selectors(), func(s Selector) bool {
		if s.Metric != "" {
			return s.Metric == metric
		}
		return slices.ContainsFunc(s.Matchers, func(m *labels.Matcher) bool {
			return m.Name == labels.MetricName && m.Type == labels.MatchRegexp && !Variable(m.Value) && m.Matches(metric)
		})
	})
}
