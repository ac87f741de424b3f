package panel

import (
	"fmt"
	"math"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// job is a panel to run.
type job struct {
	result  *Panel
	width   int    // in pixels
	skipped string // why it is not run; empty if it is
}

const (
	// maxPanels is the maximum number of panels of one run, which is also the maximum of dashboard.Expand.
	maxPanels = 500
	// maxQueries is the maximum number of queries of one run.
	maxQueries = 1000
)

// layOut sets the rows and panels of the result, and returns the panels to run.
func (r *run) layOut(result *Result) ([]job, error) {
	var jobs []job
	queries := 0
	add := func(key string, with dashboard.Values, columns int) *Panel {
		p := &Panel{Panel: r.dashboard.Panels[key], With: with}
		p.Location, p.Now = r.dashboard.Location, r.End
		result.Panels = append(result.Panels, p)
		j := job{result: p, width: widthOf(columns, r.Width)}
		if n := len(p.Panel.Queries); queries+n > maxQueries {
			j.skipped = fmt.Sprintf("It was not run: its %d queries would exceed the maximum of %d queries in one call.", n, maxQueries)
		} else {
			queries += n
		}
		jobs = append(jobs, j)
		return p
	}
	if r.Panel != "" {
		if _, ok := r.dashboard.Panels[r.Panel]; !ok {
			return nil, fmt.Errorf("dashboard %q has no panel with the key %q", r.dashboard.Name, r.Panel)
		}
		add(r.Panel, nil, dashboard.Columns)
		return jobs, nil
	}
	values, _ := r.variables.valuesOf(r.layoutReferences())
	rows, notes := r.dashboard.Expand(r.client.Work, values)
	result.Notes = notes
	placed := map[string]bool{}
	var hidden []string
	for _, row := range rows {
		laid := Row{Title: row.Title, Collapsed: row.Collapsed}
		if r.Shown && row.Collapsed {
			result.Rows = append(result.Rows, laid)
			hidden = append(hidden, row.Title)
			continue
		}
		for _, it := range row.Items {
			item := Item{Place: it.Place}
			if it.Panel != "" {
				placed[it.Panel] = true
				item.Panel = add(it.Panel, it.Values, it.Width)
			}
			laid.Items = append(laid.Items, item)
		}
		result.Rows = append(result.Rows, laid)
	}
	if hidden != nil {
		result.Notes = append(result.Notes, "collapsed rows are omitted: "+dashboard.JoinSome(hidden, maxNamed, ", "))
	}
	omitted := 0
	for _, key := range r.dashboard.Keys() {
		if placed[key] || r.Shown {
			continue
		}
		if omitted++; len(jobs) < maxPanels {
			omitted--
			p := add(key, nil, dashboard.Columns)
			p.Notes = append(p.Notes, "It is in no layout, so the page does not show it.")
		}
	}
	if omitted > 0 {
		result.Notes = append(result.Notes, fmt.Sprintf("%d panels that are in no layout are omitted: run each alone", omitted))
	}
	return jobs, nil
}

// widthOf returns the width of an item on a page, in pixels (dashboards/src/components/GridLayout).
func widthOf(columns, page int) int {
	column := float64(page-dashboard.Gap*(dashboard.Columns-1)) / dashboard.Columns
	return max(1, int(math.Round(column*float64(columns)))+dashboard.Gap*(columns-1))
}

// layoutReferences returns the names of the variables in the layout.
func (r *run) layoutReferences() []string {
	var names []string
	for _, row := range r.dashboard.Rows {
		names = append(names, row.Repeat)
		names = append(names, dashboard.References(row.Title)...)
		for _, it := range row.Items {
			names = append(names, it.Repeat)
		}
	}
	return names
}

// allReferences returns the names of the variables in the panels to run and in their layout.
func (r *run) allReferences() []string {
	var names []string
	if r.Panel == "" {
		names = r.layoutReferences()
	}
	for key, references := range r.references {
		if r.Panel == "" || r.Panel == key {
			names = append(names, references...)
		}
	}
	return names
}

// references returns the names of the variables in a panel.
func references(p dashboard.Panel) []string {
	names := slices.Concat(dashboard.References(p.Title), dashboard.References(p.Description))
	if kind, _ := dashboard.PanelKindOf(p.Kind); kind.Text != "" {
		names = append(names, dashboard.References(p.Choice(kind.Text, ""))...)
	}
	for _, q := range p.Queries {
		names = append(names, dashboard.References(string(q.Spec))...)
	}
	return names
}
