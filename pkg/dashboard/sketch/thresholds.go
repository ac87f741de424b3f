package sketch

import "cmp"

// The colors of the theme of Perses' UI (shared/components/src/theme/palette).
const (
	green  = "#2FBF71"
	yellow = "#FFCC00"
	orange = "#FF9F1C"
	red    = "#EA4747"
)

// colorOf returns the default color of a threshold: red for the last, orange and yellow for those before it.
func (t Thresholds) colorOf(i int) string {
	switch len(t) - i {
	case 1:
		return red
	case 2:
		return orange
	}
	return yellow
}

func (t Thresholds) expand() object {
	steps := make([]any, len(t))
	for i, threshold := range t {
		step := object{"value": floatNumber(threshold.Value), "color": cmp.Or(threshold.Color, t.colorOf(i))}
		if threshold.Name != "" {
			step["name"] = threshold.Name
		}
		steps[i] = step
	}
	return object{"defaultColor": green, "steps": steps}
}
