package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// labelSet are the labels that the series of an expression can have, if it says so itself: that of an aggregation does.
type labelSet struct {
	names map[string]bool
	known bool
}

// maxLabels is how many labels a set has at most that is known. Series have some dozens.
const maxLabels = 200

func (all shapes) labelsOfAggregate(n *parser.AggregateExpr) labelSet {
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

func (all shapes) labelsOfCall(call *parser.Call) labelSet {
	switch name := call.Func.Name; {
	case name == "histogram_quantile" && len(call.Args) == 2:
		of := all[call.Args[1]].labels
		if of.names["le"] {
			of.names = maps.Clone(of.names)
			delete(of.names, "le")
		}
		return of
	case passing[name] && !strings.HasPrefix(name, "label_") && len(call.Args) > 0:
		return all[call.Args[0]].labels
	}
	return labelSet{}
}

func labelsOfBinary(b *parser.BinaryExpr, left, right shape) labelSet {
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
	case within(right.labels.names, left.labels.names):
		return left.labels
	}
	names := maps.Clone(left.labels.names)
	maps.Copy(names, right.labels.names)
	return labelSet{names, len(names) <= maxLabels}
}

// binary finds two sides of an operator whose series can never have the same labels.
func (r reading) binary(b *parser.BinaryExpr) {
	m := b.VectorMatching
	if m == nil || b.Op.IsSetOperator() || m.On || len(m.MatchingLabels) > 0 || m.Card != parser.CardOneToOne || !r.Parsed.Exact {
		return
	}
	of, other := r.shapes[b.LHS].labels, r.shapes[b.RHS].labels
	left, right := of.names, other.names
	if !of.known || !other.known || !r.spend(len(left)+len(right)) || maps.Equal(left, right) {
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
