// Package uses lists the metrics, datasources, variables and plugins that a dashboard uses, and where it uses them. Its results take
// little memory: they share none with the document, and of a query they hold only the names.
package uses

import (
	"encoding/json"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// Dashboard describes a dashboard and lists its uses.
type Dashboard struct {
	Project, Name      string
	Title, Description string // empty if it has none
	Tags               []string
	Updated            string // the time in the format of Perses
	Panels             []Panel
	Variables          []string          // the names of the variables that it defines
	Datasources        []string          // the names of the datasources that it defines
	Defaults           map[string]string // the names of its default datasources, by kind
	Annotations        []string          // their names
	Rows               []string          // their titles, which may be empty
	Uses               []Use             // in the order of the page, definitions before panels
}

// Panel is a panel of the dashboard. Panels are in reading order.
type Panel struct {
	Key   string
	Title string // empty if it has none
}

// Sort is the sort of a use, which determines what its Name is.
type Sort uint8

// The sorts of uses.
const (
	Metric            Sort = iota // the metric of a selector
	MetricPattern                 // the regular expression of a selector for the whole names of metrics
	PerhapsMetric                 // a word in a PromQL query that does not parse
	Datasource                    // the name of a datasource
	DefaultDatasource             // the kind of a datasource without a name, which selects the default
	OwnDatasource                 // a datasource that the dashboard defines
	Variable                      // a variable whose value is used
	OwnVariable                   // a variable that the dashboard defines
	Plugin                        // the kind of a plugin of a panel, query, variable or datasource
)

// Use is a name and one place where the dashboard uses it.
type Use struct {
	Name  string
	Place Place
	Sort  Sort
}

// Part is a part of a dashboard.
type Part uint8

// The parts of a dashboard.
const (
	OfDashboard  Part = iota // the title or description
	OfPanel                  // Index is an index of Panels; Query is 0 for the panel itself
	OfVariable               // Index is an index of Variables
	OfDatasource             // Index is an index of Datasources
	OfAnnotation             // Index is an index of Annotations
	OfRow                    // Index is an index of Rows
	OfLink                   // Index is an index of the links of the dashboard
)

// Place is a place in a dashboard.
type Place struct {
	Index int32
	Query uint16 // the number of a query of a panel, from 1
	Part  Part
}

// Of returns the uses of a document of the kind Dashboard or EphemeralDashboard. It is as lenient as dashboard.Parse and returns its
// errors. The result shares no memory with the document.
//
// Of reads the PromQL of plugins whose kind begins with Prometheus (their query, expr and matchers), the datasource in the spec of any
// plugin, and variables in all texts in which the UI replaces them. It lists a name once for each place.
//
// If the budget ends early, Of returns an error, because callers would take missing uses for unused names.
func Of(budget *work.Budget, document json.RawMessage) (*Dashboard, error) {
	const ofByte = 4 // units, to parse it and to search it for variables
	budget.Spend(ofByte * len(document))
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("the uses of the dashboard were not read: %w", err)
	}
	parsed, err := dashboard.Parse(document)
	if err != nil {
		return nil, err
	}
	r := reader{budget: budget, parsed: parsed, d: &Dashboard{}, seen: map[Use]bool{}, texts: map[string]string{}, queries: map[string][]Use{}}
	r.read(document)
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("the uses of the dashboard were not all read: %w", err)
	}
	return r.d, nil
}

// Size returns the approximate size in memory, in bytes.
func (d *Dashboard) Size() int {
	const (
		ofString    = 16
		ofUse       = 32
		ofDashboard = 400
	)
	size := ofDashboard + len(d.Project) + len(d.Name) + len(d.Title) + len(d.Description) + len(d.Updated) + ofUse*cap(d.Uses)
	for _, list := range [][]string{d.Tags, d.Variables, d.Datasources, d.Annotations, d.Rows} {
		for _, text := range list {
			size += ofString + len(text)
		}
	}
	for _, p := range d.Panels {
		size += 2*ofString + len(p.Key) + len(p.Title)
	}
	seen := map[string]bool{}
	for _, u := range d.Uses {
		if !seen[u.Name] {
			seen[u.Name] = true
			size += len(u.Name)
		}
	}
	return size
}
