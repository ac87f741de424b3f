// Package summary describes a dashboard in a few kilobytes, for models that pay for every token.
package summary

import (
	"encoding/json"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// Summary describes a dashboard. Panels, variables and the like take one line each.
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
	Annotations int      `json:"annotations,omitempty"` // their number
	PanelCount  int      `json:"panel_count"`
	RowCount    int      `json:"row_count,omitempty"` // set if Rows is incomplete
	Rows        []Row    `json:"rows,omitempty"`
	NotShown    []string `json:"not_shown,omitempty"` // panels in no layout
	// Hint says what was shortened or omitted, and how to get it.
	Hint string `json:"hint,omitempty"`
}

// Row is a row of the page with its panels in reading order.
type Row struct {
	Title     string   `json:"row"`
	Index     *int     `json:"index,omitempty"` // from 0, if other rows have the same title or there is none
	Collapsed bool     `json:"collapsed,omitempty"`
	Repeat    string   `json:"repeat,omitempty"` // the variable for whose values the row is repeated
	Panels    []string `json:"panels,omitempty"`
}

// Of summarizes a document of the kind Dashboard or EphemeralDashboard in at most limit bytes of JSON. To fit, it shortens and
// then omits queries and other texts, then titles, then panels. Shortened texts end with …, omitted lines are counted. The
// minimum is about 700 bytes.
//
// A panel is key (title) chart [unit], the variable that repeats it, and its queries with their datasources: cpu (CPU) stat
// [bytes]: up @prom. Of PromQL that must be shortened a lot, the metrics remain: … a_total, up. The error is that of
// dashboard.Parse, or says that the budget has ended.
func Of(budget *work.Budget, document json.RawMessage, limit int) (Summary, error) {
	const perByte = 4 // units
	if !budget.Spend(perByte * len(document)) {
		return Summary{}, budgetError(budget)
	}
	d, spec, err := dashboard.Read(document)
	if err != nil {
		return Summary{}, err
	}
	r := summarizer{budget: budget, Dashboard: d, panels: map[string]line{}, metrics: map[string]string{}}
	r.read(gjson.GetBytes(document, "metadata"), spec)
	o := r.fit(limit)
	if budget.Err() != nil {
		return Summary{}, budgetError(budget)
	}
	return o, nil
}

// budgetError is the error for a budget that has ended.
func budgetError(budget *work.Budget) error {
	return fmt.Errorf("the dashboard was not summarized: %w", budget.Err())
}

// line is a line of the summary.
type line struct {
	key    string
	title  string // shown in parentheses
	kind   string // the panel or variable kind
	unit   string
	texts  []phrase // queries or other texts
	suffix string   // shown after the texts
}

// phrase is a query or another text.
type phrase struct {
	prefix, text, suffix string // the prefix is the plugin, the suffix the datasource
	promQL               bool
}

// summarizer is the state of summarizing a dashboard.
type summarizer struct {
	dashboard.Dashboard
	budget *work.Budget

	head                          Summary // without the lists
	rows                          []row
	notShown                      []place
	variables, datasources, links []line

	example string            // a path for the hint
	panels  map[string]line   // a cache; few panels of a large dashboard are shown
	metrics map[string]string // a cache of the metrics of queries
}

type row struct {
	Row
	places []place
}

// place is a panel in a row, and the variable that repeats it.
type place struct{ panel, repeat string }
