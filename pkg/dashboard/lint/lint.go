// Package lint finds what is wrong with a dashboard, or could be better, beyond what Perses' own validation says, and what
// of that says more badly. Its functions are pure: what they need to know of a Perses and of its data is given to them.
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

// Severity says how bad something is.
type Severity string

// An error is what Perses does not save, or what shows nothing or something wrong; a warning is probably wrong; the rest
// could be better.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is one thing that is wrong.
type Finding struct {
	Severity Severity        `json:"severity"`
	Where    string          `json:"where"` // "panel cpu, queries[0]", "variable job", "layouts[1], items[2]", counted from 0 as edits count; several, if Sorted has put them together
	What     string          `json:"what"`
	Edit     json.RawMessage `json:"edit,omitempty"` // what mends it: an element for perses_edit_dashboard, which counts from 0

	Panel string `json:"-"` // the key of the panel that it is about, if it is about one
	// BreaksPanel says that it is a reason why its panel shows nothing, or not what it should.
	BreaksPanel bool `json:"-"`
	// covers are texts of which one stands in what Perses says of the same thing.
	covers []string
	// query and splices are how the query is mended, with the other findings about it: Sorted makes one edit of them.
	query   *Query
	splices []splice
	metric  string // that it is about, if it is about one: of no use once that does not exist
	absent  string // the metric of which it says that there is none
}

// Env is what is known of the Perses, and of the project in which the dashboard is.
type Env struct {
	// Plugins are the names of its plugins by what they are: Panel, TimeSeriesQuery, Variable, Datasource, …; nil if not known.
	Plugins map[string][]string
	// Variables are those of the project and of all projects that the dashboard can use; nil if not known.
	Variables []string
	// Datasources are those that the dashboard can use beside its own, the nearest first; nil if not known.
	Datasources []Datasource
}

// Datasource is a datasource that queries can name.
type Datasource struct {
	Name, Kind string
	Default    bool
	// ScrapeInterval is how often it says that its samples come; 0 if it does not say.
	ScrapeInterval time.Duration
}

// Report is what is known of a dashboard once it has been checked.
type Report struct {
	Findings  []Finding
	Dashboard dashboard.Dashboard // as far as it can be read
	Queries   []*Query            // those in PromQL of its panels
	lists     []labelList         // its variables that list the values of a label
	order     map[string]int      // of the panels on the page
	blank     map[string]bool     // the panels of which a finding says why they show nothing
	broken    map[string]bool     // the places of errors
	unchecked []string
	full      bool // there was no room for a finding
}

// Check checks a document, whatever it is. An error means that it is no dashboard at all.
//
// When the budget ends, the report has what was found until then, and says what was not checked.
func Check(budget *work.Budget, document json.RawMessage, env Env) (*Report, error) {
	if !budget.Spend(len(document)) {
		return nil, fmt.Errorf("the dashboard was not checked: %w", budget.Err())
	}
	d, spec, err := dashboard.Read(document)
	if err != nil {
		return nil, err
	}
	c := &check{Env: env, shared: newShared(budget), part: spec, board: d, units: unit.Names(), calculations: calculations()}
	if c.part["panels"].IsArray() { // whose panels have no keys
		d.Panels = map[string]dashboard.Panel{}
		c.board = d
	}
	c.prepare()
	c.document()
	c.parts()
	r := &Report{Dashboard: d, Queries: c.promQL, lists: c.lists, order: map[string]int{}, blank: map[string]bool{}, broken: map[string]bool{}, unchecked: c.unchecked()}
	r.Add(c.found...)
	if c.shared.found.Load() > maxFindings {
		r.noRoom()
	}
	for i, key := range d.Keys() {
		r.order[key] = i
	}
	return r, nil
}

// parts checks what the dashboard consists of: layouts and variables while panels and their queries are checked, which takes
// about as long. What is found comes in no order.
func (c *check) parts() {
	beside := *c
	beside.found = nil
	parallel.Do(
		func() {
			beside.layouts()
			beside.variables()
		},
		func() {
			c.panels()
			c.queries()
		})
	c.found, c.lists = slices.Concat(c.found, beside.found), beside.lists
}

// share does something with each of n things, on all processors, each of which has its own check to add findings and queries
// to. They come in the order of the numbers. A thing costs so many units; left is for how many the budget is not enough.
func (c *check) share(n int, cost func(i int) int, do func(c *check, i int)) int {
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

// check is one check of a document.
type check struct {
	Env
	*shared
	part   map[string]gjson.Result // of the spec, by name: to look for one of them takes a walk through all of a megabyte
	board  dashboard.Dashboard
	own    []Datasource // of the dashboard
	asked  datasources
	names  variableNames
	found  []Finding
	promQL []*Query
	lists  []labelList
	null   map[string]bool // what isNull knows, once it has been asked
	// What Perses has.
	units, calculations []string
}

// calculations returns the names of Perses' calculations.
func calculations() (names []string) {
	for _, calculation := range series.Calculations() {
		names = append(names, string(calculation))
	}
	return names
}

// prepare reads what the parts of the check look things up in.
func (c *check) prepare() {
	c.part["datasources"].ForEach(func(name, spec gjson.Result) bool {
		c.own = append(c.own, datasourceOf(name.String(), spec))
		return c.spend(20)
	})
	c.asked = newDatasources(c.own, c.Datasources)
	c.names = c.newVariableNames()
}

// unchecked says what was not checked.
func (c *check) unchecked() []string {
	said := c.left.say(c.budget.Err())
	if err := c.budget.Err(); err != nil && len(said) == 0 {
		said = append(said, fmt.Sprintf("not everything was checked: %v", err))
	}
	return said
}

// DatasourceOf reads a datasource by its name and its spec.
func DatasourceOf(name string, spec json.RawMessage) Datasource {
	return datasourceOf(name, gjson.ParseBytes(spec))
}

func datasourceOf(name string, spec gjson.Result) Datasource {
	interval, _ := dashboard.ParseDuration(spec.Get("plugin.spec.scrapeInterval").String())
	return Datasource{Name: name, Kind: spec.Get("plugin.kind").String(), Default: spec.Get("default").Bool(), ScrapeInterval: interval}
}
