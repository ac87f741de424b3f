// Package query asks the data behind dashboards, through the datasource proxy of Perses.
package query

import (
	"encoding/json"
	"strings"
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

// Answer is the result of a query: series or entries, depending on its language.
type Answer struct {
	Series   []series.Series
	Entries  []Entry  // log lines, traces or whatever else a datasource lists, the newest first
	Warnings []string // from the datasource
}

// Entry is a log line, a trace or another element of a list. Its language decides which fields it has.
type Entry struct {
	Time   time.Time
	Labels map[string]string // of a log line
	Fields []Field           // in the order in which to show them
}

// Field is a named part of an entry. Its name becomes a key of JSON.
type Field struct{ Name, Value string }

// Text returns the values of the fields in one line.
func (e Entry) Text() string {
	var values []string
	for _, f := range e.Fields {
		values = append(values, f.Value)
	}
	return strings.Join(values, " ")
}
