package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// labelsOf returns the labels that the series of an expression can have, if it says so itself: that of an aggregation does.
func labelsOf(e parser.Expr) (labels map[string]bool, known bool) {
	switch n := unwrapped(e).(type) {
	case *parser.AggregateExpr:
		switch n.Op {
		case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
			return labelsOf(n.Expr)
		case parser.COUNT_VALUES:
			return nil, false
		}
		if n.Without {
			return nil, false
		}
		labels = map[string]bool{}
		for _, label := range n.Grouping {
			labels[label] = true
		}
		return labels, true
	case *parser.UnaryExpr:
		return labelsOf(n.Expr)
	case *parser.Call:
		return labelsOfCall(n)
	case *parser.BinaryExpr:
		return labelsOfBinary(n)
	}
	return nil, false
}

func labelsOfCall(call *parser.Call) (map[string]bool, bool) {
	switch name := call.Func.Name; {
	case name == "histogram_quantile" && len(call.Args) == 2:
		labels, known := labelsOf(call.Args[1])
		delete(labels, "le")
		return labels, known
	case passing[name] && !strings.HasPrefix(name, "label_") && len(call.Args) > 0:
		return labelsOf(call.Args[0])
	}
	return nil, false
}

func labelsOfBinary(b *parser.BinaryExpr) (map[string]bool, bool) {
	switch {
	case b.LHS.Type() == parser.ValueTypeScalar:
		return labelsOf(b.RHS)
	case b.RHS.Type() == parser.ValueTypeScalar:
		return labelsOf(b.LHS)
	case b.VectorMatching == nil || b.VectorMatching.Card != parser.CardOneToOne && !b.Op.IsSetOperator():
		return nil, false
	}
	left, known := labelsOf(b.LHS)
	if b.Op == parser.LOR {
		right, also := labelsOf(b.RHS)
		if !known || !also {
			return nil, false
		}
		left = maps.Clone(left)
		maps.Copy(left, right)
		return left, true
	}
	return left, known
}

// binary finds two sides of an operator whose series can never have the same labels.
func (r reading) binary(b *parser.BinaryExpr) {
	m := b.VectorMatching
	if m == nil || b.Op.IsSetOperator() || m.On || len(m.MatchingLabels) > 0 || m.Card != parser.CardOneToOne || !r.Parsed.Exact {
		return
	}
	left, known := labelsOf(b.LHS)
	right, also := labelsOf(b.RHS)
	if !known || !also || maps.Equal(left, right) {
		return
	}
	what := fmt.Sprintf("The two sides of %s never match: the left has %s, the right %s.", b.Op, labelled(left), labelled(right))
	var smaller map[string]bool
	group := ""
	switch {
	case within(right, left):
		smaller, group = right, "group_left ()"
	case within(left, right):
		smaller, group = left, "group_right ()"
	default:
		r.sayBlank(what)
		return
	}
	_, from := r.Parsed.Span(b.LHS)
	until, _ := r.Parsed.Span(b.RHS)
	if from >= until || from == 0 {
		r.sayBlank(what)
		return
	}
	at := strings.Index(r.Text[from:until], b.Op.String())
	if at < 0 {
		r.sayBlank(what)
		return
	}
	after := from + at + len(b.Op.String())
	if b.ReturnBool {
		if i := strings.Index(strings.ToLower(r.Text[after:until]), "bool"); i >= 0 {
			after += i + len("bool")
		}
	}
	on := fmt.Sprintf(" on (%s) %s", strings.Join(sortedKeys(smaller), ", "), group)
	r.sayBlank(what+" Write"+on+" behind it.", splice{after, after, on})
}

func within(smaller, larger map[string]bool) bool {
	for label := range smaller {
		if !larger[label] {
			return false
		}
	}
	return true
}

func labelled(labels map[string]bool) string {
	if len(labels) == 0 {
		return "no labels"
	}
	return "(" + some(sortedKeys(labels)) + ")"
}
