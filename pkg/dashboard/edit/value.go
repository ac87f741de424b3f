package edit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// value is a value of a document. It is read only as deep as somebody looks into it, and written as it was read as long as
// nobody changes it or what is in it: so each edit costs what it touches, and all else stays byte for byte what it was.
type value struct {
	raw     string
	read    bool     // whether members are those of raw
	members []member // of an object or a list, in their order
	changed bool     // whether members are others than those of raw
}

// member is a member of an object, or an element of a list, which has no key.
type member struct {
	key     string
	written string // the key as the document has it, with its quotes
	value   *value
}

// newValue returns the value that is written so, which must be JSON.
func newValue(raw string) *value { return &value{raw: strings.TrimSpace(raw)} }

// textValue returns a text as a value.
func textValue(text string) *value { return &value{raw: quote(text)} }

// valueOf returns what encoding/json makes of a Go value, which must be one that it takes.
func valueOf(v any) *value { return &value{raw: marshal(v)} }

// with returns a value that is written so with one member more.
func with(object, key string, member *value) *value {
	v := newValue(object)
	v.put(key, member)
	return v
}

func marshal(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // of types that JSON has no form for, and none of ours is one
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func quote(text string) string { return marshal(text) }

// The kinds of values are asked of values that are not there (nil), too.

func (v *value) isObject() bool { return v != nil && strings.HasPrefix(v.raw, "{") }
func (v *value) isList() bool   { return v != nil && strings.HasPrefix(v.raw, "[") }
func (v *value) isText() bool   { return v != nil && strings.HasPrefix(v.raw, `"`) }
func (v *value) isNull() bool   { return v != nil && v.raw == "null" }

// text returns a string, "" of anything else.
func (v *value) text() string {
	if !v.isText() {
		return ""
	}
	return gjson.Parse(v.raw).Str
}

// all returns the members of an object or the elements of a list; anything else has none.
func (v *value) all() []member {
	if v == nil {
		return nil
	}
	if !v.read {
		v.read = true
		if isObject := v.isObject(); isObject || v.isList() {
			v.members = make([]member, 0, 4)
			gjson.Parse(v.raw).ForEach(func(key, element gjson.Result) bool {
				m := member{value: &value{raw: element.Raw}}
				if isObject {
					m.key, m.written = key.Str, key.Raw
				}
				v.members = append(v.members, m)
				return true
			})
		}
	}
	return v.members
}

// at returns the value that keys lead down to through objects, nil if there is none.
func (v *value) at(keys ...string) *value {
	for _, key := range keys {
		i := v.index(key)
		if i < 0 {
			return nil
		}
		v = v.members[i].value
	}
	return v
}

// index returns where an object has a key, -1 if it has not.
func (v *value) index(key string) int {
	if !v.isObject() {
		return -1
	}
	return slices.IndexFunc(v.all(), func(m member) bool { return m.key == key })
}

// put gives a member of an object a value; one that it has not is added at its end.
func (v *value) put(key string, to *value) {
	i := v.index(key)
	switch {
	case i < 0:
		v.members = append(v.members, member{key, quote(key), to})
	case v.members[i].value.String() == to.String():
		return
	default:
		v.members[i].value = to
	}
	v.changed = true
}

// drop takes a member from an object, if it has it.
func (v *value) drop(key string) {
	if i := v.index(key); i >= 0 {
		v.remove(i)
	}
}

// within returns the object that is a member of an object. What is no object there is replaced by one.
func (v *value) within(keys ...string) *value { return v.container("{}", keys) }

// list is within for a list, which the last key leads to.
func (v *value) list(keys ...string) *value {
	last := len(keys) - 1
	return v.within(keys[:last]...).container("[]", keys[last:])
}

func (v *value) container(empty string, keys []string) *value {
	for _, key := range keys {
		below := v.at(key)
		if below == nil || below.raw[0] != empty[0] {
			below = newValue(empty)
			v.put(key, below)
		}
		v = below
	}
	return v
}

// rename gives a member of an object another key, in its place.
func (v *value) rename(key, to string) {
	if i := v.index(key); i >= 0 && key != to {
		v.members[i].key, v.members[i].written = to, quote(to)
		v.changed = true
	}
}

// insert puts an element into a list.
func (v *value) insert(i int, element *value) {
	v.members, v.changed = slices.Insert(v.all(), i, member{value: element}), true
}

// add puts an element at the end of a list.
func (v *value) add(element *value) { v.insert(len(v.all()), element) }

// remove takes the member or the element at an index.
func (v *value) remove(i int) {
	v.members, v.changed = slices.Delete(v.all(), i, i+1), true
}

// move takes an element to another place in its list: to the index that it then has.
func (v *value) move(from, to int) {
	if from != to {
		element := v.all()[from].value
		v.remove(from)
		v.insert(to, element)
	}
}

// isChanged tells whether the value or one in it is another than it was.
func (v *value) isChanged() bool {
	return v.changed || slices.ContainsFunc(v.members, func(m member) bool { return m.value.isChanged() })
}

// String returns the value as JSON.
func (v *value) String() string {
	if !v.isChanged() {
		return v.raw
	}
	return string(v.appendTo(make([]byte, 0, len(v.raw)+1024)))
}

func (v *value) appendTo(b []byte) []byte {
	if !v.isChanged() {
		return append(b, v.raw...)
	}
	begin, end := byte('['), byte(']')
	if v.isObject() {
		begin, end = '{', '}'
	}
	b = append(b, begin)
	for i, m := range v.members {
		if i > 0 {
			b = append(b, ',')
		}
		if v.isObject() {
			b = append(append(b, m.written...), ':')
		}
		b = m.value.appendTo(b)
	}
	return append(b, end)
}

// clone returns a copy that shares nothing that changes with the value.
func (v *value) clone() *value { return newValue(v.String()) }
