package series

import (
	"math"

	"github.com/prometheus/common/model"
)

// Calculation is one of Perses' ways to make one number of a series.
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

// Calculations are all of them, in the order in which the UI shows them in the table of a legend
// (shared/plugin-system/src/model/legend.ts).
func Calculations() []Calculation {
	return []Calculation{Mean, First, FirstNumber, Last, LastNumber, Min, Max, Sum}
}

// Label is what the UI calls the calculation, as in the head of a legend's table; of another name, the name itself.
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

// Of calculates the number of a series as the UI does (shared/plugin-system/src/model/calculations.ts); ok is false
// for a series without points. A name that Perses does not know counts as Last, its default.
//
// In JavaScript NaN is a number. So the first and the last number may be NaN, and one NaN makes the mean, the sum, the
// least and the greatest NaN, as in the UI: for what remains without it there is Summary. What first-number and
// last-number skip are nulls, which no series of Prometheus has.
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
