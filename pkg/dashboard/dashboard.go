// Package dashboard holds pure functions on dashboard documents: what they contain, and how Perses' UI reads it.
package dashboard

import (
	"encoding/json"
	"time"
)

// Dashboard is what it takes to run a dashboard and to draw it.
type Dashboard struct {
	Project, Name string
	Title         string                     // the name if it has none
	Duration      time.Duration              // of the time range to show
	Location      *time.Location             // of its timezone; that of this process if it names none
	Datasources   map[string]json.RawMessage // its own, by name: their specs
	Variables     []Variable
	Panels        map[string]Panel // by key
	Rows          []Row            // in the order of the page
}

// Panel is a panel of a dashboard.
type Panel struct {
	Key         string
	Title       string // the key if it has none
	Description string
	Kind        string          // of its plugin: TimeSeriesChart, …
	Spec        json.RawMessage // of its plugin
	Queries     []Query
	// Where and when the panel is read, for values that are times; UTC and the time of the machine if not set.
	Location *time.Location
	Now      time.Time

	options *options // of Spec; nil for a panel that was made otherwise than by WithSpec
}

// Query is a query of a panel.
type Query struct {
	Kind   string          // TimeSeriesQuery, LogQuery, TraceQuery, …
	Plugin string          // PrometheusTimeSeriesQuery, …
	Spec   json.RawMessage // of its plugin
}

// Row is a grid of panels, or one tab of a group of tabs.
type Row struct {
	Title     string // of the row or the tab; may be empty
	Collapsed bool   // so that nobody sees its panels
	Repeat    string // the variable for each value of which the row stands once; empty for none
	Items     []Item
}

// Item is a panel and its place in a row.
type Item struct {
	Panel string // its key; empty when the reference leads nowhere
	Place
	Repeat  string // the variable for each value of which the panel stands once; empty for none
	PerLine int    // how many copies stand beside each other, in the width of the item; 0 for all
	// Values are those of the variables that have one value each for this panel: set by Expand where it, or its row, is repeated.
	Values Values
}
