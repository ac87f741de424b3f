// Package panel runs the panels of dashboards: it chooses the values of their variables, asks their queries and gives
// them the series, as Perses' UI does.
package panel

import (
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
)

// Options say what to run of a dashboard.
type Options struct {
	Start, End time.Time
	Panel      string // the key of the only panel to run; empty for all of them
	Shown      bool   // of all of them only those that the page shows: not those of collapsed rows, nor those in no layout
	// Variables are the values to give to variables, by name; the others have their defaults. AllValue stands for all.
	Variables map[string][]string
	// Width is how wide the page is, in pixels, on which the distance of the points of a range depends; DefaultWidth if 0.
	Width int
	// Progress is called after each panel, from several goroutines; it may be nil.
	Progress func(done, total int, title string)
}

// DefaultWidth is that of the page on a usual screen.
const DefaultWidth = 1440

// Result is what a run of panels came to.
type Result struct {
	Start, End time.Time
	Variables  []Variable // those that the panels use, in the order of their definitions
	Panels     []*Panel   // in the order in which one reads the page; those that stand nowhere on it come last
	Rows       []Row      // the page; empty if only one panel was to run
	Notes      []string   // what is not as one would expect
}

// Row is a row of the page.
type Row struct {
	Title     string
	Collapsed bool // so that nobody sees its panels
	Items     []Item
}

// Item is a panel and its place in the row.
type Item struct {
	Panel *Panel // of Result.Panels; nil where a reference leads nowhere
	dashboard.Place
}

// Variable is a variable as the panels used it.
type Variable struct {
	Name string
	dashboard.Chosen
	Err error // why it has no value; nil if it has one
}

// Problem returns the text of Err, or "".
func (v Variable) Problem() string {
	if v.Err == nil {
		return ""
	}
	return v.Err.Error()
}

// Status says what a panel has come to.
type Status string

// A panel has data, nothing to show, or nothing but failures.
const (
	Data   Status = "data"
	Empty  Status = "empty"
	Failed Status = "failed"
)

// Panel is a panel as it was run, variables in its title and its description replaced.
type Panel struct {
	dashboard.Panel
	With    dashboard.Values // the variables that have one value each in it, if it or its row is repeated
	Status  Status
	Why     string      // it failed, failed in part, or is empty; in a sentence
	Err     error       // the error of its first query that failed; nil if none did
	Cause   query.Cause // why it is empty, as far as its datasource tells
	Lacks   []string    // the variables that its queries name and that have no value, if it has no data
	Notes   []string    // what else is to be known of it
	Queries []Query     // in the order of the panel's
	Text    string      // of a Markdown panel, its variables replaced
}

// Query is a query of a panel as it was asked.
type Query struct {
	Plugin     string      // PrometheusTimeSeriesQuery, …
	Datasource string      // its name
	Text       string      // what was asked; empty if it came to nothing before
	Instant    bool        // asked for the values at the end of the range, not for all of it
	Range      query.Range // that was asked for, with the step between the points
	query.Answer
	Err    error // why it failed; nil if it did not
	source *query.Source
}

// Problem returns Err as a sentence, or "".
func (q Query) Problem() string {
	if q.Err == nil {
		return ""
	}
	return sentence(q.Err.Error())
}

// empty tells whether the query has given nothing to show.
func (q Query) empty() bool { return len(q.Series)+len(q.Entries) == 0 }

// judge sets the status of a panel, and why it is so, from what its queries came to. Data of one query is shown whatever
// the others came to, as in the UI (dashboards/src/components/Panel/PanelContent.tsx).
func (p *Panel) judge() {
	failed, empty := 0, 0
	for _, q := range p.Queries {
		switch {
		case q.Err != nil:
			failed++
			if p.Err == nil {
				p.Why, p.Err = q.Problem(), q.Err
			}
		case q.empty():
			empty++
		}
	}
	switch total := len(p.Queries); {
	case total == 0:
		p.Status, p.Why = Empty, "It has no queries."
	case failed+empty < total:
		p.Status = Data
		if failed > 0 {
			p.Why = ofSeveral(failed, total) + p.Why
		}
	case failed > 0:
		p.Status = Failed
		if failed < total {
			p.Why = ofSeveral(failed, total) + p.Why
		}
	default:
		p.Status, p.Why = Empty, "No data in this time range."
	}
}
