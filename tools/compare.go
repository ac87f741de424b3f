package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
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
func lostFields(before, after json.RawMessage) []string {
	var lost []string
	var compare func(pointer string, before, after any)
	compare = func(pointer string, before, after any) {
		switch b := before.(type) {
		case map[string]any:
			a, _ := after.(map[string]any)
			for key, value := range b {
				below := pointer + "/" + perses.PointerToken(key)
				if kept, ok := a[key]; ok {
					compare(below, value, kept)
				} else if !isEmpty(value) {
					lost = append(lost, below)
				}
			}
		case []any:
			a, _ := after.([]any)
			for i, value := range b {
				below := pointer + "/" + strconv.Itoa(i)
				if i < len(a) {
					compare(below, value, a[i])
				} else if _, isObject := value.(map[string]any); isObject { // of a set, such as tags, one may go
					lost = append(lost, below)
				}
			}
		case json.Number:
			if a, ok := after.(json.Number); ok && !sameNumber(a, b) {
				lost = append(lost, pointer)
			}
		}
	}
	compare("", decoded(before), decoded(after))
	slices.Sort(lost)
	return lost
}

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

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		for _, below := range v {
			if !isEmpty(below) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	}
	return reflect.ValueOf(value).IsZero() || value == json.Number("0")
}

// seenSame is sameDocument for an answer. A document with values that are not shown is never the same as another: whoever may
// not see them could find them out by writing guesses.
func seenSame(call *Call, a, b json.RawMessage) (bool, error) {
	const ofByte = 6 // units: both are read as trees
	if !call.Work.Spend(ofByte * (len(a) + len(b))) {
		return false, fmt.Errorf("nothing is written, for it was not compared with what is there: %w", call.Work.Err())
	}
	return !perses.Hides(a) && sameDocument(a, b), nil
}

// sameDocument tells whether writing b over a, which has its name, would change nothing but what Perses
// itself sets. What is empty is not the same as what is not there: an axis with "min":0 begins at 0, one
// without begins anywhere.
func sameDocument(a, b json.RawMessage) bool {
	return reflect.DeepEqual(essence(a), essence(b))
}

func essence(document json.RawMessage) any {
	value := decoded(document)
	object, _ := value.(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	for _, key := range []string{"name", "project", "createdAt", "updatedAt", "version"} {
		delete(metadata, key)
	}
	if tags, ok := metadata["tags"].([]any); ok { // a set: its order means nothing
		slices.SortFunc(tags, func(a, b any) int { return bytes.Compare(perses.Marshal(a), perses.Marshal(b)) })
	}
	return value
}

// decoded is a document as Go values, its numbers digit by digit.
func decoded(document json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // both sides have been decoded or encoded before
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
