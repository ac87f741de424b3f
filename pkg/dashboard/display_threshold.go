package dashboard

// Thresholds are the values from which on a panel shows others in another colour.
type Thresholds struct {
	Percent bool   // of the greatest value of a gauge, or of the axis of a time series chart, and not absolute
	Color   string // below the first step; empty for the one of the theme
	Steps   []Step // in the order of the document
}

// Step is one threshold.
type Step struct {
	Value float64
	Color string // empty for one of the theme's, by the index of the step
	Name  string
}

// Thresholds returns those of the panel; none if it has none.
func (p Panel) Thresholds() Thresholds {
	t := Thresholds{Percent: p.Choice("thresholds.mode", "") == "percent", Color: p.Choice("thresholds.defaultColor", "")}
	for _, step := range p.Option("thresholds.steps").Array() {
		if step.IsObject() {
			t.Steps = append(t.Steps, Step{Value: step.Get("value").Num, Color: TextOf(step.Get("color")), Name: TextOf(step.Get("name"))})
		}
	}
	return t
}

// At returns the index of the step that a value has reached: the last in the document that is not above it, as the UI
// chooses (plugins/statchart/src/utils/get-color.ts). It is -1 below all of them, and for NaN.
func (t Thresholds) At(value float64) int {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if value >= t.Steps[i].Value {
			return i
		}
	}
	return -1
}
