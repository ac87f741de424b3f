package sketch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// uniqueFields are the fields that must not be the same for several panels.
var uniqueFields = []string{"key", "title", "x", "y"}

// queryFields are the fields of a panel that belong to its query, if it has only one.
var queryFields = []string{"query", "legend", "min_step"}

// withDefaults returns the row with the fields of Each set in all panels that do not set them and whose chart accepts them.
// If a panel has a list of queries, fields of a query are set in each of them.
func (r Row) withDefaults(env Env) (Row, error) {
	if r.Each == nil {
		return r, nil
	}
	if size := len(encodePanel(*r.Each)); size*len(r.Panels) > MaxDocument {
		return r, fmt.Errorf("each: %d bytes for each of %d panels exceed the maximum of %d bytes for a dashboard", size, len(r.Panels), MaxDocument)
	}
	each := reflect.ValueOf(*r.Each)
	r.Panels = slices.Clone(r.Panels)
	for i := range r.Panels {
		p := &r.Panels[i]
		if p.Chart == "" && p.Text == "" {
			p.Chart = r.Each.Chart
		}
		c, err := env.findChart(p.chart())
		if err != nil {
			return r, fmt.Errorf("panels[%d]%s: %w", i, quotedTitle(p.Title), err)
		}
		for f := range each.NumField() {
			name, _, _ := strings.Cut(each.Type().Field(f).Tag.Get("json"), ",")
			switch {
			case each.Field(f).IsZero() || name == "chart":
			case slices.Contains(uniqueFields, name):
				return r, fmt.Errorf("each: %s cannot be shared by panels: set it in each panel", name)
			case !c.accepts(name):
			case p.Queries != nil && slices.Contains(queryFields, name):
				p.Queries = slices.Clone(p.Queries)
				for q := range p.Queries {
					setIfZero(reflect.ValueOf(&p.Queries[q]).Elem().FieldByName(each.Type().Field(f).Name), each.Field(f))
				}
			default:
				setIfZero(reflect.ValueOf(p).Elem().Field(f), each.Field(f))
			}
		}
	}
	return r, nil
}

func encodePanel(p Panel) []byte {
	written, err := json.Marshal(p)
	if err != nil {
		panic(err) // NaN or infinity, which decode refuses
	}
	return written
}

// accepts reports whether the chart accepts a field of a panel.
func (c chart) accepts(field string) bool {
	if slices.Contains(queryFields, field) || field == "datasource" {
		field = "queries"
	}
	i := slices.IndexFunc(chartFields, func(w chartField) bool { return w.name == field })
	return i < 0 || chartFields[i].accepted(c)
}

func setIfZero(field, value reflect.Value) {
	if field.IsZero() {
		field.Set(value)
	}
}
