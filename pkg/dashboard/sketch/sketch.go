// Package sketch holds the compact form in which a model writes dashboards: its expansion into the documents of Perses, and
// the way back. Its functions are pure; what they need to know of a Perses is in Env.
package sketch

import "encoding/json"

// Sketch is a dashboard in the compact form.
type Sketch struct {
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Duration    string          `json:"duration,omitempty"` // the range of time that it shows at first, such as 6h; 1h if empty
	Refresh     string          `json:"refresh,omitempty"`  // how often it asks anew, such as 30s
	Timezone    string          `json:"timezone,omitempty"`
	Datasource  string          `json:"datasource,omitempty"`  // of all queries and variables that name none; empty for the default of their kind
	Datasources json.RawMessage `json:"datasources,omitempty"` // the dashboard's own, by name, as Perses has them
	Links       []Link          `json:"links,omitempty"`
	Variables   []Variable      `json:"variables,omitempty"`
	Panels      []Panel         `json:"panels,omitempty"` // a first row that has no title
	Rows        []Row           `json:"rows,omitempty"`
	Options     json.RawMessage `json:"options,omitempty"` // merged over the spec of the dashboard, for what the form has no word for
}

// Link is a link of a dashboard or a panel, as Perses has it.
type Link struct {
	URL             string `json:"url"`
	Name            string `json:"name,omitempty"`
	Tooltip         string `json:"tooltip,omitempty"`
	RenderVariables bool   `json:"renderVariables,omitempty"`
	TargetBlank     bool   `json:"targetBlank,omitempty"`
}

// Row is a row of panels.
type Row struct {
	Title     string  `json:"title,omitempty"`
	Collapsed bool    `json:"collapsed,omitempty"`
	Repeat    string  `json:"repeat,omitempty"` // the variable for each value of which the row stands once
	Each      *Panel  `json:"each,omitempty"`   // what its panels do not say themselves: {"chart":"stat","unit":"seconds"}
	Panels    []Panel `json:"panels"`
}

// Variable is a variable of a dashboard. Which of Text, Values, Query, Metric and Options it has says of which sort it is.
type Variable struct {
	Name        string `json:"name"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Hidden      bool   `json:"hidden,omitempty"`

	Text     *string `json:"text,omitempty"`     // a text variable, with this value
	Constant bool    `json:"constant,omitempty"` // that nobody changes

	Values []Value `json:"values,omitempty"` // a list of these values

	// A list of the values of a label: of the series of a metric, or of those that the selectors match, or of all series;
	// of what a PromQL query gives, if there is one. Without Label it is that of the variable's name.
	Label      string   `json:"label,omitempty"`
	Metric     string   `json:"metric,omitempty"`
	Matchers   []string `json:"matchers,omitempty"` // selectors of series
	Query      string   `json:"query,omitempty"`
	LabelNames bool     `json:"label_names,omitempty"` // a list of the names of labels instead
	Datasource string   `json:"datasource,omitempty"`

	Multiple bool            `json:"multiple,omitempty"`  // several values at once
	All      bool            `json:"all,omitempty"`       // a choice of all
	AllValue string          `json:"all_value,omitempty"` // what stands for all, instead of every value
	Default  OneOrMore       `json:"default,omitzero"`    // "$__all" for all, which one with all has anyway; [] for none
	Sort     string          `json:"sort,omitempty"`
	Regex    string          `json:"regex,omitempty"`   // whose groups are taken of each value
	Plugin   string          `json:"plugin,omitempty"`  // of a list with another plugin: its kind
	Options  json.RawMessage `json:"options,omitempty"` // merged over the spec of the list's plugin
}

// Panel is a panel. A field that its chart has no use for is refused, with those that it has.
type Panel struct {
	Key         string `json:"key,omitempty"` // made of the title if empty
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Chart       string `json:"chart,omitempty"` // a name of Charts, or the kind of a panel plugin; timeseries if empty, markdown if there is a text
	Links       []Link `json:"links,omitempty"`

	// Its query or queries. Fields of a query that stand on the panel are those of its only query.
	Query      string  `json:"query,omitempty"`
	Legend     string  `json:"legend,omitempty"`
	MinStep    string  `json:"min_step,omitempty"`
	Datasource string  `json:"datasource,omitempty"`
	Queries    []Query `json:"queries,omitempty"`

	Text        string     `json:"text,omitempty"` // of markdown
	Unit        string     `json:"unit,omitempty"` // a name of Perses, or one that people use: req/s, bytes, percent (0-1)
	Decimals    *int       `json:"decimals,omitempty"`
	Calculation string     `json:"calculation,omitempty"` // a name of Perses, or one that people use: avg, latest
	Thresholds  Thresholds `json:"thresholds,omitempty"`
	Stack       bool       `json:"stack,omitempty"`
	Min         *float64   `json:"min,omitempty"`
	Max         *float64   `json:"max,omitempty"`

	Width   int             `json:"width,omitempty"` // in columns, of 24
	Height  int             `json:"height,omitempty"`
	X       *int            `json:"x,omitempty"` // where it does not just follow the one before it
	Y       *int            `json:"y,omitempty"`
	Repeat  string          `json:"repeat,omitempty"`  // the variable for each value of which the panel stands once
	Options json.RawMessage `json:"options,omitempty"` // merged over the spec of the plugin
}

// Query is a query of a panel.
type Query struct {
	Name       string          `json:"name,omitempty"`
	Query      string          `json:"query,omitempty"`  // only what has no text goes without, such as a query of profiles
	Legend     string          `json:"legend,omitempty"` // names the series: {{label}}
	MinStep    string          `json:"min_step,omitempty"`
	Datasource string          `json:"datasource,omitempty"`
	Plugin     string          `json:"plugin,omitempty"`  // its kind; by the chart and the datasource if empty
	Options    json.RawMessage `json:"options,omitempty"` // merged over the spec of the plugin
}

// Threshold is a value from which on another color shows.
type Threshold struct {
	Value float64 `json:"value"`
	Color string  `json:"color,omitempty"` // by its rank among the thresholds if empty
	Name  string  `json:"name,omitempty"`
}

// Thresholds are those of a panel: a list of numbers, or of numbers with their colors.
type Thresholds []Threshold

// Value is a value of a list: a text, or one with a label that people see in its place.
type Value struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

// OneOrMore is a text, or a list of texts.
type OneOrMore []string
