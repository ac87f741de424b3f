package edit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/work"
)

// node is a JSON value of a document. A node is parsed only when its members are needed and written anew only when
// something in it has changed. So an edit costs only what it touches, and all other text stays the same byte for byte.
//
// A node has one parent, which it informs of changes and of its size. Inserting a node that already has a parent inserts a
// copy.
type node struct {
	raw        string         // the JSON text, as read or last written
	loaded     []member       // the members of an object or a list, once isLoaded is set
	indexByKey map[string]int // for large objects; nil until it is needed
	parent     *node          // nil for the document and for nodes that are not part of one
	budget     *work.Budget   // pays for parsing; set only on the document
	size       int            // bytes of JSON text; unchanged whitespace may be included
	isLoaded   bool           // whether loaded holds the members
	changed    bool           // whether raw is out of date
}

// member is a member of an object, or an element of a list, which has no key.
type member struct {
	key    string
	rawKey string // the quoted key, as the document spells it
	value  *node
}

// newNode returns a node for a JSON text, which must be valid.
func newNode(raw string) *node {
	raw = strings.TrimSpace(raw)
	return &node{raw: raw, size: len(raw)}
}

func stringNode(text string) *node { return newNode(quote(text)) }

// nodeOf returns v as encoding/json encodes it. It panics if v cannot be encoded.
func nodeOf(v any) *node { return newNode(marshal(v)) }

// withMember returns an object, given as JSON text, with one member added.
func withMember(object, key string, member *node) *node {
	v := newNode(object)
	v.put(key, member)
	return v
}

func marshal(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // no type in this package fails to encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func quote(text string) string { return marshal(text) }

// The type predicates accept nil, which stands for a missing value, and then return false.

func (v *node) isObject() bool { return v != nil && strings.HasPrefix(v.raw, "{") }
func (v *node) isList() bool   { return v != nil && strings.HasPrefix(v.raw, "[") }
func (v *node) isString() bool { return v != nil && strings.HasPrefix(v.raw, `"`) }
func (v *node) isNull() bool   { return v != nil && v.raw == "null" }

// str returns the value of a string, and "" for any other type.
func (v *node) str() string {
	if !v.isString() {
		return ""
	}
	return gjson.Parse(v.raw).Str
}

// memberCost is the price in units of parsing one member. It also stands for the memory that the member uses, so the budget
// of a call limits both.
const memberCost = 100

// memberBatch is the number of members that are paid for at once.
const memberBatch = 64

// members returns the members of an object or the elements of a list, and nil for anything else. If the budget runs out,
// some are missing.
func (v *node) members() []member {
	if v == nil {
		return nil
	}
	if !v.isLoaded {
		v.isLoaded = true
		if isObject := v.isObject(); isObject || v.isList() {
			if !v.spend(len(v.raw) / 8) { // the price of the parts that gjson skips
				return nil
			}
			v.loaded = make([]member, 0, 4)
			gjson.Parse(v.raw).ForEach(func(key, element gjson.Result) bool {
				m := member{value: &node{raw: element.Raw, size: len(element.Raw), parent: v}}
				if isObject {
					m.key, m.rawKey = key.Str, key.Raw
				}
				v.loaded = append(v.loaded, m)
				return len(v.loaded)%memberBatch != 0 || v.spend(memberCost*memberBatch)
			})
			v.spend(memberCost * (len(v.loaded) % memberBatch))
		}
	}
	return v.loaded
}

// spend takes units from the budget of the document that contains the node, and reports whether the work may continue. A
// node outside a document costs nothing.
func (v *node) spend(units int) bool {
	for v.parent != nil {
		v = v.parent
	}
	return v.budget == nil || v.budget.Spend(units)
}

// get returns the value at a path of object keys, or nil if there is none.
func (v *node) get(keys ...string) *node {
	for _, key := range keys {
		i := v.indexOf(key)
		if i < 0 {
			return nil
		}
		v = v.loaded[i].value
	}
	return v
}

// maxLinearKeys is the maximum number of members that are searched without a map.
const maxLinearKeys = 16

// indexOf returns the index of a key in an object, or -1.
func (v *node) indexOf(key string) int {
	if !v.isObject() {
		return -1
	}
	all := v.members()
	if len(all) <= maxLinearKeys {
		return slices.IndexFunc(all, func(m member) bool { return m.key == key })
	}
	if v.indexByKey == nil {
		v.indexByKey = make(map[string]int, len(all))
		for i, m := range all {
			if _, twice := v.indexByKey[m.key]; !twice {
				v.indexByKey[m.key] = i
			}
		}
		v.spend(len(all) * 10)
	}
	if i, ok := v.indexByKey[key]; ok {
		return i
	}
	return -1
}

// markChanged marks the node and its ancestors as changed, and adds delta bytes to their size.
func (v *node) markChanged(delta int) {
	for ; v != nil; v = v.parent {
		v.changed, v.size = true, v.size+delta
	}
}

// adopt makes v the parent of a node, or of its copy if it has a parent already.
func (v *node) adopt(to *node) *node {
	if to.parent != nil {
		to = to.clone()
	}
	to.parent = v
	return to
}

// setAt replaces the member or element at index i.
func (v *node) setAt(i int, to *node) {
	have := v.members()[i].value
	if have == to {
		return
	}
	have.parent = nil
	to = v.adopt(to)
	v.loaded[i].value = to
	v.markChanged(to.size - have.size)
}

// put sets a member of an object, which it appends if the key is new.
func (v *node) put(key string, to *node) {
	i := v.indexOf(key)
	if i >= 0 {
		if have := v.loaded[i].value; have != to && (have.size != to.size || have.String() != to.String()) {
			v.setAt(i, to)
		}
		return
	}
	if v.indexByKey != nil {
		v.indexByKey[key] = len(v.loaded)
	}
	m := member{key, quote(key), v.adopt(to)}
	v.loaded = append(v.loaded, m)
	v.markChanged(m.size())
}

// size returns the number of bytes of the member with its colon and comma.
func (m member) size() int {
	if m.rawKey == "" { // an element of a list
		return m.value.size + len(",")
	}
	return len(m.rawKey) + len(":") + m.value.size + len(",")
}

// delete removes a member of an object, if present.
func (v *node) delete(key string) {
	if i := v.indexOf(key); i >= 0 {
		v.removeAt(i)
	}
}

// ensureObject returns the object at a path of keys. It creates missing objects and replaces values of other types.
func (v *node) ensureObject(keys ...string) *node { return v.ensure("{}", keys) }

// ensureList is like ensureObject, but the last key leads to a list.
func (v *node) ensureList(keys ...string) *node {
	last := len(keys) - 1
	return v.ensureObject(keys[:last]...).ensure("[]", keys[last:])
}

func (v *node) ensure(empty string, keys []string) *node {
	for _, key := range keys {
		below := v.get(key)
		if below == nil || below.raw[0] != empty[0] {
			below = newNode(empty)
			v.put(key, below)
		}
		v = below
	}
	return v
}

// rename changes the key of a member, which keeps its position.
func (v *node) rename(key, to string) {
	if i := v.indexOf(key); i >= 0 && key != to {
		v.indexByKey = nil
		was := v.loaded[i].size()
		v.loaded[i].key, v.loaded[i].rawKey = to, quote(to)
		v.markChanged(v.loaded[i].size() - was)
	}
}

// insert inserts an element into a list at index i.
func (v *node) insert(i int, element *node) {
	m := member{value: v.adopt(element)}
	v.loaded = slices.Insert(v.members(), i, m)
	v.markChanged(m.size())
}

// append appends an element to a list.
func (v *node) append(element *node) { v.insert(len(v.members()), element) }

// removeAt removes the member or element at index i.
func (v *node) removeAt(i int) {
	m := v.members()[i]
	m.value.parent = nil
	v.indexByKey = nil
	v.loaded = slices.Delete(v.loaded, i, i+1)
	v.markChanged(-m.size())
}

// filter removes the members or elements for which keep returns false.
func (v *node) filter(keep func(member) bool) {
	removedBytes := 0
	kept := slices.DeleteFunc(v.members(), func(m member) bool {
		if keep(m) {
			return false
		}
		m.value.parent = nil
		removedBytes += m.size()
		return true
	})
	if removedBytes > 0 {
		v.loaded, v.indexByKey = kept, nil
		v.markChanged(-removedBytes)
	}
}

// move moves an element of a list from one index to another.
func (v *node) move(from, to int) {
	if from != to {
		element := v.members()[from].value
		v.removeAt(from)
		v.insert(to, element)
	}
}

// String returns the node as JSON text.
func (v *node) String() string {
	if v.changed {
		v.raw = string(v.appendTo(make([]byte, 0, max(v.size, 0)+len("{}"))))
		v.changed = false
	}
	return v.raw
}

func (v *node) appendTo(b []byte) []byte {
	if !v.changed {
		return append(b, v.raw...)
	}
	begin, end := byte('['), byte(']')
	if v.isObject() {
		begin, end = '{', '}'
	}
	b = append(b, begin)
	for i, m := range v.loaded {
		if i > 0 {
			b = append(b, ',')
		}
		if v.isObject() {
			b = append(append(b, m.rawKey...), ':')
		}
		b = m.value.appendTo(b)
	}
	return append(b, end)
}

// clone returns a copy without a parent.
func (v *node) clone() *node { return newNode(v.String()) }
