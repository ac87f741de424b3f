package promql

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// Prometheus' parser has no limits of its own, and takes time and memory out of proportion to the length of some queries: for
// each operator it looks for the type of both sides down to their ends, it compares each label of on with each of group_left,
// and it compiles regular expressions of any size. A query beyond these limits is not parsed; nobody writes one.
const (
	maxText    = 16 << 10  // bytes
	maxDepth   = 500       // operators and parentheses within one another
	maxPairs   = 10_000    // a label of on and one of group_left
	maxRepeats = 100_000   // bytes that the parser writes about a metric name that is given twice
	maxProgram = 10_000    // instructions of the regular expressions in which something is repeated
	maxClasses = 20        // classes of Unicode in regular expressions, such as \pL: each has hundreds of ranges
	maxCost    = 3_000_000 // units of work
)

// Cost returns how many units of work it takes to parse a query; 0 for one that Parse refuses because it is too long or too
// complex. It takes about as long as reading the query.
func Cost(query string) int {
	if len(query) > maxText {
		return 0
	}
	replaced, exact, _ := withoutVariables(query, standIn)
	cost, ok := costOf(replaced)
	switch {
	case !ok:
		return 0
	case exact:
		return cost
	}
	return len(standIns) * cost
}

// costs of the parser, in units.
const (
	perQuery = 400
	perByte  = 8
	perLevel = 2  // for each operator, of its depth
	perPair  = 80 // each of which may be an error
	perMatch = 30 // for each byte of a regular expression, and each of its instructions
	perGroup = 3  // for each byte, if there are many groups
)

// manyGroups is how many groups no regular expression of a person has.
const manyGroups = 20

// costOf returns how many units of work the parser takes for a text; ok is false for a text beyond the limits.
func costOf(text string) (cost int, ok bool) {
	m := meter{cost: perQuery + perByte*len(text), operators: []int{0}}
	lexer := parser.Lex(text)
	for {
		var item parser.Item
		lexer.NextItem(&item)
		if item.Typ == parser.EOF || item.Typ == parser.ERROR {
			return m.cost, true
		}
		m.add(item)
		if m.before = item.Typ; m.depth > maxDepth || m.pairs > maxPairs || m.repeats > maxRepeats || m.program > maxProgram || m.classes > maxClasses || m.cost > maxCost {
			return 0, false
		}
	}
}

// meter adds up what the tokens of a query cost.
type meter struct {
	cost      int
	before    parser.ItemType
	operators []int  // so many were read, since the last comma, in each parenthesis, bracket and brace that is open
	depth     int    // of the next operator, at most: the sum of operators and what is open
	name      string // of the metric whose matchers are read
	braces    bool
	list      parser.ItemType // the keyword whose list is read
	on, with  int             // the labels of the last on, and of the list behind it
	pairs     int
	repeats   int
	program   int
	classes   int
}

func (m *meter) add(item parser.Item) {
	last := len(m.operators) - 1
	switch t := item.Typ; {
	case t == parser.LEFT_PAREN, t == parser.LEFT_BRACE, t == parser.LEFT_BRACKET:
		m.operators = append(m.operators, 0)
		m.deeper()
		m.braces = t == parser.LEFT_BRACE
		switch m.before {
		case parser.ON, parser.IGNORING:
			m.list, m.on = m.before, 1
		case parser.GROUP_LEFT, parser.GROUP_RIGHT:
			m.list, m.with = m.before, 1
		}
	case t == parser.RIGHT_PAREN, t == parser.RIGHT_BRACE, t == parser.RIGHT_BRACKET:
		if m.list == parser.GROUP_LEFT || m.list == parser.GROUP_RIGHT {
			m.pairs += m.on * m.with
			m.cost += perPair * m.on * m.with
		}
		m.list, m.braces = 0, false
		if last > 0 {
			m.depth -= 1 + m.operators[last]
			m.operators = m.operators[:last]
		}
	case t == parser.COMMA:
		m.depth -= m.operators[last]
		m.operators[last] = 0
		switch {
		case m.braces:
			m.repeats += len(m.name)
		case m.list == parser.ON || m.list == parser.IGNORING:
			m.on++
		case m.list != 0:
			m.with++
		}
	case t.IsOperator():
		m.operators[last]++
		m.deeper()
	case t == parser.STRING && (m.before == parser.EQL_REGEX || m.before == parser.NEQ_REGEX):
		m.regexp(item.Val)
	case !m.braces && (t == parser.IDENTIFIER || t == parser.METRIC_IDENTIFIER):
		m.name = item.Val
	case t == parser.STRING && (m.before == parser.LEFT_BRACE || m.before == parser.COMMA) && len(item.Val) > len(m.name):
		m.name = item.Val
	}
}

func (m *meter) deeper() {
	m.depth++
	m.cost += perLevel * m.depth
}

// regexp adds a regular expression, in quotes.
func (m *meter) regexp(quoted string) {
	m.cost += perMatch * len(quoted)
	m.classes += strings.Count(quoted, `\p`) + strings.Count(quoted, `\P`)
	// The parser of Prometheus looks for up to 256 texts that it may match, and makes them longer with each group.
	if groups := strings.Count(quoted, "("); groups > manyGroups {
		m.cost += perGroup * groups * len(quoted)
	}
	if !strings.Contains(quoted, "{") || m.classes > maxClasses { // nothing is repeated
		return
	}
	text, err := strutil.Unquote(quoted)
	if err != nil {
		return
	}
	if tree, err := syntax.Parse(text, syntax.Perl|syntax.DotNL); err == nil {
		size := instructions(tree)
		m.program += size
		m.cost += perMatch * size
	}
}

// instructions returns about how many instructions a regular expression compiles to.
func instructions(tree *syntax.Regexp) int {
	size := 1 + len(tree.Rune)
	for _, part := range tree.Sub {
		size += instructions(part)
	}
	if tree.Op == syntax.OpRepeat {
		size *= max(1, tree.Min, tree.Max)
	}
	return size
}

// MatchCost returns how many units of work it takes to match a text of so many bytes with a matcher of a parsed query.
func MatchCost(m *labels.Matcher, length int) int {
	const perByte = 20 // bytes of a text that are compared in a unit
	if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual {
		return 1 + length/perByte
	}
	if literal.MatchString(m.Value) {
		return 5 + length/perByte
	}
	// Each byte meets, at most, each instruction. There are few of those that are met at the same time.
	size := len(m.Value)
	if strings.Contains(m.Value, "{") {
		if tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL); err == nil {
			size = instructions(tree)
		}
	}
	return 5 + length*(1+size/8)
}

// literal matches the regular expressions that are texts, or alternatives of such, for which no program is run.
var literal = regexp.MustCompile(`^[\w:|-]*$`)
