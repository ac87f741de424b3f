// Package summary says in a few kilobytes what a dashboard holds, for a reader that pays for each of them.
package summary

import (
	"encoding/json"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// Summary is a dashboard in short. Panels, variables and the like are one line each.
type Summary struct {
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Duration    string   `json:"duration,omitempty"`
	Refresh     string   `json:"refresh,omitempty"`
	Timezone    string   `json:"timezone,omitempty"`
	Links       []string `json:"links,omitempty"`
	Datasources []string `json:"datasources,omitempty"`
	Variables   []string `json:"variables,omitempty"`
	Annotations int      `json:"annotations,omitempty"` // how many
	PanelCount  int      `json:"panel_count"`
	RowCount    int      `json:"row_count,omitempty"` // where Rows does not have all of them
	Rows        []Row    `json:"rows,omitempty"`
	Nowhere     []string `json:"not_shown,omitempty"` // the panels that no layout shows
	// Hint says what was shortened or left out, and how to read it.
	Hint string `json:"hint,omitempty"`
}

// Row is a row of the page, with its panels in the order in which one reads them.
type Row struct {
	Title     string   `json:"row"`
	Index     *int     `json:"index,omitempty"` // from 0, where the title does not tell it from the others
	Collapsed bool     `json:"collapsed,omitempty"`
	Repeat    string   `json:"repeat,omitempty"` // the variable for each value of which it stands once
	Panels    []string `json:"panels,omitempty"`
}

// Of returns the outline of a document of the kind Dashboard or EphemeralDashboard that has at most so many bytes as JSON: as
// much as fits of its queries and texts, then of its titles, then of its panels. What is shortened ends with …, and what is
// left out is counted. The least that it can say takes about 700 bytes.
//
// A panel is key (title) chart [unit], what repeats it, and its queries with their datasources: cpu (CPU) stat [bytes]: up
// @prom. Title, unit and datasource are left out where there is none. Of PromQL that is shortened much, what it selects is
// left: … a_total, up. The error is that of dashboard.Parse, or that the budget has ended.
func Of(budget *work.Budget, document json.RawMessage, most int) (Summary, error) {
	const ofByte = 4 // units
	if !budget.Spend(ofByte * len(document)) {
		return Summary{}, unread(budget)
	}
	d, spec, err := dashboard.Read(document)
	if err != nil {
		return Summary{}, err
	}
	r := reader{budget: budget, Dashboard: d, panels: map[string]line{}, metrics: map[string]string{}}
	r.read(gjson.GetBytes(document, "metadata"), spec)
	o := r.fit(most)
	if budget.Err() != nil {
		return Summary{}, unread(budget)
	}
	return o, nil
}

// unread says that the budget has ended.
func unread(budget *work.Budget) error {
	return fmt.Errorf("the dashboard was not summarized: %w", budget.Err())
}

// line is what there is to say in one line.
type line struct {
	key    string
	title  string // in round brackets
	about  string // the chart, the sort
	unit   string
	texts  []words // queries and their like
	behind string  // after these
}

// words are a query or another text.
type words struct {
	before, text, behind string // what is asked with which plugin; of which datasource
	promQL               bool
}

// reader reads one dashboard.
type reader struct {
	dashboard.Dashboard
	budget *work.Budget

	head                          Summary // but for its lines
	rows                          []row
	nowhere                       []place
	variables, datasources, links []line

	example string            // the path of a panel
	panels  map[string]line   // those that have been needed: of a large dashboard few have room
	metrics map[string]string // what queries select
}

type row struct {
	Row
	places []place
}

// place is where a panel is shown, and for each value of which variable.
type place struct{ panel, repeat string }
