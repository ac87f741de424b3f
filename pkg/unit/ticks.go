package unit

import "math"

// clock are the steps that look round on a clock and in a calendar, in seconds.
var clock = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000}

// Step returns the smallest round step that cuts a span of values into at most the given number of parts: of 1, 2 and
// 5 times a power of ten, of powers of two for bytes and bits in 1024s, and of hours and days for time. It is 0 if the
// span is not above 0 or not finite.
func (f Format) Step(span float64, most int) float64 {
	least := span / float64(max(most, 1))
	if !(least > 0) || math.IsInf(least, 0) {
		return 0
	}
	of := known[f.Unit]
	switch {
	case of.group == Time && least*of.size > 1:
		for _, step := range clock {
			if step >= least*of.size {
				return step / of.size
			}
		}
	case of.size == 1024 && least > 1:
		return math.Exp2(math.Ceil(math.Log2(least)))
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range []float64{1, 2, 5} {
		if step := times * power; step >= least*(1-1e-9) { // 0.3/3 is above 0.1
			return step
		}
	}
	return 10 * power
}

// Ticks returns the multiples of the step of Step from low to high, both included: at most one more than the given
// number. It is nil where Step is 0.
func (f Format) Ticks(low, high float64, most int) []float64 {
	step := f.Step(high-low, most)
	if step == 0 {
		return nil
	}
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	if math.Abs(first) > 1e12 { // so far from zero that the digits of a float end at the step
		return nil
	}
	var ticks []float64
	for i := range int(last-first) + 1 {
		ticks = append(ticks, (first+float64(i))*step+0) // which makes a zero of a zero below zero
	}
	return ticks
}
