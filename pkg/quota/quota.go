// Package quota shares memory among requests whose size is unknown until they have been read.
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

// ErrRevoked is the error of a claim that has lost its memory, or has given it back.
var ErrRevoked = errors.New("the memory was revoked because others waited for it")

// Owner identifies the sender of a request. Of two waiting claims, the one whose owner holds less memory goes first: first by address,
// then by caller. If both hold the same, the later one goes first: in an attack, most of the claims that have waited long are the
// attacker's.
type Owner struct{ Address, Caller string }

// Pool is a number of bytes that claims share.
//
// Claims grow as their data arrives. They could fill the pool before any of them is complete, so one claim at a time may use a reserve
// in addition to the shared bytes. It can always complete, and then the next one can.
//
// A claim that makes no progress for a while loses its memory to waiting claims. Senders that announce large requests and send little
// therefore cannot block others, however many connections they open.
type Pool struct {
	Options

	mu      sync.Mutex
	used    int64               // without the claim that uses the reserve
	claims  map[*Claim]struct{} // claims that hold memory
	reserve *Claim              // the claim that uses the reserve, or nil
	waiting []*wait             // in order of arrival
	timer   *time.Timer         // fires when a claim is due to be revoked
}

// Options configure a pool.
type Options struct {
	// Shared is the number of bytes that claims share. The reserve has no limit of its own.
	Shared int64
	// Grace is how long a claim may make no progress while others wait. ReserveGrace is the same for the claim with the reserve.
	Grace, ReserveGrace time.Duration
	// ReserveTime is how long a claim may keep the reserve while others wait, even if it makes progress. 0 means no limit.
	ReserveTime time.Duration
	// OthersOnly protects a claim from revocation while only claims of the same caller wait.
	OthersOnly bool
}

// New returns a pool.
func New(o Options) *Pool { return &Pool{Options: o, claims: map[*Claim]struct{}{}} }

// Claim is the memory that one request holds.
type Claim struct {
	pool   *Pool
	owner  Owner
	revoke func()

	// The fields below are guarded by the pool's lock.
	size    int64
	due     time.Time // earliest time of a revocation
	since   time.Time // when the claim got the reserve
	revoked bool
	done    bool
	waits   int  // number of pending calls of Take
	held    bool // see Hold
}

// wait is a pending call of Take.
type wait struct {
	claim   *Claim
	bytes   int64
	over    chan struct{} // closed at the end of the wait
	granted bool
}

// Claim returns a claim that holds no memory yet. The pool calls revoke when it revokes the claim: it must not block, and must lead to
// a call of Done. It is not called after Done. A claim without it is never revoked.
func (p *Pool) Claim(owner Owner, revoke func()) *Claim {
	return &Claim{pool: p, owner: owner, revoke: revoke}
}

// Take adds bytes to the claim, which counts as progress. It waits until they are available or ctx is done.
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

// refusal returns the error of a Take without success.
func (c *Claim) refusal(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return ErrRevoked
}

// Hold protects a complete claim from revocation.
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

// Done gives the memory back and ends pending calls of Take. It can be called more than once.
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

// grant gives bytes to a claim if enough are available or if the claim can use the reserve. The caller holds the lock.
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

// next grants as many waits as possible. The caller holds the lock.
func (p *Pool) next() {
	for changed := true; changed; { // a claim that gets the reserve frees its shared bytes
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

// ordered returns the waits in the order in which they are granted. The caller holds the lock.
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

// holdings returns the number of bytes that each address and each caller holds. The caller holds the lock.
func (p *Pool) holdings() (address, caller map[string]int64) {
	address, caller = map[string]int64{}, map[string]int64{}
	for c := range p.claims {
		address[c.owner.Address] += c.size
		caller[c.owner.Caller] += c.size
	}
	return address, caller
}

// watch revokes due claims until there is enough memory for the first wait, and schedules itself for when the next claim is due. The
// caller holds the lock.
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
		return // the first wait gets the reserve
	}
	for c := range p.claims {
		if c.revoked {
			need -= c.size // Done will follow
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

// revocable returns the claims that can be revoked once they are due, in order: first the one with the reserve, because a claim always
// waits for it, then those of the owners that hold most. The caller holds the lock.
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
