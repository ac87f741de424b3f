package sketch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// ofOne are the fields that no two panels share.
var ofOne = []string{"key", "title", "x", "y"}

// ofQuery are those that stand on a panel for its only query.
var ofQuery = []string{"query", "legend", "min_step"}

// filled returns the row with what it says of each of its panels written on those that do not say it themselves and whose chart
// has a use for it. Of a panel with several queries, each of them is given what belongs to a query.
func (r Row) filled(env Env) (Row, error) {
	if r.Each == nil {
		return r, nil
	}
	if size := len(encodeOf(*r.Each)); size*len(r.Panels) > MaxDocument {
		return r, fmt.Errorf("each: its %d bytes for each of %d panels are more than the %d that a dashboard may have", size, len(r.Panels), MaxDocument)
	}
	each := reflect.ValueOf(*r.Each)
	r.Panels = slices.Clone(r.Panels)
	for i := range r.Panels {
		p := &r.Panels[i]
		if p.Chart == "" && p.Text == "" {
			p.Chart = r.Each.Chart
		}
		c, err := env.chartOf(p.chart())
		if err != nil {
			return r, fmt.Errorf("panels[%d]%s: %w", i, quoted(p.Title), err)
		}
		for f := range each.NumField() {
			name, _, _ := strings.Cut(each.Type().Field(f).Tag.Get("json"), ",")
			switch {
			case each.Field(f).IsZero() || name == "chart":
			case slices.Contains(ofOne, name):
				return r, fmt.Errorf("each: %s is of one panel alone: write it there", name)
			case !c.takes(name):
			case p.Queries != nil && slices.Contains(ofQuery, name):
				p.Queries = slices.Clone(p.Queries)
				for q := range p.Queries {
					fill(reflect.ValueOf(&p.Queries[q]).Elem().FieldByName(each.Type().Field(f).Name), each.Field(f))
				}
			default:
				fill(reflect.ValueOf(p).Elem().Field(f), each.Field(f))
			}
		}
	}
	return r, nil
}

// encodeOf returns a panel as a sketch has it.
func encodeOf(p Panel) []byte {
	written, err := json.Marshal(p)
	if err != nil {
		panic(err) // of numbers that JSON has no form for, which decode refuses
	}
	return written
}

// takes tells whether the chart has a use for a field of a panel.
func (c chart) takes(field string) bool {
	if slices.Contains(ofQuery, field) || field == "datasource" {
		field = "queries"
	}
	i := slices.IndexFunc(words, func(w word) bool { return w.name == field })
	return i < 0 || words[i].path(c) != ""
}

// fill sets a field that is not set.
func fill(field, value reflect.Value) {
	if field.IsZero() {
		field.Set(value)
	}
}
