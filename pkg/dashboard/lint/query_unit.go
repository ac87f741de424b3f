package lint

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
)

// The units that metric names indicate.
const (
	inBytes        = "bytes"
	inSeconds      = "seconds"
	inRatio        = "percent-decimal"
	inPercent      = "percent"
	inCelsius      = "celsius"
	inBytesPerTime = "bytes/sec"
)

// missingUnits finds panels without a unit whose queries all have the same one.
func (c *check) missingUnits() {
	of := map[string]string{} // the unit of each panel; "" if its queries differ
	var keys []string
	count := map[string]int{}
	for _, q := range c.promQL {
		u := q.unit
		if count[q.Panel]++; count[q.Panel] == 1 {
			keys = append(keys, q.Panel)
			of[q.Panel] = u
		} else if of[q.Panel] != u {
			of[q.Panel] = ""
		}
	}
	for _, key := range keys {
		const perPanel = 50
		if !c.spend(perPanel) {
			return
		}
		p := c.board.Panels[key]
		kind, _ := dashboard.PanelKindOf(p.Kind)
		at := unitOption(p.Kind)
		// The format of a heat map is that of its axis; a gauge has a default unit.
		if at == "" || kind.CountFormat != "" || of[key] == kind.DefaultUnit || of[key] == "" || count[key] != len(p.Queries) || p.Option(at).Exists() || len(p.Option("querySettings.#.format").Array()) > 0 {
			continue
		}
		c.add(Finding{Severity: Info, Where: "panel " + clip(key), Panel: key, What: fmt.Sprintf("It has no unit; the names of its metrics suggest %s.", of[key]), Edit: setPanel(key, "unit", of[key])})
	}
}

func unitOfMetric(name string) string {
	if promql.HasVariable(name) || strings.HasSuffix(name, "_timestamp_seconds") || strings.HasSuffix(name, "_time_seconds") {
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

func (all results) unitOfCall(call *parser.Call) string {
	if len(call.Args) == 0 {
		return ""
	}
	of := all[call.Args[0]]
	switch name := call.Func.Name; {
	case name == "rate", name == "irate", name == "deriv":
		if of.unit == inBytes {
			return inBytesPerTime
		}
	case name == "increase", name == "delta", name == "idelta", passThrough[name],
		name == "avg_over_time", name == "min_over_time", name == "max_over_time", name == "last_over_time":
		return of.unit
	case name == "quantile_over_time" && len(call.Args) == 2:
		return all[call.Args[1]].unit
	case name == "histogram_quantile" && len(call.Args) == 2:
		return all[call.Args[1]].selection.counted
	}
	return ""
}

func unitOfBinary(b *parser.BinaryExpr, left, right result) string {
	scalar := left.scalar || right.scalar
	switch {
	case b.Op.IsComparisonOperator():
		if b.ReturnBool {
			return ""
		}
		return left.unit
	case b.Op == parser.LAND, b.Op == parser.LUNLESS:
		return left.unit
	case b.Op == parser.LOR, (b.Op == parser.ADD || b.Op == parser.SUB) && !scalar:
		if left.unit == right.unit {
			return left.unit
		}
	case b.Op == parser.ADD, b.Op == parser.SUB:
		return left.unit + right.unit // a number has none
	case b.Op == parser.MUL:
		if is100(b.LHS) && right.unit == inRatio || is100(b.RHS) && left.unit == inRatio {
			return inPercent
		}
	case b.Op == parser.DIV && !scalar:
		if mean := meanOf(left.selection.metric, right.selection.metric); mean != "" {
			return mean
		}
		if u := left.unit; u == right.unit && (u == inBytes || u == inBytesPerTime || u == inSeconds) {
			return inRatio
		}
	}
	return ""
}

func is100(e parser.Expr) bool {
	n, ok := unwrap(e).(*parser.NumberLiteral)
	return ok && n.Val == 100
}

// meanOf returns the unit of a sum divided by its count, such as x_seconds_sum / x_seconds_count.
func meanOf(sum, count string) string {
	base, ok := strings.CutSuffix(sum, "_sum")
	if !ok || count != base+"_count" {
		return ""
	}
	return unitOfMetric(base)
}
