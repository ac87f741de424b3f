// Package worktest makes budgets of work, and large inputs, for tests.
package worktest

import (
	"context"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// Budget returns a budget as large as that of a call.
func Budget() *work.Budget { return work.New(context.Background(), work.Max) }

// Repeat returns JSON values, separated by commas, of about size bytes in all. Each is element with its index for %d.
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
