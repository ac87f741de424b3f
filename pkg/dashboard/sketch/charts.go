package sketch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// chart is a panel plugin, as a sketch names it and its options.
type chart struct{ dashboard.PanelKind }

// Charts returns the names of the charts, in the order in which one would look for them.
func Charts() []string {
	var names []string
	for _, k := range dashboard.PanelKinds() {
		names = append(names, k.Sketch)
	}
	return names
}

// defaultChart is the chart of a panel that names none.
const defaultChart = "timeseries"

// ofKind returns the chart of a panel plugin. One that is not in the table takes queries, and no other words.
func ofKind(kind string) chart {
	k, _ := dashboard.PanelKindOf(kind)
	return chart{k}
}

// chartCalled returns the chart that sketches call so, and whether there is one.
func chartCalled(name string) (chart, bool) {
	all := dashboard.PanelKinds()
	if i := slices.IndexFunc(all, func(k dashboard.PanelKind) bool { return k.Sketch == name }); i >= 0 {
		return chart{all[i]}, true
	}
	return chart{}, false
}

// ChartOf returns what the short form calls a panel plugin: by a name of its own, or else as it is.
func ChartOf(kind string) string { return ofKind(kind).called() }

// called is what the chart is called in an error.
func (c chart) called() string { return cmp.Or(c.Sketch, c.Name) }

// word is a word of the short form that some charts have a use for.
type word struct {
	name  string
	given func(p Panel) bool
	path  func(c chart) string // in the spec of the plugin; empty if the chart has no use for it
}

func simple(use bool, path string) string {
	if use {
		return path
	}
	return ""
}

// words are those that not every chart has a use for.
var words = []word{
	{"text", func(p Panel) bool { return p.Text != "" }, func(c chart) string { return c.Text }},
	{"unit", func(p Panel) bool { return p.Unit != "" }, chart.format},
	{"decimals", func(p Panel) bool { return p.Decimals != nil }, chart.format},
	{"calculation", func(p Panel) bool { return p.Calculation != "" }, func(c chart) string { return simple(c.SingleValue, "calculation") }},
	{"thresholds", func(p Panel) bool { return p.Thresholds != nil }, func(c chart) string { return simple(c.Thresholds, "thresholds") }},
	{"stack", func(p Panel) bool { return p.Stack }, func(c chart) string { return c.Stack }},
	{"min", func(p Panel) bool { return p.Min != nil }, func(c chart) string { return c.Min }},
	{"max", func(p Panel) bool { return p.Max != nil }, func(c chart) string { return c.Max }},
	{"queries", func(p Panel) bool {
		return p.Queries != nil || p.Query+p.Legend+p.MinStep+p.Datasource != ""
	}, func(c chart) string { return c.Query }},
}

// format is where the chart has the format of its values; of a table, that is the format of a column.
func (c chart) format() string {
	switch {
	case c.Sketch == "":
		return ""
	case c.ValueColumn != "":
		return columns
	}
	return c.Format
}

// columns is where a table has what it says of its columns.
const columns = dashboard.ColumnSettings

// setFormat puts a part of the format of values into the spec of the plugin.
func (c chart) setFormat(spec object, key string, value any) {
	if c.ValueColumn == "" {
		set(spec, c.format()+"."+key, value)
		return
	}
	column := fields(c.columnOf(spec))
	if column == nil {
		column = object{"name": c.ValueColumn}
		spec[columns] = []any{column}
	}
	set(column, "format."+key, value)
}

// formatOf returns the format of values in the spec of the plugin; nil if there is none.
func (c chart) formatOf(spec object) object {
	if c.ValueColumn == "" {
		return fields(get(spec, c.format()))
	}
	return fields(c.columnOf(spec), "format")
}

// columnOf returns what a table says of its column of values, if that is all that it says of columns.
func (c chart) columnOf(spec object) any {
	if all := list(spec, columns); len(all) == 1 && text(all[0], "name") == c.ValueColumn {
		return all[0]
	}
	return nil
}

// checkWords refuses a word that the chart has no use for, and says which it has.
func (p Panel) checkWords(c chart) error {
	var uses []string
	for _, w := range words {
		if w.path(c) != "" {
			uses = append(uses, w.name)
		}
	}
	for _, w := range words {
		if w.given(p) && w.path(c) == "" {
			name := c.Sketch
			if name == "" {
				return fmt.Errorf("%s: the short form does not know what %s does with it; write it in options, as the spec of that plugin has it", w.name, c.Name)
			}
			return fmt.Errorf("%s: chart %s has no use for it; it takes %s, and the spec of its plugin in options", w.name, name, strings.Join(uses, ", "))
		}
	}
	if p.Queries != nil && p.Query+p.Legend+p.MinStep != "" {
		return errors.New("query, legend and min_step on a panel are those of its only query: with queries, write them there")
	}
	return nil
}
