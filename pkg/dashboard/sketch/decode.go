package sketch

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/work"
)

// customDecoder is a type that accepts several JSON types.
type customDecoder interface {
	decodeFrom(d decoder, where *path, r gjson.Result) error
}

// path is a position in a sketch. It is formatted only if an error needs it.
type path struct {
	parent *path // nil at the top
	field  string
	index  int // of a list element, if field is ""
}

func (p *path) String() string {
	switch {
	case p == nil:
		return ""
	case p.field == "":
		return fmt.Sprintf("%s[%d]", p.parent, p.index)
	}
	return strings.TrimPrefix(p.parent.String()+"."+p.field, ".")
}

// decoder decodes JSON into the types of a sketch.
type decoder struct {
	budget *work.Budget
	types  map[reflect.Type]map[string]int // the indexes of struct fields by their JSON names
}

// valueCost is the price in units of decoding a value.
const valueCost = 40

// fieldIndexes returns the indexes of a struct's fields by their JSON names.
func (d decoder) fieldIndexes(of reflect.Type) map[string]int {
	fields, known := d.types[of]
	if !known {
		fields = map[string]int{}
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			fields[name] = i
		}
		d.types[of] = fields
	}
	return fields
}

// decode decodes JSON strictly. An error lists all unknown fields and wrong types, with their positions and what is
// accepted instead, which encoding/json cannot do. A field with the value null counts as missing.
func (d decoder) decode(where *path, r gjson.Result, into reflect.Value) error {
	if !d.budget.Spend(valueCost) {
		return notRead(d.budget)
	}
	if custom, ok := into.Addr().Interface().(customDecoder); ok {
		return custom.decodeFrom(d, where, r)
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.decode(where, r, into.Elem())
	case reflect.String:
		if r.Type != gjson.String {
			return wrongType(where, "a string", r)
		}
		into.SetString(r.String())
	case reflect.Bool:
		if !r.IsBool() {
			return wrongType(where, "true or false", r)
		}
		into.SetBool(r.Bool())
	case reflect.Int:
		if r.Type != gjson.Number || r.Num != math.Trunc(r.Num) || math.Abs(r.Num) > math.MaxInt32 {
			return wrongType(where, "a whole number", r)
		}
		into.SetInt(int64(r.Num))
	case reflect.Float64:
		if r.Type != gjson.Number || math.IsInf(r.Num, 0) {
			return wrongType(where, "a number", r)
		}
		into.SetFloat(r.Num)
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.Uint8 { // a json.RawMessage
			if !r.IsObject() {
				return wrongType(where, "an object", r)
			}
			into.SetBytes([]byte(r.Raw))
			return nil
		}
		return d.list(where, r, into)
	case reflect.Struct:
		return d.fields(where, r, into)
	}
	return nil
}

func (d decoder) list(where *path, r gjson.Result, into reflect.Value) error {
	if !r.IsArray() {
		return wrongType(where, "a list", r)
	}
	elements := r.Array()
	list := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	var errs errorList
	for i, element := range elements {
		if errs.full() {
			break
		}
		errs.add(d.decode(&path{parent: where, index: i}, element, list.Index(i)))
	}
	into.Set(list)
	return errs.err()
}

func (d decoder) fields(where *path, r gjson.Result, into reflect.Value) error {
	if !r.IsObject() {
		return wrongType(where, "an object", r)
	}
	fields := d.fieldIndexes(into.Type())
	given := make([]bool, len(fields))
	var errs errorList
	r.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		at := &path{parent: where, field: name}
		field, ok := fields[name]
		switch {
		case !ok:
			errs.add(unknownField(where, name, into.Type()))
		case given[field]:
			errs.add(fmt.Errorf("%s occurs twice", at))
		case value.Type != gjson.Null:
			given[field] = true
			errs.add(d.decode(at, value, into.Field(field)))
		}
		return !errs.full()
	})
	return errs.err()
}

// wrongType returns an error that says which type is wanted and which one was found.
func wrongType(where *path, want string, r gjson.Result) error {
	got := map[gjson.Type]string{gjson.Null: "null", gjson.False: "false", gjson.True: "true", gjson.String: "a string", gjson.JSON: "an object", gjson.Number: clip(r.Raw)}[r.Type]
	if r.IsArray() {
		got = "a list"
	}
	return fmt.Errorf("%swant %s, got %s", prefix(where), want, got)
}

// prefix returns the position for the beginning of an error, or "" at the top.
func prefix(where *path) string {
	if where == nil {
		return ""
	}
	return where.String() + ": "
}

// fieldSynonyms maps names that other tools and Perses use for fields to ours, by type. They are not accepted, because each
// field should have one name, but the error suggests the right one.
var fieldSynonyms = map[string]map[string]string{
	"Sketch": {
		"name": "title", "display": "title", "refreshInterval": "refresh", "refresh_interval": "refresh", "time": "duration", "range": "duration", "time_range": "duration",
		"templating": "variables", "layouts": "rows", "groups": "rows", "default_datasource": "datasource",
	},
	"Row": {"name": "title", "items": "panels", "collapse": "collapsed", "repeatVariable": "repeat"},
	"Panel": {
		"name": "title", "type": "chart", "plugin": "chart", "visualization": "chart", "expr": "query", "promql": "query", "expression": "query", "targets": "queries",
		"legendFormat": "legend", "seriesNameFormat": "legend", "legend_format": "legend", "minStep": "min_step", "step": "min_step", "interval": "min_step",
		"content": "text", "markdown": "text", "format": "unit", "units": "unit", "aggregation": "calculation", "reducer": "calculation",
		"stacked": "stack", "stacking": "stack", "w": "width", "h": "height", "gridPos": "x, y, width and height", "spec": "options", "id": "key", "repeatVariable": "repeat",
	},
	"Query": {
		"expr": "query", "promql": "query", "expression": "query", "legendFormat": "legend", "seriesNameFormat": "legend", "legend_format": "legend",
		"minStep": "min_step", "step": "min_step", "interval": "min_step", "kind": "plugin", "type": "plugin", "spec": "options",
	},
	"Variable": {
		"expr": "query", "promql": "query", "value": "text", "label_name": "label", "labelName": "label", "label_values": "label", "matcher": "matchers", "multi": "multiple",
		"includeAll": "all", "include_all": "all", "allowAllValue": "all", "allowMultiple": "multiple", "customAllValue": "all_value", "allValue": "all_value",
		"defaultValue": "default", "current": "default", "capturingRegexp": "regex", "hide": "hidden", "display": "title", "kind": "text, values, label or query", "type": "text, values, label or query",
		"spec": "options", "options": "values",
	},
	"Link":      {"href": "url", "title": "name", "target_blank": "targetBlank", "render_variables": "renderVariables"},
	"Threshold": {"color_name": "color", "from": "value", "label": "name"},
}

// unknownField returns an error that suggests a similar field or lists all fields.
func unknownField(where *path, name string, of reflect.Type) error {
	var fields []string
	for i := range of.NumField() {
		field, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		fields = append(fields, field)
	}
	near := fieldSynonyms[of.Name()][name]
	if near == "" {
		if names := nearest.Names(name, fields); len(names) > 0 {
			near = names[0]
		}
	}
	if near != "" {
		return fmt.Errorf("%sunknown field %q: did you mean %s?", prefix(where), clip(name), near)
	}
	return fmt.Errorf("%sunknown field %q: the fields of a %s are %s", prefix(where), clip(name), strings.ToLower(of.Name()), strings.Join(fields, ", "))
}

// clip shortens a text for use in an error.
func clip(text string) string { return dashboard.Clip(text, 80) }
