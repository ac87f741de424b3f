package sketch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// chart is a panel kind, with methods that read and write its options.
type chart struct{ dashboard.PanelKind }

// Charts returns the chart names of sketches, in the order in which documentation should list them.
func Charts() []string {
	var names []string
	for _, k := range dashboard.PanelKinds() {
		names = append(names, k.Sketch)
	}
	return names
}

// defaultChart is the chart of a panel that has neither chart nor text.
const defaultChart = "timeseries"

// chartOfKind returns the chart for a panel kind. An unknown kind accepts queries and no other fields.
func chartOfKind(kind string) chart {
	k, _ := dashboard.PanelKindOf(kind)
	return chart{k}
}

// chartNamed returns the chart with this name in sketches, and whether it exists.
func chartNamed(name string) (chart, bool) {
	all := dashboard.PanelKinds()
	if i := slices.IndexFunc(all, func(k dashboard.PanelKind) bool { return k.Sketch == name }); i >= 0 {
		return chart{all[i]}, true
	}
	return chart{}, false
}

// ChartOf returns the name of a panel kind in sketches, which may be the kind itself.
func ChartOf(kind string) string { return chartOfKind(kind).displayName() }

// displayName returns the name of the chart for use in an error.
func (c chart) displayName() string { return cmp.Or(c.Sketch, c.Name) }

// chartField is a field of a panel that only some charts accept.
type chartField struct {
	name     string
	isSet    func(p Panel) bool
	accepted func(c chart) bool
}

// chartFields lists the fields that only some charts accept.
var chartFields = []chartField{
	{"text", func(p Panel) bool { return p.Text != "" }, func(c chart) bool { return c.Text != "" }},
	{"unit", func(p Panel) bool { return p.Unit != "" }, chart.hasFormat},
	{"decimals", func(p Panel) bool { return p.Decimals != nil }, chart.hasFormat},
	{"calculation", func(p Panel) bool { return p.Calculation != "" }, func(c chart) bool { return c.SingleValue }},
	{"thresholds", func(p Panel) bool { return p.Thresholds != nil }, func(c chart) bool { return c.Thresholds }},
	{"stack", func(p Panel) bool { return p.Stack }, func(c chart) bool { return c.Stack != "" }},
	{"min", func(p Panel) bool { return p.Min != nil }, func(c chart) bool { return c.Min != "" }},
	{"max", func(p Panel) bool { return p.Max != nil }, func(c chart) bool { return c.Max != "" }},
	{"queries", func(p Panel) bool {
		return p.Queries != nil || p.Query+p.Legend+p.MinStep+p.Datasource != ""
	}, func(c chart) bool { return c.Query != "" }},
}

// format returns the path of the format of values. In a table, it is the path of the column settings.
func (c chart) format() string {
	switch {
	case c.Sketch == "":
		return ""
	case c.ValueColumn != "":
		return columns
	}
	return c.Format
}

// columns is the key of a table's column settings.
const columns = dashboard.ColumnSettings

func (c chart) hasFormat() bool { return c.format() != "" }

// setFormat sets a key of the format of values in the spec of the plugin.
func (c chart) setFormat(spec object, key string, value any) {
	if c.ValueColumn == "" {
		setPath(spec, c.format()+"."+key, value)
		return
	}
	column := objectAt(c.columnOf(spec))
	if column == nil {
		column = object{"name": c.ValueColumn}
		spec[columns] = []any{column}
	}
	setPath(column, "format."+key, value)
}

// formatOf returns the format of values from the spec of the plugin, or nil.
func (c chart) formatOf(spec object) object {
	if c.ValueColumn == "" {
		return objectAt(valueAtPath(spec, c.format()))
	}
	return objectAt(c.columnOf(spec), "format")
}

// columnOf returns the settings of a table's value column if the table has no other column settings, and nil otherwise.
func (c chart) columnOf(spec object) any {
	if all := listAt(spec, columns); len(all) == 1 && stringAt(all[0], "name") == c.ValueColumn {
		return all[0]
	}
	return nil
}

// checkFields returns an error if the panel has a field that the chart does not accept. The error lists the accepted
// fields.
func (p Panel) checkFields(c chart) error {
	var accepted []string
	for _, f := range chartFields {
		if f.accepted(c) {
			accepted = append(accepted, f.name)
		}
	}
	for _, f := range chartFields {
		if f.isSet(p) && !f.accepted(c) {
			if c.Sketch == "" {
				return fmt.Errorf("%s: sketches do not support this field for %s: use options, which are merged into the spec of the plugin", f.name, c.Name)
			}
			return fmt.Errorf("%s: chart %s does not accept it; it accepts %s, and options for the spec of its plugin", f.name, c.Sketch, strings.Join(accepted, ", "))
		}
	}
	if p.Queries != nil && p.Query+p.Legend+p.MinStep != "" {
		return errors.New("query, legend and min_step of a panel cannot be combined with queries: move them into queries")
	}
	return nil
}
