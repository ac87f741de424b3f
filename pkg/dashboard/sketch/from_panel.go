package sketch

import (
	"encoding/json"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// PanelOf returns the sketch of a panel document, and JSON Pointers to what a sketch cannot express. Queries keep the
// datasources that they name.
func PanelOf(budget *work.Budget, panel json.RawMessage) (p Panel, inexpressible []string) {
	if !budget.Spend(treeByteCost * len(panel)) {
		return Panel{}, []string{""}
	}
	read, err := parseTree(panel)
	full, ok := read.(object)
	if err != nil || !ok {
		return Panel{}, []string{""}
	}
	p, expanded, err := readPanel(budget, full, "")
	if err != nil {
		return Panel{}, []string{""}
	}
	var d difference
	d.compareValues(expanded, full, "")
	return p, d.inexpressible
}

// readPanel returns the sketch of a panel in a dashboard with a datasource, and the expansion of the sketch.
func readPanel(budget *work.Budget, full object, datasource string) (p Panel, expanded object, err error) {
	spec := objectAt(full, "spec")
	c := chartOfKind(stringAt(spec, "plugin", "kind"))
	plugin := objectAt(spec, "plugin", "spec")
	p = Panel{Title: stringAt(spec, "display", "name"), Description: stringAt(spec, "display", "description"), Links: readLinks(spec["links"])}
	readQueries(budget, &p, c, listAt(spec, "queries"), datasource)
	p.readFields(c, plugin)
	if p.Chart = c.displayName(); p.Chart == defaultChart || p.Chart == "markdown" && p.Text != "" {
		p.Chart = ""
	}
	// Options hold what the other fields cannot express.
	if _, err = (Env{}).findChart(p.chart()); err != nil {
		return p, nil, err
	}
	bare, err := p.spec(c)
	if err != nil {
		return p, nil, err
	}
	d := difference{replaceLists: true}
	if patch := d.patch(bare, plugin, ""); patch != nil {
		p.Options = encode(patch)
	}
	expanded, err = p.expand(budget, datasource, Env{})
	return p, expanded, err
}

// readFields sets the fields of the panel that correspond to options of the plugin.
func (p *Panel) readFields(c chart, spec object) {
	if c.Text != "" {
		p.Text = stringAt(spec, c.Text)
	}
	if c.hasFormat() {
		format := c.formatOf(spec)
		if name, _ := format["unit"].(string); slices.Contains(unitNames, name) {
			p.Unit = name
		}
		if places, ok := intOf(format["decimalPlaces"]); ok && places >= 0 {
			p.Decimals = &places
		}
	}
	if c.SingleValue {
		if name := stringAt(spec, "calculation"); slices.Contains(calculationNames, name) && name != "last-number" {
			p.Calculation = name
		}
	}
	if c.Thresholds {
		p.Thresholds = readThresholds(valueAt(spec, "thresholds", "steps"))
	}
	p.Stack = c.Stack != "" && valueAtPath(spec, c.Stack) == "all"
	p.Min, p.Max = numberAt(spec, c.Min), numberAt(spec, c.Max)
	if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
		p.Min = nil
	}
	if maximum := defaultMax(nil, c, p.Unit); maximum != nil && p.Max != nil && *p.Max == *maximum {
		p.Max = nil // the default
	}
}

// numberAt returns the number at a path, or nil if there is none or a float64 cannot hold it exactly.
func numberAt(spec object, path string) *float64 {
	digits, _ := valueAtPath(spec, path).(json.Number)
	n, err := digits.Float64()
	if path == "" || err != nil || !equal(floatNumber(n), digits) {
		return nil
	}
	return &n
}

// readThresholds returns thresholds, or nil if any of them contains more than a Threshold can express.
func readThresholds(steps any) Thresholds {
	var t Thresholds
	for _, step := range listAt(steps) {
		value := numberAt(objectAt(step), "value")
		if value == nil {
			return nil
		}
		t = append(t, Threshold{Value: *value, Color: stringAt(step, "color"), Name: stringAt(step, "name")})
	}
	for i := range t {
		if t[i].Color == t.colorOf(i) {
			t[i].Color = ""
		}
	}
	if !equal(t.expand()["steps"], steps) {
		return nil
	}
	return t
}

// readQueries reads the queries of a panel. A single query is written as fields of the panel if it needs no others.
func readQueries(budget *work.Budget, p *Panel, c chart, queries []any, datasource string) {
	if c.Query == "" || len(queries) == 0 {
		return
	}
	for _, q := range queries {
		p.Queries = append(p.Queries, readQuery(budget, q, c, datasource))
	}
	if only := p.Queries[0]; len(p.Queries) == 1 && only.Name+only.Plugin == "" && only.Options == nil && only.Query != "" {
		p.Query, p.Legend, p.MinStep, p.Datasource, p.Queries = only.Query, only.Legend, only.MinStep, only.Datasource, nil
	}
}

func readQuery(budget *work.Budget, full any, c chart, datasource string) Query {
	kind, spec := stringAt(full, "spec", "plugin", "kind"), objectAt(full, "spec", "plugin", "spec")
	q := Query{Name: stringAt(full, "spec", "name"), Query: stringAt(spec, "query")}
	if p, known := dashboard.QueryPluginOf(kind); known {
		if p.Legend != "" {
			q.Legend = stringAt(spec, p.Legend)
		}
		if p.MinStep != "" {
			q.MinStep = stringAt(spec, p.MinStep)
		}
		if name := datasourceName(spec["datasource"], p.Datasource); name != datasource {
			q.Datasource = name
		}
		if preferred, _ := dashboard.QueryPluginFor(c.Query, ""); preferred == p {
			kind = ""
		}
	}
	q.Plugin = kind
	q.Options = json.RawMessage("{}") // allows a query without text
	bare, err := q.expand(budget, c, datasource, Env{})
	if err != nil {
		return Query{Options: encode(spec)}
	}
	d := difference{replaceLists: true}
	if patch := d.patch(objectAt(bare, "spec", "plugin", "spec"), spec, ""); patch != nil {
		q.Options = encode(patch)
	} else if q.Query != "" {
		q.Options = nil
	}
	return q
}
