// Package panel runs the panels of dashboards as Perses' UI does: it chooses the values of their variables and runs their queries.
package panel

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
)

// Options select the panels to run, and how.
type Options struct {
	Start, End time.Time
	Panel      string // the key of the only panel to run; empty for all panels
	Shown      bool   // skips panels that the page does not show: those in collapsed rows and those in no layout
	// Variables are the values of variables by name; the others have their defaults. AllValue selects all values.
	Variables map[string][]string
	// Width is the width of the page in pixels, on which the steps of range queries depend. 0 means DefaultWidth.
	Width int
	// Progress, if not nil, is called after each panel, from several goroutines.
	Progress func(done, total int, title string)
}

// DefaultWidth is the width of the page on a common screen, in pixels.
const DefaultWidth = 1440

// Result is the result of a run.
type Result struct {
	Start, End time.Time
	Variables  []Variable // that the panels use, in the order of their definitions
	Panels     []*Panel   // in reading order; panels in no layout come last
	Rows       []Row      // the page; empty if only one panel was to run
	Notes      []string   // additional information
}

// Row is a row of the page.
type Row struct {
	Title     string
	Collapsed bool
	Items     []Item
}

// Item is a panel and its place in the row.
type Item struct {
	Panel *Panel // one of Result.Panels; nil if the reference points to no panel
	dashboard.Place
}

// Variable is a variable with the value that the panels used.
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

// Status is the outcome of a panel.
type Status string

// A panel has data, has nothing to show, or has queries that failed and no data.
const (
	Data   Status = "data"
	Empty  Status = "empty"
	Failed Status = "failed"
)

// Panel is the result of running a panel. The variables in its title and description are replaced.
type Panel struct {
	dashboard.Panel
	With    dashboard.Values // the variables for which it or its row is repeated, with the values of this copy
	Status  Status
	Why     string      // a sentence that says why it is empty, or why queries failed
	Err     error       // the error of the first query that failed
	Cause   query.Cause // why it is empty, if the datasource shows it
	Lacks   []string    // if it has no data: the variables in its queries that have no value
	Notes   []string    // additional information
	Queries []Query     // in the order of the panel's queries
	Text    string      // the text of a Markdown panel with its variables replaced
}

// Query is the result of a query of a panel.
type Query struct {
	Plugin     string      // PrometheusTimeSeriesQuery, …
	Datasource string      // the name of the datasource
	Text       string      // the query with its variables replaced; empty if it was not run
	Instant    bool        // whether it was an instant query at the end of the time range
	Range      query.Range // the time range and the step
	query.Answer
	Err    error // nil if it did not fail
	source *query.Source
}

// Problem returns Err as a sentence, or "".
func (q Query) Problem() string {
	if q.Err == nil {
		return ""
	}
	return sentence(q.Err.Error())
}

// empty reports whether the query returned no data.
func (q Query) empty() bool { return len(q.Series)+len(q.Entries) == 0 }

// setStatus sets Status, Why and Err from the results of the queries. A panel with data of one query has data even if others failed,
// as in the UI (dashboards/src/components/Panel/PanelContent.tsx).
func (p *Panel) setStatus() {
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
			p.Why = fmt.Sprintf("%d of %d queries failed: ", failed, total) + p.Why
		}
	case failed > 0:
		p.Status = Failed
		if failed < total {
			p.Why = fmt.Sprintf("%d of %d queries failed: ", failed, total) + p.Why
		}
	default:
		p.Status, p.Why = Empty, "No data in this time range."
	}
}

// sentence makes the text of an error a sentence.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size > 0 {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
