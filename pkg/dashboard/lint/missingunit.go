package lint

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/promql"
)

// The units that names of metrics tell of.
const (
	inBytes        = "bytes"
	inSeconds      = "seconds"
	inRatio        = "percent-decimal"
	inPercent      = "percent"
	inCelsius      = "celsius"
	inBytesPerTime = "bytes/sec"
)

// missingUnits finds panels without a unit all of whose queries have the same.
func (c *check) missingUnits() {
	of := map[string]string{} // the unit of each panel; "" if its queries do not agree
	var keys []string
	count := map[string]int{}
	for _, q := range c.promQL {
		u := ""
		if q.Parsed.Expr != nil {
			u = unitOf(q.Parsed.Expr)
		}
		if count[q.Panel]++; count[q.Panel] == 1 {
			keys = append(keys, q.Panel)
			of[q.Panel] = u
		} else if of[q.Panel] != u {
			of[q.Panel] = ""
		}
	}
	for _, key := range keys {
		p := c.board.Panels[key]
		at, ok := units[p.Kind]
		if !ok || p.Kind == "HeatMapChart" || of[key] == "" || count[key] != len(p.Queries) || p.Option(at).Exists() || len(p.Option("querySettings.#.format").Array()) > 0 {
			continue
		}
		if p.Kind == "GaugeChart" && of[key] == inRatio { // the unit that it has without one
			continue
		}
		c.add(Finding{Severity: Info, Where: "panel " + clip(key), Panel: key, What: fmt.Sprintf("It has no unit; by the names of its metrics it shows %s.", of[key]), Edit: setPanel(key, "unit", of[key])})
	}
}

// unitOf returns the unit of what an expression gives, "" if its metrics do not tell.
func unitOf(e parser.Expr) string {
	switch n := unwrapped(e).(type) {
	case *parser.VectorSelector:
		return unitOfMetric(n.Name)
	case *parser.MatrixSelector:
		return unitOf(n.VectorSelector)
	case *parser.SubqueryExpr:
		return unitOf(n.Expr)
	case *parser.UnaryExpr:
		return unitOf(n.Expr)
	case *parser.AggregateExpr:
		if summing[n.Op] || n.Op == parser.STDDEV {
			return unitOf(n.Expr)
		}
	case *parser.Call:
		return unitOfCall(n)
	case *parser.BinaryExpr:
		return unitOfBinary(n)
	}
	return ""
}

func unitOfMetric(name string) string {
	if promql.Variable(name) || strings.HasSuffix(name, "_timestamp_seconds") || strings.HasSuffix(name, "_time_seconds") {
		return ""
	}
	for _, kind := range []string{"_total", "_sum"} {
		name = strings.TrimSuffix(name, kind)
	}
	for _, known := range []struct{ suffix, unit string }{{"_bytes", inBytes}, {"_seconds", inSeconds}, {"_ratio", inRatio}, {"_celsius", inCelsius}} {
		if strings.HasSuffix(name, known.suffix) {
			return known.unit
		}
	}
	return ""
}

func unitOfCall(call *parser.Call) string {
	if len(call.Args) == 0 {
		return ""
	}
	switch name := call.Func.Name; {
	case name == "rate", name == "irate", name == "deriv":
		if unitOf(call.Args[0]) == inBytes {
			return inBytesPerTime
		}
	case name == "increase", name == "delta", name == "idelta", passing[name],
		name == "avg_over_time", name == "min_over_time", name == "max_over_time", name == "last_over_time":
		return unitOf(call.Args[0])
	case name == "quantile_over_time" && len(call.Args) == 2:
		return unitOf(call.Args[1])
	case name == "histogram_quantile" && len(call.Args) == 2:
		return unitOfBuckets(call.Args[1])
	}
	return ""
}

// unitOfBuckets returns the unit of what histograms measure.
func unitOfBuckets(e parser.Expr) string {
	unit, first := "", true
	parser.Inspect(e, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			u := unitOfMetric(strings.TrimSuffix(v.Name, "_bucket"))
			if !first && u != unit {
				u = ""
			}
			unit, first = u, false
		}
		return nil
	})
	return unit
}

func unitOfBinary(b *parser.BinaryExpr) string {
	left, right := unitOf(b.LHS), unitOf(b.RHS)
	number := func(e parser.Expr) (float64, bool) {
		n, ok := unwrapped(e).(*parser.NumberLiteral)
		if !ok {
			return 0, false
		}
		return n.Val, true
	}
	scalar := b.LHS.Type() == parser.ValueTypeScalar || b.RHS.Type() == parser.ValueTypeScalar
	switch {
	case b.Op.IsComparisonOperator():
		if b.ReturnBool {
			return ""
		}
		return left
	case b.Op == parser.LAND, b.Op == parser.LUNLESS:
		return left
	case b.Op == parser.LOR, (b.Op == parser.ADD || b.Op == parser.SUB) && !scalar:
		if left == right {
			return left
		}
	case b.Op == parser.ADD, b.Op == parser.SUB:
		return left + right // of which a number has none
	case b.Op == parser.MUL:
		for _, side := range [][2]parser.Expr{{b.LHS, b.RHS}, {b.RHS, b.LHS}} {
			if n, ok := number(side[0]); ok && n == 100 && unitOf(side[1]) == inRatio {
				return inPercent
			}
		}
	case b.Op == parser.DIV && !scalar:
		if mean := meanOf(b); mean != "" {
			return mean
		}
		if left == right && (left == inBytes || left == inBytesPerTime || left == inSeconds) {
			return inRatio
		}
	}
	return ""
}

// meanOf returns the unit of what is divided by its own count, as that of x_seconds_sum by x_seconds_count.
func meanOf(b *parser.BinaryExpr) string {
	sum, count := onlyMetric(b.LHS), onlyMetric(b.RHS)
	base, ok := strings.CutSuffix(sum, "_sum")
	if !ok || count != base+"_count" {
		return ""
	}
	return unitOfMetric(base)
}

// onlyMetric returns the name of the metric that an expression is about, "" if there are several.
func onlyMetric(e parser.Expr) string {
	name := ""
	parser.Inspect(e, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			if name != "" && name != v.Name {
				name = "-"
				return nil
			}
			name = v.Name
		}
		return nil
	})
	return name
}
