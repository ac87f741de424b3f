package tools

import (
	"fmt"

	"github.com/perses/mcp-server/pkg/perses"
)

// defaultFound is how many metrics, labels or values are answered with when nobody says how many.
const defaultFound = 50

var maxFound = Param{Name: "limit", Type: Count, Doc: fmt.Sprintf("default %d", defaultFound)}

// foundAnswer is what was found, as much of it as fits.
type foundAnswer[T any] struct {
	Datasource string `json:"datasource"`
	Items      []T    `json:"items"`
	Total      int    `json:"total"`
	LeftOut    string `json:"left_out,omitempty"`
	Note       string `json:"note,omitempty"`
}

// fitted leaves out what does not fit into the limit of the call, and says how to see it.
func (a foundAnswer[T]) fitted(call *Call, narrower string) foundAnswer[T] {
	a.Items = firstItems(a.Items, call.Limit)
	advice := "raise limit, or "
	for {
		if left := a.Total - len(a.Items); left > 0 {
			a.LeftOut = fmt.Sprintf("%d more: %s%s", left, advice, narrower)
		}
		if len(a.Items) == 0 || len(perses.Marshal(a)) <= call.Limit {
			return a
		}
		a.Items = a.Items[:len(a.Items)*3/4]
		advice = noRoom // and raising limit makes none
	}
}

// noRoom begins the advice for what an answer leaves out whatever its limit on items is.
const noRoom = "there is no room for more in one answer: "

// firstItems returns the first items whose encodings have about four times so many bytes: what is behind them cannot fit into an
// answer, and to encode all of a hundred thousand again and again takes too long.
func firstItems[T any](items []T, most int) []T {
	size := 0
	for i := range items {
		if size += len(perses.Marshal(items[i])); size > 4*most {
			return items[:i+1]
		}
	}
	return items
}
