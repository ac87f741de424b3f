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

// reader reads itself from JSON of more than one form.
type reader interface {
	read(d decoder, where *path, r gjson.Result) error
}

// path is where something stands in a sketch. It is put into words only for an error.
type path struct {
	within *path // nil of the whole
	field  string
	index  int // of an element, if field is ""
}

func (p *path) String() string {
	switch {
	case p == nil:
		return ""
	case p.field == "":
		return fmt.Sprintf("%s[%d]", p.within, p.index)
	}
	return strings.TrimPrefix(p.within.String()+"."+p.field, ".")
}

// decoder reads JSON into values.
type decoder struct {
	budget *work.Budget
	types  map[reflect.Type]map[string]int // the indexes of the fields of structs by what JSON calls them
}

// ofValue is what reading a value costs.
const ofValue = 40

// fieldsOf returns the indexes of the fields of a struct.
func (d decoder) fieldsOf(of reflect.Type) map[string]int {
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

// decode reads JSON into a value, strictly: what has no place there, or another type, is an error that says where, and what
// is accepted; all that is wrong is said at once. A field that is null counts as not given. encoding/json would say none of this.
func (d decoder) decode(where *path, r gjson.Result, into reflect.Value) error {
	if !d.budget.Spend(ofValue) {
		return unread(d.budget)
	}
	if custom, ok := into.Addr().Interface().(reader); ok {
		return custom.read(d, where, r)
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.decode(where, r, into.Elem())
	case reflect.String:
		if r.Type != gjson.String {
			return wrong(where, "a text", r)
		}
		into.SetString(r.String())
	case reflect.Bool:
		if !r.IsBool() {
			return wrong(where, "true or false", r)
		}
		into.SetBool(r.Bool())
	case reflect.Int:
		if r.Type != gjson.Number || r.Num != math.Trunc(r.Num) || math.Abs(r.Num) > math.MaxInt32 {
			return wrong(where, "a whole number", r)
		}
		into.SetInt(int64(r.Num))
	case reflect.Float64:
		if r.Type != gjson.Number || math.IsInf(r.Num, 0) {
			return wrong(where, "a number", r)
		}
		into.SetFloat(r.Num)
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.Uint8 { // a json.RawMessage
			if !r.IsObject() {
				return wrong(where, "an object", r)
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
		return wrong(where, "a list", r)
	}
	elements := r.Array()
	list := reflect.MakeSlice(into.Type(), len(elements), len(elements))
	var wrong faults
	for i, element := range elements {
		if wrong.full() {
			break
		}
		wrong.add(d.decode(&path{within: where, index: i}, element, list.Index(i)))
	}
	into.Set(list)
	return wrong.err()
}

func (d decoder) fields(where *path, r gjson.Result, into reflect.Value) error {
	if !r.IsObject() {
		return wrong(where, "an object", r)
	}
	fields := d.fieldsOf(into.Type())
	given := make([]bool, len(fields))
	var wrong faults
	r.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		at := &path{within: where, field: name}
		field, ok := fields[name]
		switch {
		case !ok:
			wrong.add(unknown(where, name, into.Type()))
		case given[field]:
			wrong.add(fmt.Errorf("%s is given twice", at))
		case value.Type != gjson.Null:
			given[field] = true
			wrong.add(d.decode(at, value, into.Field(field)))
		}
		return !wrong.full()
	})
	return wrong.err()
}

// wrong says what is wanted in a place, and what has come.
func wrong(where *path, want string, r gjson.Result) error {
	got := map[gjson.Type]string{gjson.Null: "null", gjson.False: "false", gjson.True: "true", gjson.String: "a text", gjson.JSON: "an object", gjson.Number: clip(r.Raw)}[r.Type]
	if r.IsArray() {
		got = "a list"
	}
	return fmt.Errorf("%swant %s, got %s", at(where), want, got)
}

// at is where something is, as an error begins with it; nothing for the whole.
func at(where *path) string {
	if where == nil {
		return ""
	}
	return where.String() + ": "
}

// meant are the fields that other tools, and Perses itself, call by other names. They are not accepted, which would make two
// names of one; but whoever writes them learns the right one.
var meant = map[string]map[string]string{
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

// unknown says which field was meant by one that there is not, or which there are.
func unknown(where *path, name string, of reflect.Type) error {
	var fields []string
	for i := range of.NumField() {
		field, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		fields = append(fields, field)
	}
	near := meant[of.Name()][name]
	if near == "" {
		if names := nearest.Names(name, fields); len(names) > 0 {
			near = names[0]
		}
	}
	if near != "" {
		return fmt.Errorf("%sunknown field %q: did you mean %s?", at(where), clip(name), near)
	}
	return fmt.Errorf("%sunknown field %q: a %s has %s", at(where), clip(name), strings.ToLower(of.Name()), strings.Join(fields, ", "))
}

// clip shortens what an error repeats.
func clip(text string) string { return dashboard.Clip(text, 80) }
