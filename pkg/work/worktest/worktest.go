// Package worktest provides budgets and large inputs for tests.
package worktest

import (
	"context"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// Budget returns the budget of a call.
func Budget() *work.Budget { return work.New(context.Background(), work.Max) }

// Repeat returns about size bytes of JSON values, separated by commas. Each is element, with %d replaced by its index.
func Repeat(size int, element string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(element, "%d", strconv.Itoa(i)))
	}
	return b.String()
}
