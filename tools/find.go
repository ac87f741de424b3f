package tools

import (
	"fmt"

	"github.com/perses/mcp-server/pkg/perses"
)

// defaultLimit is the number of metrics, labels or values in an answer if the call sets no limit.
const defaultLimit = 50

var limitParam = Param{Name: "limit", Type: Count, Doc: fmt.Sprintf("default %d", defaultLimit)}

// findAnswer is the answer of a tool that finds metrics, labels or values.
type findAnswer[T any] struct {
	Datasource string `json:"datasource"`
	Items      []T    `json:"items"`
	Total      int    `json:"total"`
	LeftOut    string `json:"left_out,omitempty"`
	Note       string `json:"note,omitempty"`
}

// fit removes items until the answer fits into the limit of the call. advice says how to ask for fewer items.
func (a findAnswer[T]) fit(call *Call, advice string) findAnswer[T] {
	a.Items = firstItems(a.Items, call.Limit)
	prefix := "raise limit, or "
	for {
		if left := a.Total - len(a.Items); left > 0 {
			a.LeftOut = fmt.Sprintf("%d more: %s%s", left, prefix, advice)
		}
		if len(a.Items) == 0 || len(perses.Marshal(a)) <= call.Limit {
			return a
		}
		a.Items = a.Items[:len(a.Items)*3/4]
		prefix = noRoom // a higher limit would not help
	}
}

// noRoom begins the advice in an answer that has reached its maximum size.
const noRoom = "there is no room for more in one answer: "

// firstItems returns the first items whose encodings have about four times the limit in bytes. The rest cannot fit into an
// answer, and encoding a hundred thousand items again and again would take too long.
func firstItems[T any](items []T, limit int) []T {
	size := 0
	for i := range items {
		if size += len(perses.Marshal(items[i])); size > 4*limit {
			return items[:i+1]
		}
	}
	return items
}
