package tools

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work"
)

// isUnchanged reports whether writing the document b over a would change nothing. It reports false if a has hidden values:
// otherwise a caller could find these out by writing guesses.
func isUnchanged(call *Call, a, b json.RawMessage) (bool, error) {
	same := !mask.Hides(a) && sameDocument(call.Work, a, b)
	if err := call.Work.Err(); err != nil {
		return false, fmt.Errorf("nothing is written, because the comparison with the existing document did not finish: %w", err)
	}
	return same, nil
}

// sameDocument reports whether two documents of the same name differ only in fields that Perses sets. An empty field differs from
// a missing one: an axis with "min":0 begins at 0, an axis without min anywhere.
func sameDocument(budget *work.Budget, a, b json.RawMessage) bool {
	before, after := dashboard.MembersOf(gjson.ParseBytes(a)), dashboard.MembersOf(gjson.ParseBytes(b))
	own, written := dashboard.MembersOf(before["metadata"]), dashboard.MembersOf(after["metadata"])
	for _, key := range append([]string{"name", "project"}, serverMetadata...) {
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

// tagsOf returns the sorted tags in the metadata of a document. Tags are a set, so their order does not matter.
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
