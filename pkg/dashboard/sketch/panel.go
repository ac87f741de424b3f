package sketch

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/perses/mcp-server/pkg/work"
)

// Expand returns the document of a panel. Queries that name no datasource use the given one, unless it is empty.
func (p Panel) Expand(budget *work.Budget, datasource string, env Env) (json.RawMessage, error) {
	full, err := p.expand(budget, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

// Size returns the width and height of the panel in grid units. Missing values default to those of the chart.
func (p Panel) Size() (width, height int) {
	c, _ := Env{}.findChart(p.chart())
	width, height = p.Width, p.Height
	if width == 0 {
		width = c.Width
	}
	if height == 0 {
		height = c.Height
	}
	return width, height
}

// chart returns the name of the panel's chart.
func (p Panel) chart() string {
	switch {
	case p.Chart != "":
		return p.Chart
	case p.Text != "":
		return "markdown"
	}
	return defaultChart
}

// The price in units of expanding a panel, a query or a variable, and of merging a byte of its options.
const (
	partCost       = 300
	optionByteCost = 2
)

func (p Panel) expand(budget *work.Budget, datasource string, env Env) (object, error) {
	if !budget.Spend(partCost + optionByteCost*len(p.Options) + partCost/3*(len(p.Thresholds)+len(p.Links))) {
		return nil, notExpanded(budget)
	}
	c, err := env.findChart(p.chart())
	if err != nil {
		return nil, err
	}
	if err := p.checkFields(c); err != nil {
		return nil, err
	}
	plugin, err := p.spec(c)
	if err != nil {
		return nil, err
	}
	if plugin, err = mergeRaw(plugin, p.Options, "options"); err != nil {
		return nil, err
	}
	spec := object{"plugin": object{"kind": c.Name, "spec": plugin}}
	if display := newDisplay(p.Title, p.Description); display != nil {
		spec["display"] = display
	}
	queries, err := p.queries(budget, c, datasource, env)
	if err != nil {
		return nil, err
	}
	if queries != nil {
		spec["queries"] = queries
	}
	if p.Links != nil {
		if spec["links"], err = expandLinks(p.Links); err != nil {
			return nil, err
		}
	}
	return object{"kind": "Panel", "spec": spec}, nil
}

// spec returns the spec of the panel's plugin without options.
func (p Panel) spec(c chart) (object, error) {
	spec, err := mergeRaw(object{}, json.RawMessage(c.Defaults), "base")
	if err != nil {
		return nil, err
	}
	if c.Text != "" {
		spec[c.Text] = p.Text
	}
	if p.Unit != "" {
		unit, err := unitOf(p.Unit)
		if err != nil {
			return nil, err
		}
		c.setFormat(spec, "unit", unit)
		p.Max = defaultMax(p.Max, c, unit)
	}
	if p.Decimals != nil {
		if *p.Decimals < 0 {
			return nil, fmt.Errorf("decimals: want 0 or more, got %d", *p.Decimals)
		}
		c.setFormat(spec, "decimalPlaces", intNumber(*p.Decimals))
		if p.Unit == "" { // Perses requires a unit in every format
			c.setFormat(spec, "unit", c.UnitOrDecimal())
		}
	}
	if c.SingleValue {
		calculation, err := calculationOf(cmp.Or(p.Calculation, "last-number"))
		if err != nil {
			return nil, err
		}
		spec["calculation"] = calculation
	}
	if p.Thresholds != nil {
		spec["thresholds"] = p.Thresholds.expand()
	}
	if p.Stack {
		setPath(spec, c.Stack, "all")
		setPath(spec, "visual.areaOpacity", floatNumber(stackOpacity))
	}
	if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
		return nil, fmt.Errorf("min %v is above max %v", *p.Min, *p.Max)
	}
	if p.Min != nil {
		setPath(spec, c.Min, floatNumber(*p.Min))
	}
	if p.Max != nil {
		setPath(spec, c.Max, floatNumber(*p.Max))
	}
	// With several series, a legend with names and values is easier to read.
	if c.Name == "TimeSeriesChart" && (p.Legend != "" || len(p.Queries) > 1 || len(p.Queries) == 1 && p.Queries[0].Legend != "") {
		spec["legend"] = object{"position": "bottom", "mode": "table", "values": []any{"last-number", "mean", "max"}}
	}
	return spec, nil
}

// stackOpacity is the opacity of stacked areas. Without an area, a stacked chart looks like an ordinary one.
const stackOpacity = 0.3

// defaultMax returns the maximum of a chart: the given one, or 100 percent for a gauge of percentages.
func defaultMax(given *float64, c chart, unit string) *float64 {
	if c.Name == "GaugeChart" && given == nil {
		switch unit {
		case "percent":
			return pointerTo(100.)
		case "percent-decimal":
			return pointerTo(1.)
		}
	}
	return given
}

func pointerTo[T any](v T) *T { return &v }

func (p Panel) queries(budget *work.Budget, c chart, datasource string, env Env) ([]any, error) {
	if p.Queries == nil {
		if p.Query == "" && p.Legend+p.MinStep == "" {
			return nil, nil
		}
		full, err := Query{Query: p.Query, Legend: p.Legend, MinStep: p.MinStep, Datasource: p.Datasource}.expand(budget, c, datasource, env)
		if err != nil {
			return nil, err
		}
		return []any{full}, nil
	}
	queries := make([]any, len(p.Queries))
	for i, q := range p.Queries {
		if q.Datasource == "" {
			q.Datasource = p.Datasource
		}
		full, err := q.expand(budget, c, datasource, env)
		if err != nil {
			return nil, fmt.Errorf("queries[%d]: %w", i, err)
		}
		queries[i] = full
	}
	return queries, nil
}

func newDisplay(name, description string) object {
	if name == "" && description == "" {
		return nil
	}
	display := object{}
	if name != "" {
		display["name"] = name
	}
	if description != "" {
		display["description"] = description
	}
	return display
}

func expandLinks(links []Link) ([]any, error) {
	all := make([]any, len(links))
	for i, l := range links {
		if l.URL == "" {
			return nil, fmt.Errorf("links[%d]: missing url", i)
		}
		link := object{"url": l.URL}
		for key, value := range map[string]string{"name": l.Name, "tooltip": l.Tooltip} {
			if value != "" {
				link[key] = value
			}
		}
		for key, value := range map[string]bool{"renderVariables": l.RenderVariables, "targetBlank": l.TargetBlank} {
			if value {
				link[key] = true
			}
		}
		all[i] = link
	}
	return all, nil
}
