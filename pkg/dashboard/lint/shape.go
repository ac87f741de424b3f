package lint

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/work"
)

// shape is what an expression tells of its result.
type shape struct {
	scalar bool
	unit   string // by the names of its metrics; "" if they do not tell
	of     selected
	labels labelSet
}

// selected is what the selectors in an expression have in common.
type selected struct {
	any     bool   // there are selectors
	metric  string // the only one; several if there are more
	counted string // the unit of what the metrics count, if they are histograms
	classic bool   // all are buckets of classic histograms
}

// several stands for the metric of an expression that is about more than one.
const several = "-"

// with returns what selectors have in common with others.
func (s selected) with(other selected) selected {
	if !s.any || !other.any {
		if other.any {
			return other
		}
		return s
	}
	switch {
	case s.metric == "":
		s.metric = other.metric
	case other.metric != "" && other.metric != s.metric:
		s.metric = several
	}
	if s.counted != other.counted {
		s.counted = ""
	}
	s.classic = s.classic && other.classic
	return s
}

// shapes are those of the parts of a query.
type shapes map[parser.Node]shape

// shapesOf returns the shapes of all parts of an expression, each of which it looks at once; nil if the budget ends.
func shapesOf(budget *work.Budget, e parser.Expr) shapes {
	all := shapes{}
	if !all.add(budget, e) {
		return nil
	}
	return all
}

func (all shapes) add(budget *work.Budget, node parser.Node) bool {
	const perNode = 40
	if !budget.Spend(perNode) {
		return false
	}
	var s shape
	for _, child := range parser.Children(node) {
		if !all.add(budget, child) {
			return false
		}
		s.of = s.of.with(all[child].of)
	}
	switch n := node.(type) {
	case *parser.ParenExpr:
		s = all[n.Expr]
	case *parser.StepInvariantExpr:
		s = all[n.Expr]
	case *parser.UnaryExpr:
		s = all[n.Expr]
	case *parser.NumberLiteral:
		s.scalar = true
	case *parser.VectorSelector:
		s.unit = unitOfMetric(n.Name)
		s.of = selected{true, n.Name, unitOfMetric(strings.TrimSuffix(n.Name, "_bucket")), strings.HasSuffix(n.Name, "_bucket")}
	case *parser.MatrixSelector:
		s.unit = all[n.VectorSelector].unit
	case *parser.SubqueryExpr:
		s.unit = all[n.Expr].unit
	case *parser.AggregateExpr:
		if summing[n.Op] || n.Op == parser.STDDEV {
			s.unit = all[n.Expr].unit
		}
		s.labels = all.labelsOfAggregate(n)
	case *parser.Call:
		s.scalar, s.unit, s.labels = n.Func.ReturnType == parser.ValueTypeScalar, all.unitOfCall(n), all.labelsOfCall(n)
	case *parser.BinaryExpr:
		left, right := all[n.LHS], all[n.RHS]
		s.scalar, s.unit, s.labels = left.scalar && right.scalar, unitOfBinary(n, left, right), labelsOfBinary(n, left, right)
	}
	all[node] = s
	return budget.Spend(len(s.labels.names))
}
