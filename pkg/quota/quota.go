// Package quota shares memory among requests whose size is not known before they have been read.
package quota

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"
)

// ErrRevoked is the error of a claim whose memory was taken back because others waited for it.
var ErrRevoked = errors.New("others waited for the memory that it holds")

// Owner says whose claim it is. Of two claims that wait, the one whose owner holds less memory goes first: less by address,
// and if that is the same, less by caller. Of two that hold the same, the later one goes first: under an attack most of those
// who have waited for long are attackers.
type Owner struct{ Address, Caller string }

// Pool is a number of bytes that claims share.
//
// Claims grow as their data arrives. Many claims could fill the pool with none of them complete, so one of them may use a
// reserve beyond what is shared: it can always complete, and then the next one can.
//
// A claim that makes no progress for a while loses its memory to others who wait. So somebody who announces much and sends
// little takes nothing from anybody, however many connections they use.
type Pool struct {
	Options

	mu      sync.Mutex
	used    int64               // without the claim that has the reserve
	claims  map[*Claim]struct{} // those that hold memory
	reserve *Claim              // the claim that may use the reserve; nil if none does
	waiting []*wait             // in the order of their arrival
	timer   *time.Timer         // fires when a claim is due to be revoked
}

// Options are what a pool is made from.
type Options struct {
	// Shared is how many bytes there are beside the reserve, which is as large as the largest claim.
	Shared int64
	// Grace and ReserveGrace are how long a claim, and the one with the reserve, may make no progress while others wait.
	Grace, ReserveGrace time.Duration
	// ReserveTime is how long a claim may have the reserve while others wait, whatever its progress; 0 for any time.
	ReserveTime time.Duration
	// OthersOnly protects the claims of a caller from revocation if only the same caller waits.
	OthersOnly bool
}

// New returns a pool of which nothing is taken.
func New(o Options) *Pool { return &Pool{Options: o, claims: map[*Claim]struct{}{}} }

// Claim is the memory that one request holds.
type Claim struct {
	pool   *Pool
	owner  Owner
	revoke func()

	// The pool's lock guards these.
	size    int64
	due     time.Time // when the claim can be revoked
	since   time.Time // when it got the reserve
	revoked bool
	done    bool
	waits   int  // how many times it waits
	held    bool // complete: see Hold
}

// wait is a claim that waits for bytes.
type wait struct {
	claim   *Claim
	bytes   int64
	over    chan struct{} // closed when the wait is over
	granted bool          // whether it ended with the bytes
}

// Claim returns a claim that holds nothing yet. When it is revoked, revoke is called: it must not block, and must lead to
// a call of Done. It is not called after Done. A claim without a revoke function is never revoked.
func (p *Pool) Claim(owner Owner, revoke func()) *Claim {
	return &Claim{pool: p, owner: owner, revoke: revoke}
}

// Take adds bytes to the claim, which counts as progress. It waits until the pool has them, at most until ctx ends.
func (c *Claim) Take(ctx context.Context, bytes int64) error {
	p := c.pool
	if bytes == 0 {
		return nil
	}
	p.mu.Lock()
	if c.revoked || c.done {
		p.mu.Unlock()
		return c.refusal(ctx)
	}
	if p.grant(c, bytes) {
		p.mu.Unlock()
		return nil
	}
	w := &wait{claim: c, bytes: bytes, over: make(chan struct{})}
	c.waits++
	p.waiting = append(p.waiting, w)
	p.watch()
	p.mu.Unlock()
	select {
	case <-w.over:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.granted {
		return nil
	}
	p.leave(w)
	p.watch()
	return c.refusal(ctx)
}

// refusal returns why a claim gets nothing: the end of ctx, or else that of the claim.
func (c *Claim) refusal(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return ErrRevoked
}

// Hold says that the claim is complete and needs its bytes for a while. It is not revoked any more.
func (c *Claim) Hold() {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	c.held = true
}

// Revoked reports whether the claim was revoked.
func (c *Claim) Revoked() bool {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	return c.revoked
}

// Done gives the memory back, and ends a wait for more: what is granted after it, nobody would give back. It may be called
// more than once; nothing can be taken after it.
func (c *Claim) Done() {
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reserve == c {
		p.reserve = nil
	} else {
		p.used -= c.size
	}
	c.size, c.done = 0, true
	delete(p.claims, c)
	for _, w := range slices.Clone(p.waiting) {
		if w.claim == c {
			p.leave(w)
		}
	}
	p.next()
	p.watch()
}

// grant gives bytes to a claim if there are enough of them, or if it can have the reserve. The caller holds the lock.
func (p *Pool) grant(c *Claim, bytes int64) bool {
	switch {
	case p.reserve == c:
	case p.used+bytes <= p.Shared:
		p.used += bytes
	case p.reserve == nil:
		p.reserve, c.since = c, time.Now()
		p.used -= c.size
	default:
		return false
	}
	c.size += bytes
	c.due = time.Now().Add(p.Grace)
	if p.reserve == c {
		c.due = time.Now().Add(p.ReserveGrace)
		if end := c.since.Add(p.ReserveTime); p.ReserveTime > 0 && end.Before(c.due) {
			c.due = end
		}
	}
	p.claims[c] = struct{}{}
	return true
}

// next gives those who wait what there is. The caller holds the lock.
func (p *Pool) next() {
	for changed := true; changed; { // to give one the reserve frees what it has of the shared bytes
		changed = false
		for _, w := range p.ordered() {
			before := p.reserve
			if p.grant(w.claim, w.bytes) {
				w.granted = true
				p.leave(w)
				changed = changed || before != p.reserve
			}
		}
	}
}

// leave ends a wait. The caller holds the lock.
func (p *Pool) leave(w *wait) {
	if i := slices.Index(p.waiting, w); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		w.claim.waits--
		close(w.over)
	}
}

// ordered returns those who wait, the one that is to go first at the front. The caller holds the lock.
func (p *Pool) ordered() []*wait {
	ordered := slices.Clone(p.waiting)
	slices.Reverse(ordered)
	if len(ordered) > 1 {
		address, caller := p.holdings()
		slices.SortStableFunc(ordered, func(a, b *wait) int {
			x, y := a.claim, b.claim
			return cmp.Or(cmp.Compare(address[x.owner.Address], address[y.owner.Address]),
				cmp.Compare(caller[x.owner.Caller], caller[y.owner.Caller]), cmp.Compare(x.size, y.size))
		})
	}
	return ordered
}

// holdings returns how many bytes each address and each caller holds.
func (p *Pool) holdings() (address, caller map[string]int64) {
	address, caller = map[string]int64{}, map[string]int64{}
	for c := range p.claims {
		address[c.owner.Address] += c.size
		caller[c.owner.Caller] += c.size
	}
	return address, caller
}

// watch revokes claims that are due as far as the first who waits needs their memory, and sees to it that it runs again
// when the next claim is due. The caller holds the lock.
func (p *Pool) watch() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if len(p.waiting) == 0 {
		return
	}
	need := p.used + p.ordered()[0].bytes - p.Shared
	if p.reserve == nil || p.reserve.revoked {
		return // the first gets the reserve
	}
	for c := range p.claims {
		if c.revoked {
			need -= c.size // its owner is about to call Done
		}
	}
	now, next := time.Now(), time.Duration(math.MaxInt64)
	for _, c := range p.revocable() {
		if need <= 0 {
			return
		}
		if left := c.due.Sub(now); left > 0 {
			next = min(next, left)
			continue
		}
		c.revoked = true
		c.revoke()
		if need -= c.size; c == p.reserve {
			return
		}
	}
	if next < math.MaxInt64 {
		p.timer = time.AfterFunc(next, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.watch()
		})
	}
}

// revocable returns the claims that those who wait can cause to be revoked once they are due: first that with the reserve,
// for one claim always waits for that, then those of the owners who hold most. The caller holds the lock.
func (p *Pool) revocable() []*Claim {
	var claims []*Claim
	for c := range p.claims {
		if !c.revoked && c.waits == 0 && !c.held && c.revoke != nil && (!p.OthersOnly || p.hasRival(c)) {
			claims = append(claims, c)
		}
	}
	address, caller := p.holdings()
	rank := func(c *Claim) int {
		if c == p.reserve {
			return 0
		}
		return 1
	}
	slices.SortFunc(claims, func(a, b *Claim) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(address[b.owner.Address], address[a.owner.Address]),
			cmp.Compare(caller[b.owner.Caller], caller[a.owner.Caller]), a.due.Compare(b.due))
	})
	return claims
}

// hasRival reports whether a claim of another caller waits.
func (p *Pool) hasRival(c *Claim) bool {
	return slices.ContainsFunc(p.waiting, func(w *wait) bool { return w.claim.owner.Caller != c.owner.Caller })
}
