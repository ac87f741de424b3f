package quota_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
)

// A pending Take of a claim that is done gets nothing: nobody would give the memory back.
func TestDoneEndsPendingTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, true)
		holder, c, other := p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil)
		take(t, holder, 20)
		take(t, c, 10)
		first, second := startTake(t, c, 20), startTake(t, c, 20)
		c.Done()
		synctest.Wait()
		if err := errors.Join(<-first, <-second); !errors.Is(err, quota.ErrRevoked) {
			t.Errorf("got %v", err)
		}
		holder.Done()
		take(t, other, 20)
		take(t, p.Claim(quota.Owner{}, nil), 10)
	})
}

// In whatever order claims grow, wait, are revoked, end and outlast their contexts, no memory stays taken after the last one is done.
func TestNoMemoryLeaks(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			p := quota.New(quota.Options{Shared: 100, Grace: grace, ReserveGrace: grace, ReserveTime: 3 * grace, OthersOnly: seed%2 == 0})
			random := rand.New(rand.NewPCG(seed, 0))
			var all sync.WaitGroup
			for range 40 {
				owner := quota.Owner{Address: fmt.Sprint(random.IntN(3)), Caller: fmt.Sprint(random.IntN(4))}
				lasts, begins, takes := random.IntN(8), random.IntN(5), random.Perm(6)
				all.Go(func() {
					time.Sleep(time.Duration(begins) * grace / 2)
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(lasts)*grace/2)
					defer cancel()
					c := p.Claim(owner, cancel)
					context.AfterFunc(ctx, c.Done)
					for _, n := range takes {
						if c.Take(ctx, int64(n*20)) != nil {
							return
						}
						time.Sleep(time.Duration(n) * grace / 4)
					}
				})
			}
			all.Wait()
			synctest.Wait()
			take(t, p.Claim(quota.Owner{}, nil), 100) // all shared bytes
			take(t, p.Claim(quota.Owner{}, nil), 1e9) // the reserve
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
