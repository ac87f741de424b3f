package work_test

import (
	"context"
	"errors"
	"testing"

	"github.com/perses/mcp-server/pkg/work"
)

func TestBudgetIsSpent(t *testing.T) {
	b := work.New(t.Context(), 10)
	if !b.Spend(4) || !b.Spend(6) || b.Err() != nil || b.Used() != 10 {
		t.Fatalf("within the budget: used %d, %v", b.Used(), b.Err())
	}
	if b.Spend(1) || b.Spend(0) || !errors.Is(b.Err(), work.ErrExhausted) {
		t.Errorf("beyond the budget: used %d, %v", b.Used(), b.Err())
	}
}

// Work stops soon after the context of the budget is done.
func TestBudgetEndsWithItsContext(t *testing.T) {
	gone := errors.New("the caller has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	b := work.New(ctx, work.Max)
	if !b.Spend(1) {
		t.Fatal("the budget was spent before the context ended")
	}
	cancel(gone)
	after := 0
	for b.Spend(1) {
		after++
	}
	if after > 100_000 || b.Spend(1) || !errors.Is(b.Err(), gone) {
		t.Errorf("%d units were spent afterwards, %v", after, b.Err())
	}
}
