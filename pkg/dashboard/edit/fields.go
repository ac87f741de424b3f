package edit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/variable"
)

// fieldType is the JSON type of a field. typeNames describes each type.
type fieldType int

const (
	typeString fieldType = iota
	typeBool
	typeNumber
	typeWhole
	typeRow // the title or the index of a row
	typeStrings
	typeObject
	typeQuery // a query as a string or an object
	typeObjects
	typeAny
)

var typeNames = map[fieldType]string{
	typeString: "a string", typeBool: "true or false", typeNumber: "a number", typeWhole: "a whole number from 0", typeRow: "a title or an index from 0",
	typeStrings: "a list of strings", typeObject: "an object", typeQuery: `a string or an object such as {"query":"up","legend":"{{job}}"}`, typeObjects: "a list of objects", typeAny: "a value",
}

// maxWhole is the maximum of whole numbers. No page is that long, and sums of such numbers cannot overflow.
const maxWhole = 1 << 20

// matches reports whether a value has the type.
func (is fieldType) matches(v gjson.Result) bool {
	all := func(is func(gjson.Result) bool) bool {
		if !v.IsArray() {
			return false
		}
		for _, element := range v.Array() {
			if !is(element) {
				return false
			}
		}
		return true
	}
	isWhole := v.Type == gjson.Number && v.Num >= 0 && v.Num <= maxWhole && v.Num == float64(int(v.Num))
	switch is {
	case typeString:
		return v.Type == gjson.String
	case typeBool:
		return v.IsBool()
	case typeNumber:
		return v.Type == gjson.Number
	case typeWhole:
		return isWhole
	case typeRow:
		return isWhole || v.Type == gjson.String
	case typeStrings:
		return all(func(element gjson.Result) bool { return element.Type == gjson.String })
	case typeObject:
		return v.IsObject()
	case typeQuery:
		return v.Type == gjson.String || v.IsObject()
	case typeObjects:
		return all(gjson.Result.IsObject)
	}
	return true
}

// fieldSpec describes a field that an operation accepts.
type fieldSpec struct {
	name     string
	typ      fieldType
	required bool
	nullable bool // whether null is valid, which removes the current value
}

func required(is fieldType, name string) fieldSpec {
	return fieldSpec{name: name, typ: is, required: true}
}
func optional(is fieldType, name string) fieldSpec { return fieldSpec{name: name, typ: is} }
func nullable(is fieldType, name string) fieldSpec {
	return fieldSpec{name: name, typ: is, nullable: true}
}

// fields holds the fields of one edit. They have the types that the operation demands.
type fields struct {
	operation operation
	members   map[string]gjson.Result
}

// verbSynonyms maps verbs that a model may use in the name of an operation to ours.
var verbSynonyms = map[string]string{
	"delete": "remove", "drop": "remove", "update": "change", "edit": "change", "modify": "change", "set": "change",
	"create": "add", "insert": "add", "new": "add", "duplicate": "clone", "copy": "clone", "resize": "move",
}

// fieldSynonyms maps field names of other tools or other operations to ours. The first one that the operation accepts is
// suggested.
var fieldSynonyms = map[string][]string{
	"time": {"duration"}, "range": {"duration"}, "time_range": {"duration"}, "refreshInterval": {"refresh"}, "interval": {"refresh"},
	"name": {"title", "panel", "variable", "row", "link"}, "new_name": {"to", "title"}, "new_title": {"title"}, "id": {"panel"}, "key": {"panel"},
	"with": {"panel", "variable", "query", "set"}, "to_row": {"row"}, "changes": {"set"}, "fields": {"set"}, "value": {"set"}, "threshold": {"value"},
}

// parseFields reads an edit. An error begins with the text that follows the edit's place in the list.
func parseFields(raw json.RawMessage) (fields, error) {
	f := fields{members: map[string]gjson.Result{}}
	edit := newNode(string(raw))
	if !gjson.Valid(edit.raw) || !edit.isObject() {
		return f, fmt.Errorf(`: want an object with "op", got %s`, clip(edit.raw))
	}
	name := edit.get("op").str()
	if name == "" {
		for _, m := range edit.members() {
			if slices.Contains(operationNames(), m.value.str()) {
				return f, fmt.Errorf(`: missing "op": write "op":%q instead of %q`, m.value.str(), clip(m.key))
			}
		}
		return f, fmt.Errorf(`: missing "op": want one of %s`, strings.Join(operationNames(), ", "))
	}
	known := false
	for _, o := range operations() {
		if o.name == name {
			f.operation, known = o, true
		}
	}
	if !known {
		if verb, of, ok := strings.Cut(name, "_"); ok && slices.Contains(operationNames(), verbSynonyms[verb]+"_"+of) {
			return f, fmt.Errorf(`: unknown op %q; did you mean %s_%s?`, clip(name), verbSynonyms[verb], of)
		}
		if near := nearest.Names(name, operationNames()); len(near) > 0 {
			return f, fmt.Errorf(`: unknown op %q; nearest: %s`, clip(name), strings.Join(near, ", "))
		}
		return f, fmt.Errorf(`: unknown op %q; the ops are: %s`, clip(name), strings.Join(operationNames(), ", "))
	}
	return f, f.fill(edit)
}

func (f fields) fill(edit *node) error {
	var accepted []string
	for _, field := range f.operation.fields {
		accepted = append(accepted, field.name)
	}
	for _, m := range edit.members() {
		if m.key == "op" {
			continue
		}
		if !f.accepts(m.key) {
			near := nearest.Names(m.key, accepted)
			if within := f.missingObject(edit); len(near) == 0 && within != "" {
				return fmt.Errorf(" (%s): unknown field %q; it belongs in %s: {%q:…}", f.operation.name, clip(m.key), within, clip(m.key))
			}
			for _, field := range fieldSynonyms[m.key] {
				if f.accepts(field) {
					return fmt.Errorf(" (%s): unknown field %q; did you mean %s?", f.operation.name, clip(m.key), field)
				}
			}
			if len(near) > 0 {
				return fmt.Errorf(" (%s): unknown field %q; did you mean %s?", f.operation.name, clip(m.key), near[0])
			}
			return fmt.Errorf(" (%s): unknown field %q; the fields are: %s", f.operation.name, clip(m.key), strings.Join(accepted, ", "))
		}
		f.members[m.key] = gjson.Parse(m.value.raw)
	}
	for _, field := range f.operation.fields {
		given, ok := f.members[field.name]
		if ok && given.Type == gjson.Null && field.typ != typeAny {
			if ok = field.nullable; !ok {
				delete(f.members, field.name)
			}
		} else if ok && !field.typ.matches(given) {
			return fmt.Errorf(" (%s): %s: want %s, got %s", f.operation.name, field.name, typeNames[field.typ], clip(given.Raw))
		}
		if field.required && !ok {
			return fmt.Errorf(" (%s): missing %q: want %s", f.operation.name, field.name, typeNames[field.typ])
		}
	}
	return nil
}

// missingObject returns the name of the required object that the edit lacks, or "". Unknown fields may have been meant for
// it.
func (f fields) missingObject(edit *node) string {
	for _, field := range f.operation.fields {
		if (field.typ == typeObject || field.typ == typeQuery) && field.required && edit.get(field.name) == nil {
			return field.name
		}
	}
	return ""
}

func (f fields) accepts(name string) bool {
	for _, field := range f.operation.fields {
		if field.name == name {
			return true
		}
	}
	return false
}

func (f fields) has(name string) bool { _, ok := f.members[name]; return ok }

// isNull reports whether a field is null.
func (f fields) isNull(name string) bool {
	given, ok := f.members[name]
	return ok && given.Type == gjson.Null
}

// str returns a string, or an index as digits, or "" if the field is missing.
func (f fields) str(name string) string {
	if given := f.members[name]; given.Type == gjson.Number {
		return strconv.Itoa(int(given.Num))
	}
	return f.members[name].Str
}

// variable returns the name of a variable, which may be written with a $, as in a query.
func (f fields) variable(name string) string { return variable.Bare(f.str(name)) }

func (f fields) isTrue(name string) bool { return f.members[name].Type == gjson.True }

func (f fields) number(name string) float64 { return f.members[name].Num }

// integer returns a whole number, and whether the field is present.
func (f fields) integer(name string) (n int, ok bool) {
	given := f.members[name]
	return int(given.Num), given.Type == gjson.Number
}

// raw returns the JSON text of a field, or nil if it is missing.
func (f fields) raw(name string) json.RawMessage {
	if given, ok := f.members[name]; ok {
		return json.RawMessage(given.Raw)
	}
	return nil
}

func (f fields) value(name string) *node { return newNode(f.members[name].Raw) }

func (f fields) list(name string) []gjson.Result { return f.members[name].Array() }
