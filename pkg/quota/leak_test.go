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

// TestDoneEndsAWait: a claim that waits when it is given up gets nothing any more, which nobody would give back.
func TestDoneEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, true)
		holder, c, other := p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil)
		take(t, holder, 20)
		take(t, c, 10)
		first, second := taker(t, c, 20), taker(t, c, 20)
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

// TestNothingStaysTaken: in whatever order claims grow, wait, are revoked, given up and outlast their contexts, all is free
// when the last of them is done.
func TestNothingStaysTaken(t *testing.T) {
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
			take(t, p.Claim(quota.Owner{}, nil), 100) // all that is shared
			take(t, p.Claim(quota.Owner{}, nil), 1e9) // and the reserve
		})
		if t.Failed() {
			t.Fatalf("with the seed %d", seed)
		}
	}
}
