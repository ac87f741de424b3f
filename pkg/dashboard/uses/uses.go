// Package uses says what a dashboard is made of and what it uses, each with the places where: metrics, datasources,
// variables, plugins. It holds facts, not documents: little memory, and nothing of a query but the names in it.
package uses

import (
	"encoding/json"
	"fmt"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// Dashboard is what a dashboard says of itself and what it uses.
type Dashboard struct {
	Project, Name      string
	Title, Description string // empty if it has none
	Tags               []string
	Updated            string // as Perses writes it
	Panels             []Panel
	Variables          []string          // the names of those that it defines
	Datasources        []string          // the names of its own
	Defaults           map[string]string // of its own datasources the defaults, by kind
	Annotations        []string          // their names
	Rows               []string          // their titles, which may be empty
	Uses               []Use             // in the order of the page, the definitions before the panels
}

// Panel is a panel, in the order in which one reads them.
type Panel struct {
	Key   string
	Title string // empty if it has none
}

// Sort says in which way a name is used.
type Sort uint8

// The sorts of uses, and what is their Name.
const (
	Metric            Sort = iota // a metric that PromQL selects
	MetricPattern                 // the regular expression, matched against the whole of a metric's name, by which PromQL selects
	PerhapsMetric                 // a word in a query that should be PromQL and is not understood
	Datasource                    // a datasource that is named
	DefaultDatasource             // the kind of a datasource whose default is used, for none is named
	OwnDatasource                 // one that the dashboard defines
	Variable                      // one whose value is used
	OwnVariable                   // one that the dashboard defines
	Plugin                        // the kind of a plugin: of a panel, a query, a variable, a datasource
)

// Use is one name that a dashboard uses in one place.
type Use struct {
	Name  string
	Place Place
	Sort  Sort
}

// Part is a part of a dashboard.
type Part uint8

// The parts of a dashboard.
const (
	OfDashboard  Part = iota // its display
	OfPanel                  // Index is that in Panels; a Query of 0 is the panel itself
	OfVariable               // Index is that in Variables
	OfDatasource             // Index is that in Datasources
	OfAnnotation             // Index is that in Annotations
	OfRow                    // Index is that in Rows
	OfLink                   // Index is that in the links of the dashboard
)

// Place is where in a dashboard something stands.
type Place struct {
	Index int32
	Query uint16 // of a panel, from 1
	Part  Part
}

// Of reads what a document of the kind Dashboard or EphemeralDashboard uses, as leniently as dashboard.Parse, whose error
// says that the document is none. What it returns shares no memory with the document.
//
// It sees the PromQL of plugins whose kind begins with Prometheus (their query, expr and matchers), the datasource of any
// plugin's spec, and variables in every text that the UI replaces them in. Several uses of a name in one place are one.
//
// If the budget ends before all is read, there is an error, for what was not read would be taken for what is not used.
func Of(budget *work.Budget, document json.RawMessage) (*Dashboard, error) {
	const ofByte = 4 // units: it is parsed, and looked through for variables
	budget.Spend(ofByte * len(document))
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("what the dashboard uses was not read: %w", err)
	}
	parsed, err := dashboard.Parse(document)
	if err != nil {
		return nil, err
	}
	r := reader{budget: budget, parsed: parsed, d: &Dashboard{}, seen: map[Use]bool{}, known: map[string]string{}, queries: map[string][]Use{}}
	r.read(document)
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("what the dashboard uses was not read to its end: %w", err)
	}
	return r.d, nil
}

// Size returns about how many bytes of memory the facts take.
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
