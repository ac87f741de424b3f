package series

import (
	"math"

	"github.com/prometheus/common/model"
)

// Calculation is one of Perses' ways to reduce a series to one number.
type Calculation string

// The calculations of Perses (shared/cue/common/calculation.cue).
const (
	First       Calculation = "first"
	Last        Calculation = "last"
	FirstNumber Calculation = "first-number"
	LastNumber  Calculation = "last-number"
	Mean        Calculation = "mean"
	Sum         Calculation = "sum"
	Min         Calculation = "min"
	Max         Calculation = "max"
)

// Calculations returns all of them, in the order of the columns in the UI's legend tables
// (shared/plugin-system/src/model/legend.ts).
func Calculations() []Calculation {
	return []Calculation{Mean, First, FirstNumber, Last, LastNumber, Min, Max, Sum}
}

// Label returns the label of the calculation in the UI's legend tables, or the name of an unknown calculation.
func (c Calculation) Label() string {
	switch c {
	case First:
		return "First"
	case Last:
		return "Last"
	case FirstNumber:
		return "First *"
	case LastNumber:
		return "Last *"
	case Mean:
		return "Avg"
	case Sum:
		return "Sum"
	case Min:
		return "Min"
	case Max:
		return "Max"
	}
	return string(c)
}

// Of reduces a series as the UI does (shared/plugin-system/src/model/calculations.ts). ok is false if it has no points. An unknown
// calculation is the same as Last, Perses' default.
//
// In JavaScript, NaN is a number. So FirstNumber and LastNumber may return NaN, and one NaN makes Mean, Sum, Min and Max NaN; Summarize
// ignores NaN instead. FirstNumber and LastNumber skip only nulls, which series of Prometheus do not contain.
func (c Calculation) Of(points []model.SamplePair) (value float64, ok bool) {
	if len(points) == 0 {
		return 0, false
	}
	first, last := float64(points[0].Value), float64(points[len(points)-1].Value)
	var fold func(a, b float64) float64
	switch c {
	case First, FirstNumber:
		return first, true
	case Mean, Sum:
		fold = func(a, b float64) float64 { return a + b }
	case Min:
		fold = math.Min
	case Max:
		fold = math.Max
	default:
		return last, true
	}
	value = first
	for _, p := range points[1:] {
		value = fold(value, float64(p.Value))
	}
	if c == Mean {
		value /= float64(len(points))
	}
	return value, true
}
