package query

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// maxExplained is up to how many bytes of a query are parsed: the time that takes grows with their square.
const maxExplained = 4096

// parsed returns a query as an expression, nil for one that is too long or in a dialect that the datasource understands.
func parsed(query string) parser.Expr {
	if len(query) > maxExplained {
		return nil
	}
	expression, err := parser.ParseExpr(query)
	if err != nil {
		return nil
	}
	return expression
}

// lookBack is how long a sample counts where none follows it.
const lookBack = 5 * time.Minute

// selectorsOf returns the first different selectors in an expression.
func selectorsOf(e parser.Expr) (all []*parser.VectorSelector) {
	seen := map[string]bool{}
	parser.Inspect(e, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok && len(all) < maxSelectors && !seen[v.String()] {
			seen[v.String()] = true
			all = append(all, v)
		}
		return nil
	})
	return all
}

// unwrapped returns an expression without the parentheses around it.
func unwrapped(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// reach returns the times between which samples can count for an expression from start to end; for one that has times of
// its own, all times.
func reach(e parser.Expr, start, end time.Time) (from, to time.Time) {
	var before, after time.Duration
	fixed, first := false, true
	parser.Inspect(e, func(node parser.Node, path []parser.Node) error {
		v, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		fixed = fixed || v.Timestamp != nil || v.StartOrEnd != 0
		length, offset := lookBack, v.OriginalOffset
		for _, above := range path {
			switch n := above.(type) {
			case *parser.MatrixSelector:
				length += n.Range - lookBack // it takes samples as they are
			case *parser.SubqueryExpr:
				length += n.Range
				offset += n.OriginalOffset
				fixed = fixed || n.Timestamp != nil || n.StartOrEnd != 0
			}
		}
		if first {
			before, after, first = length+offset, -offset, false
		}
		before, after = max(before, length+offset), max(after, -offset)
		return nil
	})
	if fixed {
		return time.Time{}, time.Time{}
	}
	return start.Add(-before), end.Add(after)
}
