package unit

// timeUnits are the units of time from the largest to the smallest.
var timeUnits = []string{"years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"}

// duration writes seconds in the largest unit of which they have at least one. The UI looks for no such unit below
// zero, so these are nanoseconds (shared/components/src/model/time.ts).
func (f Format) duration(seconds float64) string {
	if seconds == 0 {
		return "0s"
	}
	var value float64
	var name string
	for _, name = range timeUnits {
		if value = seconds / known[name].size; value >= 1 {
			break
		}
	}
	amount, symbol := f.three(value), known[name].symbol
	if symbol[0] == ' ' && amount != "1" && amount != "-1" {
		symbol += "s"
	}
	return amount + symbol
}
