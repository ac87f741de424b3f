package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// labelSet holds the labels of the series of an expression. They are known if the expression itself determines them, as an
// aggregation does.
type labelSet struct {
	names map[string]bool
	known bool
}

// maxLabels is the maximum size of a label set that is known. Series have a few dozen labels.
const maxLabels = 200

func (all results) labelsOfAggregate(n *parser.AggregateExpr) labelSet {
	switch {
	case n.Op == parser.TOPK, n.Op == parser.BOTTOMK, n.Op == parser.LIMITK, n.Op == parser.LIMIT_RATIO:
		return all[n.Expr].labels
	case n.Op == parser.COUNT_VALUES, n.Without, len(n.Grouping) > maxLabels:
		return labelSet{}
	}
	names := map[string]bool{}
	for _, label := range n.Grouping {
		names[label] = true
	}
	return labelSet{names, true}
}

func (all results) labelsOfCall(call *parser.Call) labelSet {
	switch name := call.Func.Name; {
	case name == "histogram_quantile" && len(call.Args) == 2:
		of := all[call.Args[1]].labels
		if of.names["le"] {
			of.names = maps.Clone(of.names)
			delete(of.names, "le")
		}
		return of
	case passThrough[name] && !strings.HasPrefix(name, "label_") && len(call.Args) > 0:
		return all[call.Args[0]].labels
	}
	return labelSet{}
}

func labelsOfBinary(b *parser.BinaryExpr, left, right result) labelSet {
	switch {
	case left.scalar:
		return right.labels
	case right.scalar:
		return left.labels
	case b.VectorMatching == nil || b.VectorMatching.Card != parser.CardOneToOne && !b.Op.IsSetOperator():
		return labelSet{}
	case b.Op != parser.LOR:
		return left.labels
	case !left.labels.known || !right.labels.known:
		return labelSet{}
	case isSubset(right.labels.names, left.labels.names):
		return left.labels
	}
	names := maps.Clone(left.labels.names)
	maps.Copy(names, right.labels.names)
	return labelSet{names, len(names) <= maxLabels}
}

// binary finds operators whose two sides can never have series with the same labels.
func (qc queryCheck) binary(b *parser.BinaryExpr) {
	m := b.VectorMatching
	if m == nil || b.Op.IsSetOperator() || m.On || len(m.MatchingLabels) > 0 || m.Card != parser.CardOneToOne || !qc.Parsed.Exact {
		return
	}
	of, other := qc.results[b.LHS].labels, qc.results[b.RHS].labels
	left, right := of.names, other.names
	if !of.known || !other.known || !qc.spend(len(left)+len(right)) || maps.Equal(left, right) {
		return
	}
	what := fmt.Sprintf("The two sides of %s never match: the left side has %s, the right side has %s.", b.Op, describeLabels(left), describeLabels(right))
	var smaller map[string]bool
	group := ""
	switch {
	case isSubset(right, left):
		smaller, group = right, "group_left ()"
	case isSubset(left, right):
		smaller, group = left, "group_right ()"
	default:
		qc.reportError(what)
		return
	}
	_, from := qc.Parsed.Span(b.LHS)
	until, _ := qc.Parsed.Span(b.RHS)
	if from >= until || from == 0 {
		qc.reportError(what)
		return
	}
	at := strings.Index(qc.Text[from:until], b.Op.String())
	if at < 0 {
		qc.reportError(what)
		return
	}
	after := from + at + len(b.Op.String())
	if b.ReturnBool {
		if i := strings.Index(strings.ToLower(qc.Text[after:until]), "bool"); i >= 0 {
			after += i + len("bool")
		}
	}
	on := fmt.Sprintf(" on (%s) %s", strings.Join(sortedKeys(smaller), ", "), group)
	qc.reportError(what+" Add"+on+" after the operator.", splice{after, after, on})
}

func isSubset(smaller, larger map[string]bool) bool {
	for label := range smaller {
		if !larger[label] {
			return false
		}
	}
	return true
}

func describeLabels(labels map[string]bool) string {
	if len(labels) == 0 {
		return "no labels"
	}
	return "the labels (" + some(sortedKeys(labels)) + ")"
}
