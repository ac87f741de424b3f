// Package dashboard parses dashboard documents the way Perses' UI does. Its functions are pure.
package dashboard

import (
	"encoding/json"
	"time"
)

// Dashboard has what is needed to run and draw a dashboard.
type Dashboard struct {
	Project, Name string
	Title         string                     // the name if there is no title
	Duration      time.Duration              // of the time range
	Location      *time.Location             // the time zone; the local one if the dashboard names none
	Datasources   map[string]json.RawMessage // the specs of its own datasources, by name
	Variables     []Variable
	Panels        map[string]Panel // by key
	Rows          []Row            // from top to bottom
}

// Panel is a panel of a dashboard.
type Panel struct {
	Key         string
	Title       string // the key if there is no title
	Description string
	Kind        string          // of its plugin: TimeSeriesChart, …
	Spec        json.RawMessage // of its plugin
	Queries     []Query
	// Location and Now format values that are times. The defaults are UTC and the current time.
	Location *time.Location
	Now      time.Time

	options *options // parsed from Spec; nil for a panel that was not made by WithSpec
}

// Query is a query of a panel.
type Query struct {
	Kind   string          // TimeSeriesQuery, LogQuery, TraceQuery, …
	Plugin string          // PrometheusTimeSeriesQuery, …
	Spec   json.RawMessage // of its plugin
}

// Row is a grid of panels, or a tab.
type Row struct {
	Title     string // of the row or the tab; may be empty
	Collapsed bool   // so that its panels are hidden
	Repeat    string // the variable for whose values the row is repeated, "" for none
	Items     []Item
}

// Item is the place of a panel in a row.
type Item struct {
	Panel string // its key, "" if there is no such panel
	Place
	Repeat  string // the variable for whose values the panel is repeated, "" for none
	PerLine int    // the maximum number of copies next to each other, in the width of the item; 0 for no maximum
	// Values are the values of the variables for which the panel or its row is repeated, set by Expand.
	Values Values
}
