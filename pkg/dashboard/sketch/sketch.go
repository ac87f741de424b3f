// Package sketch converts between the documents of Perses and sketches, the short descriptions of dashboards that a model
// writes. Its functions are pure; Env tells them about the Perses server.
package sketch

import "encoding/json"

// Sketch is a short description of a dashboard.
type Sketch struct {
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Duration    string          `json:"duration,omitempty"` // time range shown at first, such as 6h; 1h if empty
	Refresh     string          `json:"refresh,omitempty"`  // refresh interval, such as 30s
	Timezone    string          `json:"timezone,omitempty"`
	Datasource  string          `json:"datasource,omitempty"`  // for queries and variables that name none; if empty, they use the default of their kind
	Datasources json.RawMessage `json:"datasources,omitempty"` // the dashboard's own datasources by name, as in the document
	Links       []Link          `json:"links,omitempty"`
	Variables   []Variable      `json:"variables,omitempty"`
	Panels      []Panel         `json:"panels,omitempty"` // a first row without a title
	Rows        []Row           `json:"rows,omitempty"`
	Options     json.RawMessage `json:"options,omitempty"` // merged into the spec of the dashboard, for what no other field can express
}

// Link is a link of a dashboard or panel. It has the same form in documents.
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
	Repeat    string  `json:"repeat,omitempty"` // name of a variable; the row is repeated for each of its values
	Each      *Panel  `json:"each,omitempty"`   // fields for all panels that do not set them: {"chart":"stat","unit":"seconds"}
	Panels    []Panel `json:"panels"`
}

// Variable is a variable of a dashboard. Its source is one of Text, Values, the label fields, Query and Plugin.
type Variable struct {
	Name        string `json:"name"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Hidden      bool   `json:"hidden,omitempty"`

	Text     *string `json:"text,omitempty"`     // value of a text variable
	Constant bool    `json:"constant,omitempty"` // whether the text cannot be changed

	Values []Value `json:"values,omitempty"` // values of a static list

	// The values of a label, which defaults to the variable's name: among the series of a metric, among those that the
	// matchers select, in the result of a PromQL query, or among all series.
	Label      string   `json:"label,omitempty"`
	Metric     string   `json:"metric,omitempty"`
	Matchers   []string `json:"matchers,omitempty"` // series selectors
	Query      string   `json:"query,omitempty"`
	LabelNames bool     `json:"label_names,omitempty"` // list label names instead of values
	Datasource string   `json:"datasource,omitempty"`

	Multiple bool            `json:"multiple,omitempty"`  // allow several values
	All      bool            `json:"all,omitempty"`       // allow selecting all values
	AllValue string          `json:"all_value,omitempty"` // used for all instead of the list of values
	Default  OneOrMore       `json:"default,omitzero"`    // "$__all", the default if All is set, selects all values; [] selects none
	Sort     string          `json:"sort,omitempty"`
	Regex    string          `json:"regex,omitempty"`   // its groups are extracted from each value
	Plugin   string          `json:"plugin,omitempty"`  // kind of a variable plugin that no other field stands for
	Options  json.RawMessage `json:"options,omitempty"` // merged into the spec of the plugin
}

// Panel is a panel. Fields that its chart does not accept are an error.
type Panel struct {
	Key         string `json:"key,omitempty"` // made from the title if empty
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Chart       string `json:"chart,omitempty"` // one of Charts, or a panel kind; defaults to timeseries, or to markdown if Text is set
	Links       []Link `json:"links,omitempty"`

	// Its query or queries. The first four fields belong to the only query of the panel.
	Query      string  `json:"query,omitempty"`
	Legend     string  `json:"legend,omitempty"`
	MinStep    string  `json:"min_step,omitempty"`
	Datasource string  `json:"datasource,omitempty"`
	Queries    []Query `json:"queries,omitempty"`

	Text        string     `json:"text,omitempty"` // of a markdown panel
	Unit        string     `json:"unit,omitempty"` // a unit of Perses or an alias: req/s, bytes, percent (0-1)
	Decimals    *int       `json:"decimals,omitempty"`
	Calculation string     `json:"calculation,omitempty"` // a calculation of Perses or an alias: avg, latest
	Thresholds  Thresholds `json:"thresholds,omitempty"`
	Stack       bool       `json:"stack,omitempty"`
	Min         *float64   `json:"min,omitempty"`
	Max         *float64   `json:"max,omitempty"`

	Width   int             `json:"width,omitempty"` // in columns, up to 24
	Height  int             `json:"height,omitempty"`
	X       *int            `json:"x,omitempty"` // if the panel does not simply follow the previous one
	Y       *int            `json:"y,omitempty"`
	Repeat  string          `json:"repeat,omitempty"`  // name of a variable; the panel is repeated for each of its values
	Options json.RawMessage `json:"options,omitempty"` // merged into the spec of the plugin
}

// Query is a query of a panel.
type Query struct {
	Name       string          `json:"name,omitempty"`
	Query      string          `json:"query,omitempty"`  // may be empty only if the plugin needs no text, such as a query for profiles
	Legend     string          `json:"legend,omitempty"` // name of each series: {{label}}
	MinStep    string          `json:"min_step,omitempty"`
	Datasource string          `json:"datasource,omitempty"`
	Plugin     string          `json:"plugin,omitempty"`  // query plugin; chosen by chart and datasource if empty
	Options    json.RawMessage `json:"options,omitempty"` // merged into the spec of the plugin
}

// Threshold is a value above which a different color is shown.
type Threshold struct {
	Value float64 `json:"value"`
	Color string  `json:"color,omitempty"` // chosen by its order among the thresholds if empty
	Name  string  `json:"name,omitempty"`
}

// Thresholds lists the thresholds of a panel. In JSON, each is a number or an object.
type Thresholds []Threshold

// Value is a value of a static list. In JSON, it is a string or an object with a label.
type Value struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

// OneOrMore is a string or a list of strings in JSON.
type OneOrMore []string
