package dashboard

import "encoding/json"

// Variable is a variable of a dashboard, or one of its project or of all projects that it can use.
type Variable struct {
	Name            string
	Value           string   // of a text variable
	Constant        bool     // a text variable that nobody is to change
	List            bool     // a list variable
	Default         []string // the values that are chosen at first; AllValue for all
	AllowAll        bool
	Multiple        bool
	CustomAll       string // what stands for all, instead of every value
	CapturingRegexp string
	Sort            string
	Plugin          string          // of a list: StaticListVariable, PrometheusLabelValuesVariable, …
	Spec            json.RawMessage // of its plugin
}

// AllValue is the value that stands for all values of a list.
const AllValue = "$__all"
