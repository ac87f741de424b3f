package dashboard

// Thresholds are the values at which a panel changes color.
type Thresholds struct {
	Percent bool   // relative to the maximum of a gauge or of the axis of a time series chart
	Color   string // below the first step; "" for the theme's color
	Steps   []Step // in the order of the document
}

// Step is a threshold.
type Step struct {
	Value float64
	Color string // "" for the theme's color for the step's index
	Name  string
}

// Thresholds returns the thresholds of the panel.
func (p Panel) Thresholds() Thresholds {
	t := Thresholds{Percent: p.Choice("thresholds.mode", "") == "percent", Color: p.Choice("thresholds.defaultColor", "")}
	for _, step := range p.Option("thresholds.steps").Array() {
		if step.IsObject() {
			t.Steps = append(t.Steps, Step{Value: step.Get("value").Num, Color: TextOf(step.Get("color")), Name: TextOf(step.Get("name"))})
		}
	}
	return t
}

// At returns the index of the last step in the document that is not above the value, like the UI
// (plugins/statchart/src/utils/get-color.ts). It returns -1 if the value is below all steps or NaN.
func (t Thresholds) At(value float64) int {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if value >= t.Steps[i].Value {
			return i
		}
	}
	return -1
}
