package promql

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// Prometheus' parser has no limits. For some queries it takes far more time and memory than their length suggests: for each
// operator it descends into both sides to find their types, it compares each label of on with each of group_left, and it
// compiles regular expressions of any size. These limits exceed what anybody writes.
const (
	maxText    = 16 << 10  // bytes
	maxDepth   = 500       // nested operators and parentheses
	maxPairs   = 10_000    // of a label of on and a label of group_left
	maxRepeats = 100_000   // bytes of the parser's errors about repeated metric names
	maxProgram = 10_000    // instructions of regular expressions with repetitions
	maxClasses = 20        // Unicode classes in regular expressions, such as \pL, which have hundreds of ranges
	maxCost    = 3_000_000 // units of work
)

// Cost returns the number of units of work that parsing a query takes, or 0 if Parse returns ErrTooComplex. It takes about as
// long as reading the query.
func Cost(query string) int {
	if len(query) > maxText {
		return 0
	}
	replaced, exact, _ := withoutVariables(query, placeholder)
	cost, ok := costOf(replaced)
	switch {
	case !ok:
		return 0
	case exact:
		return cost
	}
	return len(placeholders) * cost
}

// The costs of the parser, in units.
const (
	perQuery = 400
	perByte  = 8
	perLevel = 2  // for each operator and level of depth
	perPair  = 80 // for each pair, since it may be an error
	perMatch = 30 // for each byte and instruction of a regular expression
	perGroup = 3  // for each byte and group, if there are more than manyGroups
)

// manyGroups is more groups than anybody writes in a regular expression.
const manyGroups = 20

// costOf returns the number of units of work that parsing a text takes. ok is false if the text exceeds a limit.
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
		if m.previous = item.Typ; m.depth > maxDepth || m.pairs > maxPairs || m.repeats > maxRepeats || m.program > maxProgram || m.classes > maxClasses || m.cost > maxCost {
			return 0, false
		}
	}
}

// meter adds up the costs of the tokens of a query.
type meter struct {
	cost      int
	previous  parser.ItemType
	operators []int  // the operators since the last comma, for each open parenthesis, bracket and brace
	depth     int    // the maximum depth of the next operator: all open operators and parentheses
	name      string // of the metric whose matchers are parsed
	braces    bool
	list      parser.ItemType // the keyword before the open list of labels
	on, with  int             // the number of labels of the last on and of the list after it
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
		switch m.previous {
		case parser.ON, parser.IGNORING:
			m.list, m.on = m.previous, 1
		case parser.GROUP_LEFT, parser.GROUP_RIGHT:
			m.list, m.with = m.previous, 1
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
	case t == parser.STRING && (m.previous == parser.EQL_REGEX || m.previous == parser.NEQ_REGEX):
		m.regexp(item.Val)
	case !m.braces && (t == parser.IDENTIFIER || t == parser.METRIC_IDENTIFIER):
		m.name = item.Val
	case t == parser.STRING && (m.previous == parser.LEFT_BRACE || m.previous == parser.COMMA) && len(item.Val) > len(m.name):
		m.name = item.Val
	}
}

func (m *meter) deeper() {
	m.depth++
	m.cost += perLevel * m.depth
}

// regexp adds a quoted regular expression.
func (m *meter) regexp(quoted string) {
	m.cost += perMatch * len(quoted)
	m.classes += strings.Count(quoted, `\p`) + strings.Count(quoted, `\P`)
	// Prometheus' parser looks for up to 256 texts that the expression may match, and makes them longer with each group.
	if groups := strings.Count(quoted, "("); groups > manyGroups {
		m.cost += perGroup * groups * len(quoted)
	}
	if !strings.Contains(quoted, "{") || m.classes > maxClasses { // there are no repetitions
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

// instructions estimates the number of instructions that a regular expression compiles to.
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

// MatchCost returns the number of units of work that a matcher of a parsed query takes for a text of length bytes.
func MatchCost(m *labels.Matcher, length int) int {
	const perByte = 20 // bytes compared in a unit
	if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual {
		return 1 + length/perByte
	}
	if literal.MatchString(m.Value) {
		return 5 + length/perByte
	}
	// Each byte may meet each instruction, but few instructions are active at the same time.
	size := len(m.Value)
	if strings.Contains(m.Value, "{") {
		if tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL); err == nil {
			size = instructions(tree)
		}
	}
	return 5 + length*(1+size/8)
}

// literal matches regular expressions that are texts or alternatives of texts, which run no program.
var literal = regexp.MustCompile(`^[\w:|-]*$`)
