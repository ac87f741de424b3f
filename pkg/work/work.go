// Package work bounds the computation that one call of a tool may cost, whatever documents and answers it works on.
package work

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
)

// Max is the budget of one call, in units of work.
//
// A unit takes about 10 ns: it stands for a byte of JSON that is parsed, a pixel that is drawn, or a step of a loop. The
// budget of a call is therefore about half a second of one core, and honest calls use a small part of it.
const Max = 50_000_000

// ErrExhausted is the error of a budget that is spent.
var ErrExhausted = errors.New("this needs more computation than one call may use")

// checkEvery is how many units pass between two looks at the context, at most: about a millisecond.
const checkEvery = 100_000

// Budget is a number of units of work that functions may spend before they must stop, or until a context ends. It is
// safe for concurrent use.
//
// A function that works on data of a caller, a document or a datasource takes a budget and spends from it in proportion
// to what it does: at least once for each pass of a loop whose length the data decides. When Spend returns false, the
// function returns early with what it has, and its caller learns from Err that the result is incomplete.
type Budget struct {
	ctx  context.Context
	max  int64
	left atomic.Int64 // negative once the budget is spent or the context has ended
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
	if before := left + int64(units); before/checkEvery != left/checkEvery && b.ctx.Err() != nil {
		b.left.Store(math.MinInt64 / 2)
		return false
	}
	return true
}

// Err returns nil as long as the work may go on, the cause of the context's end, or ErrExhausted.
func (b *Budget) Err() error {
	if b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	if b.left.Load() < 0 {
		return ErrExhausted
	}
	return nil
}

// Used returns how many units have been asked for, for tests that hold work to the size of its input.
func (b *Budget) Used() int64 { return b.max - b.left.Load() }
