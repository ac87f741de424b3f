// Package work limits the computation of one tool call, whatever documents and answers it processes.
package work

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
)

// Max is the budget of one call, in units of work.
//
// A unit takes about 10 ns: a byte of parsed JSON, a drawn pixel or a step of a loop. The budget is therefore about half a second of
// one core. Ordinary calls use a small part of it.
const Max = 50_000_000

// ErrExhausted is the error of a budget that is spent.
var ErrExhausted = errors.New("the computation budget of this call is spent")

// checkInterval is the maximum number of units between two checks of the context. It takes about a millisecond.
const checkInterval = 100_000

// Budget is the number of units of work that functions may spend before they must stop. It also ends when a context is done. It is
// safe for concurrent use.
//
// A function that processes data of a caller, a document or a datasource takes a budget and spends from it in proportion to its work:
// at least once in each iteration of a loop whose length depends on the data. When Spend returns false, the function returns early
// with what it has, and its caller learns from Err that the result is incomplete.
type Budget struct {
	ctx  context.Context
	max  int64
	left atomic.Int64 // negative once the budget is spent or the context is done
}

// New returns a budget of max units that ends with ctx.
func New(ctx context.Context, max int64) *Budget {
	b := &Budget{ctx: ctx, max: max}
	b.left.Store(max)
	return b
}

// Spend takes units from the budget and reports whether the work may go on. Once it has returned false, it always does.
func (b *Budget) Spend(units int) bool {
	left := b.left.Add(-int64(units))
	if left < 0 {
		return false
	}
	if before := left + int64(units); before/checkInterval != left/checkInterval && b.ctx.Err() != nil {
		b.left.Store(math.MinInt64 / 2)
		return false
	}
	return true
}

// Err returns nil while the work may go on, and otherwise the cause of the end of the context, or ErrExhausted.
func (b *Budget) Err() error {
	if b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	if b.left.Load() < 0 {
		return ErrExhausted
	}
	return nil
}

// Used returns the number of units that functions have tried to spend. Tests check that it is in proportion to the input.
func (b *Budget) Used() int64 { return b.max - b.left.Load() }
