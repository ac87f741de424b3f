package sketch

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// Parse reads a sketch. An unknown field or a wrong type is an error that says where it is and what is accepted instead, as
// in `rows[1].panels[0]: unknown field "querry": did you mean query?`.
func Parse(budget *work.Budget, raw json.RawMessage) (Sketch, error) {
	return parse[Sketch](budget, raw)
}

// ParsePanel reads the sketch of a panel as strictly as Parse.
func ParsePanel(budget *work.Budget, raw json.RawMessage) (Panel, error) {
	return parse[Panel](budget, raw)
}

// ParseVariable reads the sketch of a variable as strictly as Parse.
func ParseVariable(budget *work.Budget, raw json.RawMessage) (Variable, error) {
	return parse[Variable](budget, raw)
}

// ParseQuery reads the sketch of a query as strictly as Parse.
func ParseQuery(budget *work.Budget, raw json.RawMessage) (Query, error) {
	return parse[Query](budget, raw)
}

func parse[T any](budget *work.Budget, raw json.RawMessage) (parsed T, err error) {
	if !budget.Spend(len(raw)) {
		return parsed, notRead(budget)
	}
	if !json.Valid(raw) {
		return parsed, errors.New("not valid JSON")
	}
	r := gjson.ParseBytes(raw)
	if IsFull(raw) {
		return parsed, errors.New("this is a full document with kind and spec: write a sketch, which has neither")
	}
	err = decoder{budget, map[reflect.Type]map[string]int{}}.decode(nil, r, reflect.ValueOf(&parsed).Elem())
	if budget.Err() != nil {
		err = notRead(budget)
	}
	return parsed, err
}

// notRead returns the error for a budget that ran out.
func notRead(budget *work.Budget) error {
	return fmt.Errorf("the sketch was not read: %w", budget.Err())
}

// IsFull reports whether JSON is the full document of a dashboard, panel, variable or query, {"kind":…,"spec":…}, instead
// of a sketch.
func IsFull(raw json.RawMessage) bool {
	if !json.Valid(raw) {
		return false
	}
	r := gjson.ParseBytes(raw)
	return r.Get("kind").Type == gjson.String && r.Get("spec").IsObject()
}

func (t *Thresholds) decodeFrom(d decoder, where *path, r gjson.Result) error {
	return d.list(where, r, reflect.ValueOf(t).Elem())
}

func (t *Threshold) decodeFrom(d decoder, where *path, r gjson.Result) error {
	if r.Type == gjson.Number {
		return d.decode(where, r, reflect.ValueOf(&t.Value).Elem())
	}
	if !r.IsObject() {
		return wrongType(where, `a number or an object such as {"value":0.9,"color":"red"}`, r)
	}
	if r.Get("value").Type != gjson.Number && r.Get("value").Exists() {
		return wrongType(&path{parent: where, field: "value"}, "a number", r.Get("value"))
	}
	if err := d.fields(where, r, reflect.ValueOf(t).Elem()); err != nil {
		return err
	}
	if !r.Get("value").Exists() {
		return errors.New(prefix(where) + "missing value")
	}
	return nil
}

func (q *Query) decodeFrom(d decoder, where *path, r gjson.Result) error {
	switch {
	case r.Type == gjson.String:
		q.Query = r.String()
		return nil
	case r.IsObject():
		return d.fields(where, r, reflect.ValueOf(q).Elem())
	}
	return wrongType(where, `a string or an object such as {"query":"up","legend":"{{job}}"}`, r)
}

func (v *Value) decodeFrom(d decoder, where *path, r gjson.Result) error {
	switch {
	case r.Type == gjson.String:
		v.Value = r.String()
		return nil
	case r.IsObject():
		return d.fields(where, r, reflect.ValueOf(v).Elem())
	}
	return wrongType(where, `a string or an object such as {"value":"eu-1","label":"Europe"}`, r)
}

func (o *OneOrMore) decodeFrom(d decoder, where *path, r gjson.Result) error {
	if r.Type == gjson.String {
		*o = OneOrMore{r.String()}
		return nil
	}
	if !r.IsArray() {
		return wrongType(where, "a string or a list of strings", r)
	}
	*o = OneOrMore{} // not nil, even without elements
	texts := (*[]string)(o)
	return d.list(where, r, reflect.ValueOf(texts).Elem())
}

// MarshalJSON encodes a threshold that has only a value as a number.
func (t Threshold) MarshalJSON() ([]byte, error) {
	if t.Color == "" && t.Name == "" {
		return json.Marshal(t.Value)
	}
	type fields Threshold
	return json.Marshal(fields(t))
}

// MarshalJSON encodes a value without a label as a string.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Label == "" {
		return json.Marshal(v.Value)
	}
	type fields Value
	return json.Marshal(fields(v))
}

// MarshalJSON encodes a single string as a string, and any other number of strings as a list.
func (o OneOrMore) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]string(o))
}
