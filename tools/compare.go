package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// complete fills in the kind and the project that a document leaves open, and refuses others than these.
func complete(raw json.RawMessage, kind perses.Kind, project string) (json.RawMessage, error) {
	var document, metadata map[string]json.RawMessage
	if err := json.Unmarshal(raw, &document); err != nil || document == nil {
		return nil, errors.New("the document must be a JSON object")
	}
	if err := json.Unmarshal(document["metadata"], &metadata); err != nil || metadata == nil {
		if kind == modelv1.KindDashboard && document["spec"] == nil && document["panels"] != nil {
			return nil, errors.New("this is no document of Perses; perses_migrate_grafana_dashboard takes a dashboard of Grafana, perses_build_dashboard a sketch")
		}
		return nil, errors.New(`the document needs "metadata":{"name":…}`)
	}
	if err := fill(document, "kind", string(kind)); err != nil {
		return nil, err
	}
	if project != "" {
		if err := fill(metadata, "project", project); err != nil {
			return nil, fmt.Errorf("metadata.%w", err)
		}
	}
	document["metadata"] = perses.Marshal(metadata)
	return perses.Marshal(document), nil
}

// fill sets a key that is missing or empty, and refuses any other value than the wanted one.
func fill(object map[string]json.RawMessage, key, wanted string) error {
	var have string
	if raw, ok := object[key]; ok && json.Unmarshal(raw, &have) != nil {
		return fmt.Errorf("%s: want a string", key)
	}
	if have != "" && have != wanted {
		return fmt.Errorf("%s is %q where the call says %q", key, have, wanted)
	}
	object[key] = perses.Marshal(wanted)
	return nil
}

// lostFields returns the JSON Pointers of what is in a document and no longer in what the client of Perses
// made of it: fields that it does not know, numbers with more digits than it can hold. A field that it does
// not know and that is empty does not count.
//
// Both are read where they stand, for as trees of Go values they would take some ten times as much memory.
func lostFields(budget *work.Budget, before, after json.RawMessage) (lost []string, err error) {
	var path []string
	var compare func(before, after gjson.Result)
	at := func(token string, do func()) {
		path = append(path, token)
		do()
		path = path[:len(path)-1]
	}
	note := func() { lost = append(lost, "/"+strings.Join(path, "/")) }
	compare = func(before, after gjson.Result) {
		switch {
		case before.Raw == after.Raw:
		case !budget.Spend(costOf(before) + costOf(after)):
		case before.IsObject():
			kept := dashboard.MembersOf(after)
			for key, value := range dashboard.MembersOf(before) {
				at(perses.PointerToken(key), func() {
					if there, ok := kept[key]; ok {
						compare(value, there)
					} else if !isEmpty(value) {
						note()
					}
				})
			}
		case before.IsArray():
			kept := dashboard.ElementsOf(after)
			for i, value := range dashboard.ElementsOf(before) {
				at(strconv.Itoa(i), func() {
					if i < len(kept) {
						compare(value, kept[i])
					} else if value.IsObject() { // of a set, such as tags, one may go
						note()
					}
				})
			}
		case before.Type == gjson.Number && after.Type == gjson.Number && !sameNumber(json.Number(before.Raw), json.Number(after.Raw)):
			note()
		}
	}
	compare(gjson.ParseBytes(before), gjson.ParseBytes(after))
	slices.Sort(lost)
	return lost, budget.Err()
}

// costOf returns how many units of work it takes to look at the members or elements of a value.
func costOf(value gjson.Result) int { return 10 + len(value.Raw)/4 }

// sameNumber compares the digits. What has an exponent is compared as a float64, for a rational number of 1e-999999 takes a
// million digits.
func sameNumber(a, b json.Number) bool {
	const digits = 100
	if a == b {
		return true
	}
	if len(a) > digits || len(b) > digits || strings.ContainsAny(string(a+b), "eE") {
		x, errX := a.Float64()
		y, errY := b.Float64()
		return errX == nil && errY == nil && x == y
	}
	x, okX := new(big.Rat).SetString(string(a))
	y, okY := new(big.Rat).SetString(string(b))
	return okX && okY && x.Cmp(y) == 0
}

func isEmpty(value gjson.Result) bool {
	switch value.Type {
	case gjson.Null, gjson.False:
		return true
	case gjson.True:
		return false
	case gjson.String:
		return value.Str == ""
	case gjson.Number:
		return value.Raw == "0"
	}
	empty := true
	value.ForEach(func(_, below gjson.Result) bool {
		empty = value.IsObject() && isEmpty(below)
		return empty
	})
	return empty
}

// seenSame is sameDocument for an answer. A document with values that are not shown is never the same as another: whoever may
// not see them could find them out by writing guesses.
func seenSame(call *Call, a, b json.RawMessage) (bool, error) {
	same := !perses.Hides(a) && sameDocument(call.Work, a, b)
	if err := call.Work.Err(); err != nil {
		return false, fmt.Errorf("nothing is written, for it was not compared with what is there: %w", err)
	}
	return same, nil
}

// sameDocument tells whether writing b over a, which has its name, would change nothing but what Perses
// itself sets. What is empty is not the same as what is not there: an axis with "min":0 begins at 0, one
// without begins anywhere.
func sameDocument(budget *work.Budget, a, b json.RawMessage) bool {
	before, after := dashboard.MembersOf(gjson.ParseBytes(a)), dashboard.MembersOf(gjson.ParseBytes(b))
	own, written := dashboard.MembersOf(before["metadata"]), dashboard.MembersOf(after["metadata"])
	for _, key := range append([]string{"name", "project"}, ownMetadata...) {
		delete(own, key)
		delete(written, key)
	}
	sameTags := slices.Equal(tagsOf(own), tagsOf(written))
	delete(own, "tags")
	delete(written, "tags")
	delete(before, "metadata")
	delete(after, "metadata")
	return sameTags && sameMembers(budget, own, written) && sameMembers(budget, before, after)
}

// tagsOf returns the tags in the metadata of a document, in an order of their own: a set has none.
func tagsOf(metadata map[string]gjson.Result) []string {
	var tags []string
	for _, tag := range dashboard.ElementsOf(metadata["tags"]) {
		tags = append(tags, tag.String())
	}
	slices.Sort(tags)
	return tags
}

func sameMembers(budget *work.Budget, a, b map[string]gjson.Result) bool {
	if len(a) != len(b) {
		return false
	}
	for key, value := range a {
		if other, ok := b[key]; !ok || !sameValue(budget, value, other) {
			return false
		}
	}
	return true
}

func sameValue(budget *work.Budget, a, b gjson.Result) bool {
	switch {
	case a.Raw == b.Raw:
		return true
	case a.Type != b.Type || !budget.Spend(costOf(a)+costOf(b)):
		return false
	case a.IsObject() && b.IsObject():
		return sameMembers(budget, dashboard.MembersOf(a), dashboard.MembersOf(b))
	case a.IsArray() && b.IsArray():
		return slices.EqualFunc(a.Array(), b.Array(), func(x, y gjson.Result) bool { return sameValue(budget, x, y) })
	case a.Type == gjson.String:
		return a.Str == b.Str
	}
	return false
}

// decoded is a document as Go values, its numbers digit by digit.
func decoded(document json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // it has been decoded or encoded before
	return value
}

// kindOf returns the kind that a document names, "" if it names none.
func kindOf(document json.RawMessage) string {
	var members map[string]json.RawMessage // not a struct: Go would take "Kind" for "kind", and Perses does not
	_ = json.Unmarshal(document, &members)
	var kind string
	_ = json.Unmarshal(members["kind"], &kind)
	return kind
}
