package perses

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestNothingStaysTaken: calls that end while they wait to read, as the one ends for which they wait, leave the memory to
// others.
func TestNothingStaysTaken(t *testing.T) {
	answer := make([]byte, 5<<20)
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			pool := newReadings(sharedDocuments)
			add := func(ctx context.Context) error {
				return (&reading{ctx: ctx, pool: pool, most: persesMost}).add(answer)
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
