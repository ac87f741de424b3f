// Package query asks the data behind dashboards, through the datasource proxy of Perses.
package query

import (
	"encoding/json"
	"time"

	"github.com/perses/mcp-server/pkg/series"
)

// Selector says which datasource is meant, as a query in a dashboard does.
type Selector struct {
	Kind      string // of its plugin: PrometheusDatasource, …; empty for any
	Name      string // empty for the default of its kind
	Project   string // empty for a global one
	Dashboard string // the dashboard whose own datasources come first; empty for none
	// Local are the datasources of that dashboard, by name: their specs.
	Local map[string]json.RawMessage
}

// Range is a range of time and the step between its points.
type Range struct {
	Start, End time.Time
	Step       time.Duration
}

// Answer is what a query came to. Of its parts only those are set that the language of the query gives.
type Answer struct {
	Series   []series.Series // of PromQL, and of LogQL that makes metrics from logs
	Logs     []LogEntry      // of LogQL, the newest first
	Traces   []Trace         // of TraceQL, the newest first
	Warnings []string        // what the datasource says beside its answer
}

// LogEntry is one line of a log.
type LogEntry struct {
	Time   time.Time
	Labels map[string]string
	Line   string
}

// Trace is one trace as a search finds it.
type Trace struct {
	ID       string
	Service  string // of its root span
	Name     string // of its root span
	Start    time.Time
	Duration time.Duration
}
