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

// form is what the value of a field must be.
type form int

const (
	text    form = iota
	flag         // true or false
	number       // any
	whole        // a number from 0
	place        // a text, or a number from 0: a row by its title or its index
	texts        // a list of texts
	object       // any
	asked        // a query: a text, or an object
	objects      // a list of them
	anything
)

var formWords = map[form]string{
	text: "a text", flag: "true or false", number: "a number", whole: "a whole number from 0", place: "a title or an index from 0",
	texts: "a list of texts", object: "an object", asked: `a text or an object such as {"query":"up","legend":"{{job}}"}`, objects: "a list of objects", anything: "a value",
}

// maxWhole is far beyond any place on a page, and safe to add up.
const maxWhole = 1 << 20

// fits tells whether a value has a form.
func (is form) fits(v gjson.Result) bool {
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
	count := v.Type == gjson.Number && v.Num >= 0 && v.Num <= maxWhole && v.Num == float64(int(v.Num))
	switch is {
	case text:
		return v.Type == gjson.String
	case flag:
		return v.IsBool()
	case number:
		return v.Type == gjson.Number
	case whole:
		return count
	case place:
		return count || v.Type == gjson.String
	case texts:
		return all(func(element gjson.Result) bool { return element.Type == gjson.String })
	case object:
		return v.IsObject()
	case asked:
		return v.Type == gjson.String || v.IsObject()
	case objects:
		return all(gjson.Result.IsObject)
	}
	return true
}

// field is a field of an edit.
type field struct {
	name   string
	is     form
	needed bool
	null   bool // whether null means something: to take away what there is
}

func needs(is form, name string) field { return field{name: name, is: is, needed: true} }
func takes(is form, name string) field { return field{name: name, is: is} }
func resets(is form, name string) field {
	return field{name: name, is: is, null: true}
}

// fields are the fields of one edit, which have the forms that its operation declares.
type fields struct {
	operation operation
	members   map[string]gjson.Result
}

// meant are the verbs that others have for ours.
var meant = map[string]string{
	"delete": "remove", "drop": "remove", "update": "change", "edit": "change", "modify": "change", "set": "change",
	"create": "add", "insert": "add", "new": "add", "duplicate": "clone", "copy": "clone", "resize": "move",
}

// meantField are the fields that other tools, and other operations, call otherwise: the first of them that the operation has.
var meantField = map[string][]string{
	"time": {"duration"}, "range": {"duration"}, "time_range": {"duration"}, "refreshInterval": {"refresh"}, "interval": {"refresh"},
	"name": {"title", "panel", "variable", "row", "link"}, "new_name": {"to", "title"}, "new_title": {"title"}, "id": {"panel"}, "key": {"panel"},
	"with": {"panel", "variable", "query", "set"}, "to_row": {"row"}, "changes": {"set"}, "fields": {"set"}, "value": {"set"}, "threshold": {"value"},
}

// read reads an edit. An error begins with what follows its place in the list.
func read(raw json.RawMessage) (fields, error) {
	f := fields{members: map[string]gjson.Result{}}
	edit := newValue(string(raw))
	if !gjson.Valid(edit.raw) || !edit.isObject() {
		return f, fmt.Errorf(`: want an object with "op", got %s`, clip(edit.raw))
	}
	name := edit.at("op").text()
	if name == "" {
		for _, m := range edit.all() {
			if slices.Contains(names(), m.value.text()) {
				return f, fmt.Errorf(`: missing "op": write "op":%q instead of %q`, m.value.text(), clip(m.key))
			}
		}
		return f, fmt.Errorf(`: missing "op", a text: %s`, strings.Join(names(), ", "))
	}
	known := false
	for _, o := range operations() {
		if o.name == name {
			f.operation, known = o, true
		}
	}
	if !known {
		if verb, of, ok := strings.Cut(name, "_"); ok && slices.Contains(names(), meant[verb]+"_"+of) {
			return f, fmt.Errorf(`: there is no op %q; did you mean %s_%s?`, clip(name), meant[verb], of)
		}
		if near := nearest.Names(name, names()); len(near) > 0 {
			return f, fmt.Errorf(`: there is no op %q; nearest: %s`, clip(name), strings.Join(near, ", "))
		}
		return f, fmt.Errorf(`: there is no op %q; there are: %s`, clip(name), strings.Join(names(), ", "))
	}
	return f, f.fill(edit)
}

func (f fields) fill(edit *value) error {
	var accepted []string
	for _, field := range f.operation.fields {
		accepted = append(accepted, field.name)
	}
	for _, m := range edit.all() {
		if m.key == "op" {
			continue
		}
		if !f.takes(m.key) {
			near := nearest.Names(m.key, accepted)
			if within := f.missing(edit); len(near) == 0 && within != "" {
				return fmt.Errorf(" (%s): unknown field %q: it goes into %s: {%q:…}", f.operation.name, clip(m.key), within, clip(m.key))
			}
			for _, field := range meantField[m.key] {
				if f.takes(field) {
					return fmt.Errorf(" (%s): unknown field %q; did you mean %s?", f.operation.name, clip(m.key), field)
				}
			}
			if len(near) > 0 {
				return fmt.Errorf(" (%s): unknown field %q; did you mean %s?", f.operation.name, clip(m.key), near[0])
			}
			return fmt.Errorf(" (%s): unknown field %q; it has: %s", f.operation.name, clip(m.key), strings.Join(accepted, ", "))
		}
		f.members[m.key] = gjson.Parse(m.value.raw)
	}
	for _, field := range f.operation.fields {
		given, ok := f.members[field.name]
		if ok && given.Type == gjson.Null && field.is != anything {
			if ok = field.null; !ok {
				delete(f.members, field.name)
			}
		} else if ok && !field.is.fits(given) {
			return fmt.Errorf(" (%s): %s: want %s, got %s", f.operation.name, field.name, formWords[field.is], clip(given.Raw))
		}
		if field.needed && !ok {
			return fmt.Errorf(" (%s): missing %q, %s", f.operation.name, field.name, formWords[field.is])
		}
	}
	return nil
}

// missing returns the object that an edit needs and has not, in which the fields are that stand beside it; "" if it has it.
func (f fields) missing(edit *value) string {
	for _, field := range f.operation.fields {
		if (field.is == object || field.is == asked) && field.needed && edit.at(field.name) == nil {
			return field.name
		}
	}
	return ""
}

func (f fields) takes(name string) bool {
	for _, field := range f.operation.fields {
		if field.name == name {
			return true
		}
	}
	return false
}

func (f fields) has(name string) bool { _, ok := f.members[name]; return ok }

// isNull tells whether a field was given as null.
func (f fields) isNull(name string) bool {
	given, ok := f.members[name]
	return ok && given.Type == gjson.Null
}

// text returns a text, or an index in digits; "" if the field was not given.
func (f fields) text(name string) string {
	if given := f.members[name]; given.Type == gjson.Number {
		return strconv.Itoa(int(given.Num))
	}
	return f.members[name].Str
}

// variable returns the name of a variable, also if it is written as texts have it: $job.
func (f fields) variable(name string) string { return variable.Bare(f.text(name)) }

func (f fields) flag(name string) bool { return f.members[name].Type == gjson.True }

func (f fields) number(name string) float64 { return f.members[name].Num }

// whole returns a whole number, and whether it was given.
func (f fields) whole(name string) (n int, ok bool) {
	given := f.members[name]
	return int(given.Num), given.Type == gjson.Number
}

// raw returns a field as it is written; nil if it was not given.
func (f fields) raw(name string) json.RawMessage {
	if given, ok := f.members[name]; ok {
		return json.RawMessage(given.Raw)
	}
	return nil
}

func (f fields) value(name string) *value { return newValue(f.members[name].Raw) }

func (f fields) list(name string) []gjson.Result { return f.members[name].Array() }
