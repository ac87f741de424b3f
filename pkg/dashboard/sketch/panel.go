package sketch

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/perses/mcp-server/pkg/work"
)

// Expand writes a panel in full. Its queries that name no datasource have the one that is given, if there is one.
func (p Panel) Expand(budget *work.Budget, datasource string, env Env) (json.RawMessage, error) {
	full, err := p.expand(budget, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

// Size returns the width and the height of the panel, in units of the grid: as given, or as is usual for its chart.
func (p Panel) Size() (width, height int) {
	c, _ := Env{}.chartOf(p.chart())
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

// What the expansion costs: of a panel, a query or a variable, for which some objects are made, and of a byte of its options,
// which are read and merged.
const (
	ofPart   = 300
	ofOption = 2
)

func (p Panel) expand(budget *work.Budget, datasource string, env Env) (object, error) {
	if !budget.Spend(ofPart + ofOption*len(p.Options) + ofPart/3*(len(p.Thresholds)+len(p.Links))) {
		return nil, unfinished(budget)
	}
	c, err := env.chartOf(p.chart())
	if err != nil {
		return nil, err
	}
	if err := p.checkWords(c); err != nil {
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
	if display := displayOf(p.Title, p.Description); display != nil {
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
		if spec["links"], err = linksOf(p.Links); err != nil {
			return nil, err
		}
	}
	return object{"kind": "Panel", "spec": spec}, nil
}

// spec writes the spec of the panel's plugin, without its options.
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
		p.Max = orPercent(p.Max, c, unit)
	}
	if p.Decimals != nil {
		if *p.Decimals < 0 {
			return nil, fmt.Errorf("decimals: want 0 or more, got %d", *p.Decimals)
		}
		c.setFormat(spec, "decimalPlaces", whole(*p.Decimals))
		if p.Unit == "" { // Perses takes no format without a unit
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
		set(spec, c.Stack, "all")
		set(spec, "visual.areaOpacity", number(stackOpacity))
	}
	if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
		return nil, fmt.Errorf("min %v is above max %v", *p.Min, *p.Max)
	}
	if p.Min != nil {
		set(spec, c.Min, number(*p.Min))
	}
	if p.Max != nil {
		set(spec, c.Max, number(*p.Max))
	}
	// Several series need names beside the chart, and whoever compares them wants their figures.
	if c.Name == "TimeSeriesChart" && (p.Legend != "" || len(p.Queries) > 1 || len(p.Queries) == 1 && p.Queries[0].Legend != "") {
		spec["legend"] = object{"position": "bottom", "mode": "table", "values": []any{"last-number", "mean", "max"}}
	}
	return spec, nil
}

// stackOpacity is how much of what is stacked is filled: without, nobody sees that it is stacked.
const stackOpacity = 0.3

// orPercent is where a gauge of a share ends that does not say it.
func orPercent(most *float64, c chart, unit string) *float64 {
	if c.Name == "GaugeChart" && most == nil {
		switch unit {
		case "percent":
			return ptr(100.)
		case "percent-decimal":
			return ptr(1.)
		}
	}
	return most
}

func ptr[T any](v T) *T { return &v }

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

func displayOf(name, description string) object {
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

func linksOf(links []Link) ([]any, error) {
	all := make([]any, len(links))
	for i, l := range links {
		if l.URL == "" {
			return nil, fmt.Errorf("links[%d]: missing: url", i)
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
