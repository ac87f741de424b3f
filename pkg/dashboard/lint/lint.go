// Package lint finds mistakes and possible improvements in dashboards. It goes beyond Perses' own validation, and explains
// some of its faults better. Its functions are pure: the caller passes in what is known about Perses and its data.
package lint

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// Severity is how serious a finding is.
type Severity string

// An error is something that Perses refuses to save, or that shows nothing or something wrong. A warning is probably a mistake.
// Info is a possible improvement.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is a mistake in a dashboard or a possible improvement.
type Finding struct {
	Severity Severity        `json:"severity"`
	Where    string          `json:"where"` // "panel cpu, queries[0]", "variable job", "layouts[1], items[2]", with indexes from 0; Sorted may join several places
	What     string          `json:"what"`
	Edit     json.RawMessage `json:"edit,omitempty"` // an edit for perses_edit_dashboard that fixes it

	Panel string `json:"-"` // the key of the panel, if the finding is about one
	// BreaksPanel is set if the finding explains why its panel shows nothing or something wrong.
	BreaksPanel bool `json:"-"`
	// covers are texts that identify Perses' faults about the same mistake: the finding covers a fault that contains one of them.
	covers []string
	// query and splices change the query to fix it. Sorted makes the edit, together with the other findings about the query.
	query         *Query
	splices       []splice
	metric        string // the metric that it is about; the finding is dropped if that metric does not exist
	missingMetric string // the metric that it says does not exist
}

// Env is what is known about Perses and the dashboard's project.
type Env struct {
	// Plugins are the names of the plugins of each kind: Panel, TimeSeriesQuery, Variable, Datasource, …; nil if unknown.
	Plugins map[string][]string
	// Variables are the names of the project's and the global variables; nil if unknown.
	Variables []string
	// Datasources are the project's and the global datasources, in this order; nil if unknown.
	Datasources []Datasource
}

// Datasource is a datasource that queries can name.
type Datasource struct {
	Name, Kind string
	Default    bool
	// ScrapeInterval is the interval in the datasource's spec, 0 if there is none.
	ScrapeInterval time.Duration
}

// Report is the result of checking a dashboard.
type Report struct {
	Findings     []Finding
	Dashboard    dashboard.Dashboard // as far as it can be parsed
	Queries      []*Query            // the PromQL queries of its panels
	lists        []labelList         // its variables that list the values of a label
	order        map[string]int      // the position of each panel on the page
	brokenPanels map[string]bool     // panels with a finding that BreaksPanel
	errorPlaces  map[string]bool     // the places of errors
	unchecked    []string
	full         bool // findings were dropped
}

// Check checks a document. It returns an error if the document is not a dashboard at all.
//
// When the budget ends, the report has the findings so far, and Unchecked says what was not checked.
func Check(budget *work.Budget, document json.RawMessage, env Env) (*Report, error) {
	if !budget.Spend(len(document)) {
		return nil, fmt.Errorf("the dashboard was not checked: %w", budget.Err())
	}
	d, spec, err := dashboard.Read(document)
	if err != nil {
		return nil, err
	}
	c := &check{Env: env, shared: newShared(budget), spec: spec, board: d, units: unit.Names(), calculations: calculations()}
	if c.spec["panels"].IsArray() { // so the panels have no keys
		d.Panels = map[string]dashboard.Panel{}
		c.board = d
	}
	c.prepare()
	c.document()
	c.parts()
	r := &Report{Dashboard: d, Queries: c.promQL, lists: c.lists, order: map[string]int{}, brokenPanels: map[string]bool{}, errorPlaces: map[string]bool{}, unchecked: c.unchecked()}
	r.Add(c.found...)
	if c.shared.found.Load() > maxFindings {
		r.markFull()
	}
	for i, key := range d.Keys() {
		r.order[key] = i
	}
	return r, nil
}

// parts checks layouts and variables concurrently with panels and queries, which take about as long. The findings are in no
// particular order.
func (c *check) parts() {
	other := *c
	other.found = nil
	parallel.Do(
		func() {
			other.layouts()
			other.variables()
		},
		func() {
			c.panels()
			c.queries()
		})
	c.found, c.lists = slices.Concat(c.found, other.found), other.lists
}

// inParallel calls do for each i below n, on all processors, in order of i on each. Every processor has its own check to add
// findings and queries to; they are concatenated in order of i. It spends cost(i) before each call, and returns the number of
// calls for which the budget was not enough.
func (c *check) inParallel(n int, cost func(i int) int, do func(c *check, i int)) int {
	var left atomic.Int64
	shares := make([]check, runtime.GOMAXPROCS(0))
	parallel.Each(len(shares), func(w int) {
		own := *c
		own.found, own.promQL = nil, nil
		for i := n * w / len(shares); i < n*(w+1)/len(shares); i++ {
			if !own.spend(cost(i)) {
				left.Add(int64(n*(w+1)/len(shares) - i))
				break
			}
			do(&own, i)
		}
		shares[w] = own
	})
	for _, own := range shares {
		c.found, c.promQL = append(c.found, own.found...), append(c.promQL, own.promQL...)
	}
	return int(left.Load())
}

// check is the state of checking a document. inParallel copies it; the copies have the shared state in common.
type check struct {
	Env
	*shared
	spec           map[string]gjson.Result // its members, by name: gjson would scan a megabyte for each of them
	board          dashboard.Dashboard
	ownDatasources []Datasource // of the dashboard
	available      datasources
	names          variableNames
	found          []Finding
	promQL         []*Query
	lists          []labelList
	nonPanels      map[string]bool // cached by isNotPanel
	// The units and calculations that Perses knows.
	units, calculations []string
}

// calculations returns the names of the calculations that Perses knows.
func calculations() (names []string) {
	for _, calculation := range series.Calculations() {
		names = append(names, string(calculation))
	}
	return names
}

// prepare builds the lookup tables that the checks use.
func (c *check) prepare() {
	c.spec["datasources"].ForEach(func(name, spec gjson.Result) bool {
		c.ownDatasources = append(c.ownDatasources, datasourceOf(name.String(), spec))
		return c.spend(20)
	})
	c.available = newDatasources(c.ownDatasources, c.Datasources)
	c.names = c.newVariableNames()
}

// unchecked returns sentences about what was not checked.
func (c *check) unchecked() []string {
	said := c.skipped.sentences(c.budget.Err())
	if err := c.budget.Err(); err != nil && len(said) == 0 {
		said = append(said, fmt.Sprintf("not everything was checked: %v", err))
	}
	return said
}

// DatasourceOf parses the spec of a datasource.
func DatasourceOf(name string, spec json.RawMessage) Datasource {
	return datasourceOf(name, gjson.ParseBytes(spec))
}

func datasourceOf(name string, spec gjson.Result) Datasource {
	interval, _ := dashboard.ParseDuration(spec.Get("plugin.spec.scrapeInterval").String())
	return Datasource{Name: name, Kind: spec.Get("plugin.kind").String(), Default: spec.Get("default").Bool(), ScrapeInterval: interval}
}
