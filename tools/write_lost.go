package tools

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work"
)

// lostFields returns JSON Pointers to the fields of a document that are lost when Perses' model has decoded it and encoded it
// again: unknown fields, and numbers with more digits than the model can hold. Unknown fields with empty values do not count.
//
// Both documents are compared as bytes. Decoded into Go values they would take about ten times as much memory.
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
				at(mask.PointerToken(key), func() {
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
					} else if value.IsObject() { // a set, such as tags, may lose duplicates
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

// costOf returns the units of work for reading the members or elements of a value.
func costOf(value gjson.Result) int { return 10 + len(value.Raw)/4 }

// sameNumber compares two numbers digit by digit, or as float64 if they are long or have an exponent: 1e-999999 as a rational
// number takes a million digits.
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
