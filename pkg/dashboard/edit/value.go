package edit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// value is a value of a document. It is read only as deep as somebody looks into it, and written as it was read as long as
// nobody changes it or what is in it: so each edit costs what it touches, and all else stays byte for byte what it was.
//
// It stands in one place: a value that is put somewhere while it stands elsewhere is copied. So it knows its parent, which
// learns from it of each change and of its size.
type value struct {
	raw     string         // as it was read, or written last
	members []member       // of an object or a list, in their order
	keys    map[string]int // the indexes of the members of a large object; nil if they are not known
	parent  *value         // nil of the document, and of what stands nowhere yet
	budget  *work.Budget   // of the document, from which reading spends; nil of all others
	size    int            // how many bytes it takes, those between its parts as they were read
	read    bool           // whether members are those of raw
	changed bool           // whether raw is not what it is any more
}

// member is a member of an object, or an element of a list, which has no key.
type member struct {
	key     string
	written string // the key as the document has it, with its quotes
	value   *value
}

// newValue returns the value that is written so, which must be JSON.
func newValue(raw string) *value {
	raw = strings.TrimSpace(raw)
	return &value{raw: raw, size: len(raw)}
}

// textValue returns a text as a value.
func textValue(text string) *value { return newValue(quote(text)) }

// valueOf returns what encoding/json makes of a Go value, which must be one that it takes.
func valueOf(v any) *value { return newValue(marshal(v)) }

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

// ofMember is what reading a member costs: besides time, it stands for the memory that the member takes from then on, so
// that the budget of a call bounds that, too.
const ofMember = 100

// atOnce is for how many members it is spent together.
const atOnce = 64

// all returns the members of an object or the elements of a list; anything else has none. If the budget of the document
// ends, some are missing.
func (v *value) all() []member {
	if v == nil {
		return nil
	}
	if !v.read {
		v.read = true
		if isObject := v.isObject(); isObject || v.isList() {
			if !v.spend(len(v.raw) / 8) { // gjson skips what it does not return
				return nil
			}
			v.members = make([]member, 0, 4)
			gjson.Parse(v.raw).ForEach(func(key, element gjson.Result) bool {
				m := member{value: &value{raw: element.Raw, size: len(element.Raw), parent: v}}
				if isObject {
					m.key, m.written = key.Str, key.Raw
				}
				v.members = append(v.members, m)
				return len(v.members)%atOnce != 0 || v.spend(ofMember*atOnce)
			})
			v.spend(ofMember * (len(v.members) % atOnce))
		}
	}
	return v.members
}

// spend takes units from the budget of the document in which the value stands, if it stands in one, and reports whether the
// work may go on.
func (v *value) spend(units int) bool {
	for v.parent != nil {
		v = v.parent
	}
	return v.budget == nil || v.budget.Spend(units)
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

// fewKeys is how many members an object has at the most that are compared one by one.
const fewKeys = 16

// index returns where an object has a key, -1 if it has not.
func (v *value) index(key string) int {
	if !v.isObject() {
		return -1
	}
	all := v.all()
	if len(all) <= fewKeys {
		return slices.IndexFunc(all, func(m member) bool { return m.key == key })
	}
	if v.keys == nil {
		v.keys = make(map[string]int, len(all))
		for i, m := range all {
			if _, twice := v.keys[m.key]; !twice {
				v.keys[m.key] = i
			}
		}
		v.spend(len(all) * 10)
	}
	if i, ok := v.keys[key]; ok {
		return i
	}
	return -1
}

// touch marks the value and all around it as changed, by so many bytes.
func (v *value) touch(bytes int) {
	for ; v != nil; v = v.parent {
		v.changed, v.size = true, v.size+bytes
	}
}

// own returns the value as one that stands in v: itself, or a copy if it stands elsewhere.
func (v *value) own(to *value) *value {
	if to.parent != nil {
		to = to.clone()
	}
	to.parent = v
	return to
}

// set gives the member or the element at an index another value.
func (v *value) set(i int, to *value) {
	have := v.all()[i].value
	if have == to {
		return
	}
	have.parent = nil
	to = v.own(to)
	v.members[i].value = to
	v.touch(to.size - have.size)
}

// put gives a member of an object a value; one that it has not is added at its end.
func (v *value) put(key string, to *value) {
	i := v.index(key)
	if i >= 0 {
		if have := v.members[i].value; have != to && (have.size != to.size || have.String() != to.String()) {
			v.set(i, to)
		}
		return
	}
	if v.keys != nil {
		v.keys[key] = len(v.members)
	}
	m := member{key, quote(key), v.own(to)}
	v.members = append(v.members, m)
	v.touch(m.size())
}

// size is how many bytes a member takes, with what stands behind its key and itself.
func (m member) size() int {
	if m.written == "" { // an element of a list
		return m.value.size + len(",")
	}
	return len(m.written) + len(":") + m.value.size + len(",")
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
		v.keys = nil
		was := v.members[i].size()
		v.members[i].key, v.members[i].written = to, quote(to)
		v.touch(v.members[i].size() - was)
	}
}

// insert puts an element into a list.
func (v *value) insert(i int, element *value) {
	m := member{value: v.own(element)}
	v.members = slices.Insert(v.all(), i, m)
	v.touch(m.size())
}

// add puts an element at the end of a list.
func (v *value) add(element *value) { v.insert(len(v.all()), element) }

// remove takes the member or the element at an index.
func (v *value) remove(i int) {
	m := v.all()[i]
	m.value.parent = nil
	v.keys = nil
	v.members = slices.Delete(v.members, i, i+1)
	v.touch(-m.size())
}

// filter takes all members or elements that are not to stay.
func (v *value) filter(stays func(member) bool) {
	gone := 0
	kept := slices.DeleteFunc(v.all(), func(m member) bool {
		if stays(m) {
			return false
		}
		m.value.parent = nil
		gone += m.size()
		return true
	})
	if gone > 0 {
		v.members, v.keys = kept, nil
		v.touch(-gone)
	}
}

// move takes an element to another place in its list: to the index that it then has.
func (v *value) move(from, to int) {
	if from != to {
		element := v.all()[from].value
		v.remove(from)
		v.insert(to, element)
	}
}

// String returns the value as JSON.
func (v *value) String() string {
	if v.changed {
		v.raw = string(v.appendTo(make([]byte, 0, max(v.size, 0)+len("{}"))))
		v.changed = false
	}
	return v.raw
}

func (v *value) appendTo(b []byte) []byte {
	if !v.changed {
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
