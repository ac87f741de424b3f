package chart

import (
	"math"
	"slices"

	"github.com/perses/mcp-server/pkg/unit"
)

// valueAxis maps values to heights.
type valueAxis struct {
	low, high float64 // the values at its ends; low < high, both finite
	log       bool    // whether heights grow with the logarithm; low is above 0 then
	ticks     []float64
}

// bounds are what a dashboard says of an axis; nil for what is to follow from the data.
type bounds struct{ min, max *float64 }

// extent is the range of some values. Its zero value has none.
type extent struct {
	min, max float64
	some     bool
}

// add widens the extent by a value, unless that is not finite.
func (e *extent) add(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if !e.some {
		*e = extent{v, v, true}
		return
	}
	e.min, e.max = min(e.min, v), max(e.max, v)
}

// newAxis returns an axis for values that are written in a format, cut by its ticks into at most so many parts.
//
// Where no bounds are given, it begins and ends as in the UI: timeserieschart/src/utils/data-transform.ts has the
// lower end, and a tenth of the range is left free above the data (components/src/utils/axis.ts of perses/shared).
func newAxis(data extent, b bounds, f unit.Format, count int) valueAxis {
	var a valueAxis
	if !data.some {
		data = extent{0, 1, true}
	}
	data.min, data.max = tame(data.min), tame(data.max)
	if b.min != nil {
		a.low = tame(*b.min)
	} else {
		a.low = below(data.min)
	}
	if b.max != nil {
		a.high = tame(*b.max)
	} else {
		span := data.max - data.min
		if span == 0 {
			span = math.Abs(data.min)
		}
		a.high = data.max + span/10
	}
	if !(a.low < a.high) { // also when the data lies beyond the only bound that is given
		switch {
		case b.max != nil && b.min == nil:
			a.low = a.high - max(math.Abs(a.high)/2, 1)
		case a.low == 0:
			a.high = 1
		default:
			a.high = a.low + math.Abs(a.low)/2
		}
	}
	step := f.Step(a.high-a.low, count)
	if step == 0 {
		return a
	}
	if b.max == nil {
		a.high = max(a.high, math.Ceil(a.high/step-1e-9)*step)
	}
	// The step again, since the higher end may let unit.Format.Ticks choose another.
	first, last := math.Ceil(a.low/step-1e-9), math.Floor(a.high/step+1e-9)
	for i := range max(int(last-first), -1) + 1 {
		tick := (first+float64(i))*step + 0 // which makes a zero of a zero below zero
		if at := a.at(tick); at > -1e-6 && at < 1+1e-6 {
			a.ticks = append(a.ticks, tick)
		}
	}
	return a
}

// minValue is the least absolute value that is told from 0: some of those below have no logarithm.
const minValue = 1e-300

// largestValue is the greatest absolute value that is told from what is greater: the difference of two is finite.
const largestValue = math.MaxFloat64 / 16

// tame keeps a value away from the ends of what floats can be, so that no difference becomes infinite or 0.
func tame(v float64) float64 {
	if math.Abs(v) < minValue {
		return 0
	}
	return max(-largestValue, min(v, largestValue))
}

// below returns where an axis begins whose lowest value is v.
func below(v float64) float64 {
	switch {
	case v >= 0 && v <= 1:
		return 0
	case v > 0:
		v *= 0.8
	default:
		v *= 1.2
	}
	magnitude := math.Pow(10, math.Floor(math.Log10(math.Abs(v))))
	return math.Floor(v/magnitude) * magnitude
}

// newLogAxis returns an axis whose ticks are powers of the base. It begins at the lowest of them that is needed for
// the values, which are above 0, and ends at the highest.
func newLogAxis(data extent, b bounds, base float64, count int) valueAxis {
	a := valueAxis{log: true}
	if !data.some {
		data = extent{1, base, true}
	}
	given := func(bound *float64) (limit float64, ok bool) {
		if bound == nil {
			return 0, false
		}
		limit = tame(*bound)
		return limit, limit > 0
	}
	low, high := max(tame(data.min), minValue), max(tame(data.max), minValue)
	least, fromLeast := given(b.min)
	if fromLeast {
		low = least
	}
	most, toMost := given(b.max)
	if toMost {
		high = most
	}
	power := func(v float64) float64 { return math.Log(v) / math.Log(base) }
	first, last := math.Floor(power(low)+1e-9), math.Ceil(power(high)-1e-9)
	if first >= last {
		last = first + 1
	}
	a.low, a.high = max(math.Pow(base, first), minValue), min(math.Pow(base, last), largestValue)
	if fromLeast && least < a.high {
		a.low = least
	}
	if toMost && most > a.low {
		a.high = most
	}
	if a.low >= a.high { // of a base that is as large
		a.low = a.high / 10
	}
	step := math.Ceil((last - first) / float64(count))
	for i := range count + 1 { // of a base next to 1 the powers are so many that a step may be none
		if v := math.Pow(base, first+float64(i)*step); v >= a.low && v <= a.high {
			a.ticks = append(a.ticks, v)
		}
	}
	return a
}

// labelEnds makes ticks of the ends of the axis, as ECharts does: or else nobody sees that it begins above 0. An end
// nearer to the next tick than apart, a part of the axis, remains without, since their labels would meet.
func (a *valueAxis) labelEnds(apart float64) {
	near := func(tick, end float64) bool { return math.Abs(a.at(tick)-a.at(end)) < max(apart, 1e-6) }
	if len(a.ticks) == 0 || !near(a.ticks[0], a.low) {
		a.ticks = slices.Insert(a.ticks, 0, a.low)
	}
	if last := len(a.ticks) - 1; !near(a.ticks[last], a.high) {
		a.ticks = append(a.ticks, a.high)
	}
}

// at returns where between the ends of the axis a value lies: 0 at the lower one, 1 at the upper one. It is infinite
// for what is, and NaN for what has no logarithm.
func (a valueAxis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		if v <= 0 {
			return math.NaN()
		}
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	return (v - low) / (high - low)
}
