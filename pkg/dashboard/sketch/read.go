package sketch

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// Parse reads a sketch. A field that there is not, or of another type, is an error that says where and what is accepted, as in
// `rows[1].panels[0]: unknown field "querry": did you mean query?`.
func Parse(budget *work.Budget, raw json.RawMessage) (Sketch, error) {
	return parse[Sketch](budget, raw)
}

// ParsePanel reads a panel in short form, as strictly as Parse.
func ParsePanel(budget *work.Budget, raw json.RawMessage) (Panel, error) {
	return parse[Panel](budget, raw)
}

// ParseVariable reads a variable in short form, as strictly as Parse.
func ParseVariable(budget *work.Budget, raw json.RawMessage) (Variable, error) {
	return parse[Variable](budget, raw)
}

// ParseQuery reads a query in short form, as strictly as Parse.
func ParseQuery(budget *work.Budget, raw json.RawMessage) (Query, error) {
	return parse[Query](budget, raw)
}

func parse[T any](budget *work.Budget, raw json.RawMessage) (parsed T, err error) {
	if !budget.Spend(len(raw)) {
		return parsed, unread(budget)
	}
	if !json.Valid(raw) {
		return parsed, errors.New("it is not JSON")
	}
	r := gjson.ParseBytes(raw)
	if IsFull(raw) {
		return parsed, errors.New("it is written in full, with kind and spec; here goes the short form, which has neither")
	}
	err = decoder{budget, map[reflect.Type]map[string]int{}}.decode(nil, r, reflect.ValueOf(&parsed).Elem())
	if budget.Err() != nil {
		err = unread(budget)
	}
	return parsed, err
}

// unread says that the budget has ended.
func unread(budget *work.Budget) error { return fmt.Errorf("it was not read: %w", budget.Err()) }

// IsFull tells whether a panel, a variable, a query or a dashboard is written in full, as {"kind":…,"spec":…}, and not in
// short form.
func IsFull(raw json.RawMessage) bool {
	if !json.Valid(raw) {
		return false
	}
	r := gjson.ParseBytes(raw)
	return r.Get("kind").Type == gjson.String && r.Get("spec").IsObject()
}

func (t *Thresholds) read(d decoder, where *path, r gjson.Result) error {
	return d.list(where, r, reflect.ValueOf(t).Elem())
}

func (t *Threshold) read(d decoder, where *path, r gjson.Result) error {
	if r.Type == gjson.Number {
		return d.decode(where, r, reflect.ValueOf(&t.Value).Elem())
	}
	if !r.IsObject() {
		return wrong(where, `a number or an object such as {"value":0.9,"color":"red"}`, r)
	}
	if r.Get("value").Type != gjson.Number && r.Get("value").Exists() {
		return wrong(&path{within: where, field: "value"}, "a number", r.Get("value"))
	}
	if err := d.fields(where, r, reflect.ValueOf(t).Elem()); err != nil {
		return err
	}
	if !r.Get("value").Exists() {
		return errors.New(at(where) + "missing: value")
	}
	return nil
}

func (q *Query) read(d decoder, where *path, r gjson.Result) error {
	switch {
	case r.Type == gjson.String:
		q.Query = r.String()
		return nil
	case r.IsObject():
		return d.fields(where, r, reflect.ValueOf(q).Elem())
	}
	return wrong(where, `a text or an object such as {"query":"up","legend":"{{job}}"}`, r)
}

func (v *Value) read(d decoder, where *path, r gjson.Result) error {
	switch {
	case r.Type == gjson.String:
		v.Value = r.String()
		return nil
	case r.IsObject():
		return d.fields(where, r, reflect.ValueOf(v).Elem())
	}
	return wrong(where, `a text or an object such as {"value":"eu-1","label":"Europe"}`, r)
}

func (o *OneOrMore) read(d decoder, where *path, r gjson.Result) error {
	if r.Type == gjson.String {
		*o = OneOrMore{r.String()}
		return nil
	}
	if !r.IsArray() {
		return wrong(where, "a text or a list of texts", r)
	}
	*o = OneOrMore{} // also if there is nothing in it
	texts := (*[]string)(o)
	return d.list(where, r, reflect.ValueOf(texts).Elem())
}

// MarshalJSON writes a threshold that is only a number as one.
func (t Threshold) MarshalJSON() ([]byte, error) {
	if t.Color == "" && t.Name == "" {
		return json.Marshal(t.Value)
	}
	type fields Threshold
	return json.Marshal(fields(t))
}

// MarshalJSON writes a value that is only a text as one.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Label == "" {
		return json.Marshal(v.Value)
	}
	type fields Value
	return json.Marshal(fields(v))
}

// MarshalJSON writes one text as it is, and any other number of them as a list.
func (o OneOrMore) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]string(o))
}
