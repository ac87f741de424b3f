package lint

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/work"
)

// result is what an expression itself says about its result.
type result struct {
	scalar    bool
	unit      string // "" if the metric names do not indicate one
	selection selection
	labels    labelSet
}

// selection is what the selectors of an expression have in common.
type selection struct {
	any     bool   // there are selectors
	metric  string // manyMetrics if they differ
	counted string // the unit of the observations, if the metrics are histograms
	classic bool   // all metrics are buckets of classic histograms
}

const manyMetrics = "-"

// with returns what both selections have in common.
func (s selection) with(other selection) selection {
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
		s.metric = manyMetrics
	}
	if s.counted != other.counted {
		s.counted = ""
	}
	s.classic = s.classic && other.classic
	return s
}

// results has the result of each part of a query.
type results map[parser.Node]result

// resultsOf returns the results of all parts of an expression, or nil if the budget ends.
func resultsOf(budget *work.Budget, e parser.Expr) results {
	all := results{}
	if !all.add(budget, e) {
		return nil
	}
	return all
}

func (all results) add(budget *work.Budget, node parser.Node) bool {
	const perNode = 40
	if !budget.Spend(perNode) {
		return false
	}
	var s result
	for _, child := range parser.Children(node) {
		if !all.add(budget, child) {
			return false
		}
		s.selection = s.selection.with(all[child].selection)
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
		s.selection = selection{true, n.Name, unitOfMetric(strings.TrimSuffix(n.Name, "_bucket")), strings.HasSuffix(n.Name, "_bucket")}
	case *parser.MatrixSelector:
		s.unit = all[n.VectorSelector].unit
	case *parser.SubqueryExpr:
		s.unit = all[n.Expr].unit
	case *parser.AggregateExpr:
		if passThroughAggregations[n.Op] || n.Op == parser.STDDEV {
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
