// Package promql parses the PromQL of dashboards, with variables, which Prometheus' own parser does not accept.
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

// Query is a parsed query of a dashboard. The zero Query selects nothing.
type Query struct {
	parser.Expr
	// Exact reports that no variable stands for a name, so that the query names all its metrics and labels itself.
	Exact        bool
	text         string        // with variables
	replacements []replacement // of the variables, in the text that was parsed
}

// Span returns the start and end of a part of the query in its text with variables, in bytes. Both are 0 if the parser does not
// provide the position.
func (q Query) Span(node parser.Node) (start, end int) {
	at := node.PositionRange()
	start, end = originalOffset(int(at.Start), q.replacements), originalOffset(int(at.End), q.replacements)
	if _, call := node.(*parser.Call); call && start >= 0 && end <= start { // the parser gets the end wrong after by (…)
		end = closingParen(q.text, start)
	}
	if start < 0 || end < start || end > len(q.text) {
		return 0, 0
	}
	return start, end
}

// Text returns a part of the query, with variables.
func (q Query) Text(node parser.Node) string {
	start, end := q.Span(node)
	return q.text[start:end]
}

// Selector is a vector selector of a query.
type Selector struct {
	Metric   string            // "" if there is no name, or a variable in its place
	Matchers []*labels.Matcher // without the metric name; HasVariable reports which values have variables
	Text     string            // in Prometheus' format, with placeholders for variables
}

// Error is a syntax error.
type Error struct {
	Reason string
	Offset int // in the text with variables, in bytes from 0
	// Unsure is set if the query may parse with the right values, because a variable stands for an operator, for example.
	Unsure bool
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason) }

const (
	maxReason = 120 // bytes of a reason, which may quote a name of any length
	maxQuoted = 30  // bytes of the query
)

// Describe returns the reason and the position in the query, in words: unexpected "(" in grouping opts, expected "," or ")",
// after "sum by (job ".
func (e *Error) Describe(query string) string {
	reason := e.Reason
	if len(reason) > maxReason {
		reason = head(reason, maxReason) + "…"
	}
	switch text := query[:min(e.Offset, len(query))]; {
	case strings.TrimSpace(text) == "":
		return reason + ", at the beginning"
	case strings.TrimSpace(query[len(text):]) == "":
		return reason + ", at the end"
	case len(text) > maxQuoted:
		return fmt.Sprintf("%s, after %q", reason, "…"+tail(text, maxQuoted))
	default:
		return fmt.Sprintf("%s, after %q", reason, text)
	}
}

// head and tail cut a text with a URL between words only, because a password in a part of a URL would not be recognized and
// masked.
const (
	urlMarker    = "://"
	betweenWords = " \t\n\""
)

// head returns at most the first limit bytes of a text.
func head(text string, limit int) string {
	kept := strings.ToValidUTF8(text[:limit], "")
	if strings.Contains(text, urlMarker) {
		kept = kept[:strings.LastIndexAny(kept, betweenWords)+1]
	}
	return kept
}

// tail returns at most the last limit bytes of a text.
func tail(text string, limit int) string {
	kept := strings.ToValidUTF8(text[len(text)-limit:], "")
	if !strings.Contains(text, urlMarker) {
		return kept
	}
	if at := strings.IndexAny(kept, betweenWords); at >= 0 {
		return kept[at+1:]
	}
	return ""
}

// ErrTooComplex is the error for a query that is too long or too complex to be parsed here.
var ErrTooComplex = errors.New("the query is too long or too complex to be parsed here")

// placeholder replaces variables in strings and names. No metric has this name.
const placeholder = "variable__"

// placeholders are tried in turn for variables outside strings and durations, until the query parses: a name, a number as in
// topk($n, up), and an operator as in $by(up).
var placeholders = []string{placeholder, "1", "sum"}

// Parse parses a query that may contain variables of a dashboard. The error is an *Error or ErrTooComplex.
func Parse(query string) (Query, error) {
	if len(query) > maxText {
		return Query{}, ErrTooComplex
	}
	var first error
	for _, bare := range placeholders {
		replaced, exact, replacements := withoutVariables(query, bare)
		if _, ok := costOf(replaced); !ok {
			return Query{}, ErrTooComplex
		}
		expr, err := parser.ParseExpr(replaced)
		if err == nil {
			return Query{expr, exact || bare != placeholder, query, replacements}, nil
		}
		if first == nil {
			first = errorOf(err, replacements, !exact)
		}
		if exact {
			break
		}
	}
	return Query{}, first
}

// replacement is a replaced variable: its end in the parsed text, and by how much the parsed text is longer than the query up to
// there.
type replacement struct{ end, longer int }

// withoutVariables replaces the variables of a query; bare replaces those outside strings and durations. exact is set if there are
// none of these.
func withoutVariables(query, bare string) (replaced string, exact bool, replacements []replacement) {
	var b strings.Builder
	var s scanner
	exact, done := true, 0
	for r := range variable.References(query) {
		b.WriteString(query[done:r.Start])
		s.scan(query[done:r.Start])
		done = r.End
		text := bare
		switch {
		case s.quote != 0:
			text = placeholder
		case s.bracket || afterOffset(b.String()):
			if text = "1"; !beginsWithUnit(query[done:]) {
				text = "1m"
			}
		default:
			exact = false
		}
		b.WriteString(text)
		s.escaped = false
		replacements = append(replacements, replacement{b.Len(), b.Len() - done})
	}
	b.WriteString(query[done:])
	return b.String(), exact, replacements
}

// scanner keeps track of what is open at the end of a text that is scanned in pieces.
type scanner struct {
	quote   byte // of the open string, 0 if none is open
	escaped bool // the next byte of the string is escaped
	bracket bool // a bracket is open, even in a string
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

// closingParen returns the end of the first parenthesis that opens after an offset, or the offset if it does not close.
func closingParen(text string, offset int) int {
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

// afterOffset reports whether a text ends with the keyword offset and perhaps a minus, so that a duration follows.
func afterOffset(text string) bool {
	const space, word = " \t\n\f\r", "offset"
	text = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(text, space), "-"), space)
	before := len(text) - len(word)
	return before >= 0 && strings.EqualFold(text[before:], word) && (before == 0 || !variable.IsWord(text[before-1:before]))
}

func beginsWithUnit(text string) bool {
	return text != "" && strings.ContainsRune("smhdwy", rune(text[0]))
}

// errorOf returns a parser error with the offset in the text with variables.
func errorOf(err error, replacements []replacement, unsure bool) error {
	var all parser.ParseErrors
	if !errors.As(err, &all) || len(all) == 0 {
		return &Error{Reason: err.Error(), Unsure: unsure}
	}
	offset := originalOffset(max(0, int(all[0].PositionRange.Start)), replacements)
	return &Error{Reason: strings.ReplaceAll(all[0].Err.Error(), placeholder, "a variable"), Offset: max(0, offset), Unsure: unsure}
}

// originalOffset converts an offset in the parsed text to the text with variables.
func originalOffset(offset int, replacements []replacement) int {
	behind, _ := slices.BinarySearchFunc(replacements, offset+1, func(p replacement, offset int) int { return cmp.Compare(p.end, offset) })
	if behind == 0 {
		return offset
	}
	return offset - replacements[behind-1].longer
}

// HasVariable reports whether a text of a parsed query, such as the value of a matcher, contains a variable.
func HasVariable(text string) bool { return strings.Contains(text, placeholder) }

// Selectors returns the selectors of the query, without duplicates.
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
				if !HasVariable(m.Value) {
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

// Metrics returns the metrics that the query selects by name, sorted. For names selected by regular expressions, see Selectors.
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

// Selects reports whether the query selects a metric by name or by a regular expression.
func (q Query) Selects(metric string) bool {
	return slices.ContainsFunc(q.Selectors(), func(s Selector) bool {
		if s.Metric != "" {
			return s.Metric == metric
		}
		return slices.ContainsFunc(s.Matchers, func(m *labels.Matcher) bool {
			return m.Name == labels.MetricName && m.Type == labels.MatchRegexp && !HasVariable(m.Value) && m.Matches(metric)
		})
	})
}
