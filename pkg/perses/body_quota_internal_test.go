package perses

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
)

// TestNothingStaysTaken ends calls that wait for memory together with the call that holds it. The memory must be free afterwards.
func TestNothingStaysTaken(t *testing.T) {
	answer := make([]byte, 5<<20)
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			pool := newPool(sharedDocuments)
			add := func(ctx context.Context) error {
				return (&bodyQuota{ctx: ctx, pool: pool, limits: persesLimits}).add(answer)
			}
			ctx, cancel := context.WithCancel(t.Context())
			for range 8 {
				go func() { _ = add(ctx) }()
			}
			synctest.Wait()
			cancel()
			synctest.Wait()
			last := make(chan error, 1)
			go func() { last <- add(t.Context()) }()
			synctest.Wait()
			select {
			case err := <-last:
				if err != nil {
					t.Error(err)
				}
			default:
				t.Error("it waits for those who are gone")
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestTooManyValues checks that the error about too many values does not blame the size of the response.
func TestTooManyValues(t *testing.T) {
	q := &bodyQuota{ctx: t.Context(), pool: newPool(sharedData), limits: limits{server: "the datasource", maxBytes: 100, maxSmall: 100, maxValues: 10}}
	err := q.add([]byte(strings.Repeat(",", 11)))
	if want := "the answer of the datasource has more than the 10 values that are read"; !IsTooLarge(err) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
