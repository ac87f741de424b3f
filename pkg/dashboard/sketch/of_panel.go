package sketch

import (
	"encoding/json"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// PanelOf returns the short form of a panel that is written in full, and the JSON Pointers of what the short form cannot say.
// Its datasources are those that it names.
func PanelOf(budget *work.Budget, panel json.RawMessage) (p Panel, rest []string) {
	if !budget.Spend(ofTree * len(panel)) {
		return Panel{}, []string{""}
	}
	read, err := tree(panel)
	full, ok := read.(object)
	if err != nil || !ok {
		return Panel{}, []string{""}
	}
	p, expanded, err := panelOf(budget, full, "")
	if err != nil {
		return Panel{}, []string{""}
	}
	var d difference
	d.inValues(expanded, full, "")
	return p, d.rest
}

// panelOf returns the short form of a panel in a dashboard with a datasource, and what it expands into. An error means that
// there is none.
func panelOf(budget *work.Budget, full object, datasource string) (p Panel, expanded object, err error) {
	spec := fields(full, "spec")
	c := ofKind(text(spec, "plugin", "kind"))
	plugin := fields(spec, "plugin", "spec")
	p = Panel{Title: text(spec, "display", "name"), Description: text(spec, "display", "description"), Links: links(spec["links"])}
	queriesOf(budget, &p, c, list(spec, "queries"), datasource)
	p.readWords(c, plugin)
	if p.Chart = c.called(); p.Chart == defaultChart || p.Chart == "markdown" && p.Text != "" {
		p.Chart = ""
	}
	// What words cannot say of the spec stands in options.
	if _, err = (Env{}).chartOf(p.chart()); err != nil {
		return p, nil, err
	}
	bare, err := p.spec(c)
	if err != nil {
		return p, nil, err
	}
	d := difference{lists: true}
	if patch := d.patch(bare, plugin, ""); patch != nil {
		p.Options = encode(patch)
	}
	expanded, err = p.expand(budget, datasource, Env{})
	return p, expanded, err
}

// readWords reads what the words of the short form say of the spec of a plugin.
func (p *Panel) readWords(c chart, spec object) {
	if c.Text != "" {
		p.Text = text(spec, c.Text)
	}
	if c.format() != "" {
		format := c.formatOf(spec)
		if name, _ := format["unit"].(string); slices.Contains(unitNames, name) {
			p.Unit = name
		}
		if places, ok := integer(format["decimalPlaces"]); ok && places >= 0 {
			p.Decimals = &places
		}
	}
	if c.SingleValue {
		if name := text(spec, "calculation"); slices.Contains(calculationNames, name) && name != "last-number" {
			p.Calculation = name
		}
	}
	if c.Thresholds {
		p.Thresholds = thresholdsOf(below(spec, "thresholds", "steps"))
	}
	p.Stack = c.Stack != "" && get(spec, c.Stack) == "all"
	p.Min, p.Max = numberAt(spec, c.Min), numberAt(spec, c.Max)
	if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
		p.Min = nil
	}
	if usual := orPercent(nil, c, p.Unit); usual != nil && p.Max != nil && *p.Max == *usual {
		p.Max = nil // which it has anyway
	}
}

// numberAt returns the number at a path, if there is one that a float64 holds.
func numberAt(spec object, path string) *float64 {
	digits, _ := get(spec, path).(json.Number)
	n, err := digits.Float64()
	if path == "" || err != nil || !same(number(n), digits) {
		return nil
	}
	return &n
}

// thresholdsOf reads thresholds; none if one of them is not wholly like ours.
func thresholdsOf(steps any) Thresholds {
	var t Thresholds
	for _, step := range list(steps) {
		value := numberAt(fields(step), "value")
		if value == nil {
			return nil
		}
		t = append(t, Threshold{Value: *value, Color: text(step, "color"), Name: text(step, "name")})
	}
	for i := range t {
		if t[i].Color == t.colorOf(i) {
			t[i].Color = ""
		}
	}
	if !same(t.expand()["steps"], steps) {
		return nil
	}
	return t
}

// queriesOf reads the queries of a panel. The fields of an only one that has no others stand on the panel.
func queriesOf(budget *work.Budget, p *Panel, c chart, queries []any, datasource string) {
	if c.Query == "" || len(queries) == 0 {
		return
	}
	for _, q := range queries {
		p.Queries = append(p.Queries, queryOf(budget, q, c, datasource))
	}
	if only := p.Queries[0]; len(p.Queries) == 1 && only.Name+only.Plugin == "" && only.Options == nil && only.Query != "" {
		p.Query, p.Legend, p.MinStep, p.Datasource, p.Queries = only.Query, only.Legend, only.MinStep, only.Datasource, nil
	}
}

func queryOf(budget *work.Budget, full any, c chart, datasource string) Query {
	kind, spec := text(full, "spec", "plugin", "kind"), fields(full, "spec", "plugin", "spec")
	q := Query{Name: text(full, "spec", "name"), Query: text(spec, "query")}
	if p, known := dashboard.QueryPluginOf(kind); known {
		if p.Legend != "" {
			q.Legend = text(spec, p.Legend)
		}
		if p.MinStep != "" {
			q.MinStep = text(spec, p.MinStep)
		}
		if name := selected(spec["datasource"], p.Datasource); name != datasource {
			q.Datasource = name
		}
		if preferred, _ := dashboard.QueryPluginFor(c.Query, ""); preferred == p {
			kind = ""
		}
	}
	q.Plugin = kind
	q.Options = json.RawMessage("{}") // so that a query without a text passes
	bare, err := q.expand(budget, c, datasource, Env{})
	if err != nil {
		return Query{Options: encode(spec)}
	}
	d := difference{lists: true}
	if patch := d.patch(fields(bare, "spec", "plugin", "spec"), spec, ""); patch != nil {
		q.Options = encode(patch)
	} else if q.Query != "" {
		q.Options = nil
	}
	return q
}
