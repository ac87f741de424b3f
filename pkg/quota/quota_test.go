package quota_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
)

const grace = time.Second

func pool(shared int64, othersOnly bool) *quota.Pool {
	return quota.New(quota.Options{Shared: shared, Grace: grace, ReserveGrace: grace, OthersOnly: othersOnly})
}

// startTake takes bytes for a claim in the background and sends the result on a channel.
func startTake(t *testing.T, c *quota.Claim, bytes int64) <-chan error {
	t.Helper()
	taken := make(chan error, 1)
	go func() { taken <- c.Take(t.Context(), bytes) }()
	synctest.Wait()
	return taken
}

func take(t *testing.T, c *quota.Claim, bytes int64) {
	t.Helper()
	select {
	case err := <-startTake(t, c, bytes):
		if err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("Take(%d) waits", bytes)
	}
}

func mustWait(t *testing.T, taken <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-taken:
		t.Fatalf("Take returned %v, want it to wait", err)
	default:
	}
}

func mustGrant(t *testing.T, taken <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-taken:
		if err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatal("Take still waits")
	}
}

// claim returns a claim that gives its memory back when it is revoked, and whether it was revoked.
func claim(p *quota.Pool, owner quota.Owner) (c *quota.Claim, revoked *bool) {
	revoked = new(bool)
	c = p.Claim(owner, func() {
		*revoked = true
		go c.Done()
	})
	return c, revoked
}

func TestOneClaimCanAlwaysComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, false)
		a, b, c := p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil), p.Claim(quota.Owner{}, nil)
		take(t, a, 5)
		take(t, b, 5)
		take(t, a, 5)  // a now uses the reserve
		take(t, a, 50) // the reserve has no limit
		take(t, c, 5)  // the shared bytes of a are free again
		forC, forB := startTake(t, c, 3), startTake(t, b, 5)
		mustWait(t, forB)
		mustWait(t, forC)
		a.Done()
		mustGrant(t, forB) // b gets the reserve
		mustGrant(t, forC) // the shared bytes of b are free again
		b.Done()
		c.Done()
		take(t, p.Claim(quota.Owner{}, nil), 10)
	})
}

func TestStalledClaimIsRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, false)
		first, firstRevoked := claim(p, quota.Owner{Address: "x"})
		second, secondRevoked := claim(p, quota.Owner{Address: "x"})
		take(t, first, 10)
		take(t, second, 10)
		time.Sleep(100 * grace)
		if *firstRevoked || *secondRevoked {
			t.Fatal("a claim was revoked although nobody waits")
		}
		take(t, second, 1) // progress
		third, _ := claim(p, quota.Owner{Address: "y"})
		mustGrant(t, startTake(t, third, 10))
		if !*firstRevoked || *secondRevoked {
			t.Errorf("revoked: first %t, second %t", *firstRevoked, *secondRevoked)
		}
		if err := first.Take(t.Context(), 1); !errors.Is(err, quota.ErrRevoked) || !first.Revoked() {
			t.Errorf("got %v", err)
		}
		fourth := p.Claim(quota.Owner{}, nil)
		taken := startTake(t, fourth, 1)
		mustWait(t, taken)
		time.Sleep(grace) // after the progress of the second
		mustGrant(t, taken)
	})
}

// However many claims stall, a later one waits no longer than the grace period.
func TestManyStalledClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(100, false)
		for i := range 1000 {
			c, _ := claim(p, quota.Owner{Address: "x", Caller: fmt.Sprint(i)})
			go func() { _ = c.Take(t.Context(), 10) }()
		}
		synctest.Wait()
		c := p.Claim(quota.Owner{Address: "y"}, nil)
		taken := startTake(t, c, 10)
		time.Sleep(grace)
		mustGrant(t, taken)
		for range 9 {
			take(t, c, 1) // from the reserve, or from stalled claims
		}
	})
}

func TestCompleteClaimIsNotRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, false)
		c, revoked := claim(p, quota.Owner{})
		take(t, c, 20)
		c.Hold()
		other := p.Claim(quota.Owner{}, nil)
		taken := startTake(t, other, 20)
		time.Sleep(10 * grace)
		mustWait(t, taken)
		if *revoked {
			t.Error("the claim was revoked")
		}
		c.Done()
		c.Done()
		mustGrant(t, taken)
		if err := c.Take(t.Context(), 1); !errors.Is(err, quota.ErrRevoked) {
			t.Errorf("after Done: got %v", err)
		}
	})
}

func TestClaimsOfTheSameCallerAreNotRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, true)
		c, revoked := claim(p, quota.Owner{Caller: "a"})
		take(t, c, 20)
		mine := p.Claim(quota.Owner{Caller: "a"}, nil)
		taken := startTake(t, mine, 20)
		time.Sleep(10 * grace)
		if *revoked {
			t.Fatal("the claim was revoked for its own caller")
		}
		other := p.Claim(quota.Owner{Caller: "b"}, nil)
		mustGrant(t, startTake(t, other, 20)) // before the earlier one
		if !*revoked {
			t.Error("the claim was not revoked for another caller")
		}
		other.Done()
		mustGrant(t, taken)
	})
}

// The owner that holds less memory goes first, by address, then by caller.
func TestOrderOfWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(100, false)
		holder := p.Claim(quota.Owner{}, nil)
		take(t, holder, 1000)
		take(t, p.Claim(quota.Owner{Address: "x", Caller: "1"}, nil), 50)
		take(t, p.Claim(quota.Owner{Address: "y", Caller: "2"}, nil), 40)
		var order []string
		for _, owner := range []quota.Owner{{Address: "x", Caller: "1"}, {Address: "x", Caller: "3"}, {Address: "y", Caller: "4"}, {Address: "z", Caller: "5"}} {
			c := p.Claim(owner, nil)
			go func() {
				if c.Take(t.Context(), 1000) == nil {
					order = append(order, owner.Caller)
					c.Done()
				}
			}()
			synctest.Wait()
		}
		holder.Done()
		synctest.Wait()
		if want := []string{"5", "4", "3", "1"}; !slices.Equal(order, want) {
			t.Errorf("got %v, want %v", order, want)
		}
	})
}

func TestTakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, false)
		holder := p.Claim(quota.Owner{}, nil)
		take(t, holder, 20)
		ctx, cancel := context.WithTimeout(t.Context(), grace)
		defer cancel()
		take(t, p.Claim(quota.Owner{}, nil), 10)
		c := p.Claim(quota.Owner{}, nil)
		if err := c.Take(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		holder.Done()
		take(t, c, 20)
	})
}

// A claim loses the reserve after ReserveTime, even if it makes progress.
func TestReserveTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := quota.New(quota.Options{Shared: 10, Grace: grace, ReserveGrace: grace, ReserveTime: 10 * grace})
		c, revoked := claim(p, quota.Owner{})
		take(t, c, 20)
		other := p.Claim(quota.Owner{}, nil)
		taken := startTake(t, other, 20)
		for second := range 10 {
			if *revoked {
				t.Fatalf("the claim was revoked after %d s", second)
			}
			take(t, c, 1)
			time.Sleep(grace - 1)
		}
		time.Sleep(grace)
		mustGrant(t, taken)
	})
}

// A revocation ends the request of the claim, and no other.
func TestRevocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(10, true)
		a, b := quota.NewContext(t.Context(), quota.Owner{Caller: "a"}), quota.NewContext(t.Context(), quota.Owner{Caller: "b"})
		first := p.ClaimFor(a)
		take(t, first, 20)
		context.AfterFunc(quota.Revocation(a), first.Done)
		taken := startTake(t, p.ClaimFor(b), 20)
		time.Sleep(grace)
		mustGrant(t, taken)
		if !errors.Is(context.Cause(quota.Revocation(a)), quota.ErrOthersWaited) || a.Err() != nil {
			t.Errorf("got %v and %v", quota.Revocation(a).Err(), a.Err())
		}
		if quota.Revocation(b).Err() != nil || quota.Revocation(t.Context()).Err() != nil {
			t.Error("other requests were revoked")
		}
	})
}
