package perses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
)

// limits bound what is read from one server.
type limits struct {
	server    string // "Perses" or "the datasource"
	maxBytes  int
	maxSmall  int // bytes that may be read without a claim on the shared memory
	maxValues int // counted by their separators; in a list of empty objects, each byte takes about twenty bytes of memory
}

// MaxAnswer is the maximum number of bytes read of one response of a datasource.
const MaxAnswer = 48 << 20

var (
	// persesLimits bound all responses of Perses in one call. Nearly all documents and lists are small.
	persesLimits = limits{server: "Perses", maxBytes: maxBody, maxSmall: 128 << 10, maxValues: 1 << 18}
	// datasourceLimits bound one response of a datasource. A thousand series of a thousand points take 20 to 42 MB.
	datasourceLimits = limits{server: "the datasource", maxBytes: MaxAnswer, maxSmall: 1 << 20, maxValues: 1 << 22}
)

const (
	// sharedDocuments and sharedData are the memory in bytes that all calls share for large responses of Perses and of datasources.
	// In addition, one call at a time may read up to its own limits. Decoding and encoding multiply this memory, and the process
	// must stay small with any number of calls.
	sharedDocuments = 2 << 20
	sharedData      = 8 << 20
	// quotaGrace is how long a call may hold memory without reading more while others wait for it. Then the call is cancelled.
	// Calls compute for a much shorter time, so such a call waits for Perses or a datasource.
	quotaGrace = 5 * time.Second
	// quotaTime is the total time for which a call may keep others waiting.
	quotaTime = 10 * time.Second
	// quotaStep is the minimum number of bytes taken from the quota at a time.
	quotaStep = 64 << 10
)

func newPool(shared int64) *quota.Pool {
	return quota.New(quota.Options{Shared: shared, Grace: quotaGrace, ReserveGrace: quotaGrace, ReserveTime: quotaTime, OthersOnly: true})
}

// bodyQuota counts the response bodies read in one context and claims memory for them. The context is a call to Perses or a part
// of one, or a request to a datasource.
type bodyQuota struct {
	ctx    context.Context
	pool   *quota.Pool
	limits limits
	parent *bodyQuota // nil unless this is a part

	mu      sync.Mutex
	total   int          // bytes read
	values  int          // JSON values read
	taken   int          // bytes of memory for itself
	claim   *quota.Claim // nil until more than maxSmall bytes are read
	claimed int          // bytes of the claim
	lent    int          // bytes of the claim that parts use
	lender  *bodyQuota   // the quota whose claim this one uses, or nil
}

// part returns the quota of a part, which is counted separately. done ends the part.
func (q *bodyQuota) part(ctx context.Context) (part *bodyQuota, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	part = &bodyQuota{ctx: ctx, pool: q.pool, limits: q.limits, parent: q}
	return part, func() {
		cancel()
		part.giveBack()
	}
}

// add counts a piece of a response. Above maxSmall bytes, it waits for memory and holds it until the context ends.
func (q *bodyQuota) add(piece []byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.total += len(piece)
	for _, separator := range []byte(",{[") {
		q.values += bytes.Count(piece, []byte{separator})
	}
	if q.total > q.limits.maxBytes {
		return q.limits.tooLong("")
	}
	if q.values > q.limits.maxValues {
		return tooLarge(fmt.Sprintf("the answer of %s has more than the %d values that are read", q.limits.server, q.limits.maxValues))
	}
	// A response with maxValues values takes as much memory as one of maxBytes bytes.
	weight := max(q.total, q.values*(q.limits.maxBytes/q.limits.maxValues))
	if q.total <= q.limits.maxSmall || weight <= q.taken {
		return nil
	}
	step := max(weight-q.taken, quotaStep)
	if err := q.take(step); err != nil {
		if errors.Is(err, quota.ErrRevoked) { // the call is cancelled
			return fmt.Errorf("%w: %w", context.Canceled, err)
		}
		return err
	}
	q.taken += step
	return nil
}

// take takes memory. A part takes it from the claim of its parent, if there is one. With a claim of its own, it would wait for its
// own call, whose claim outlasts the part.
func (q *bodyQuota) take(step int) error {
	for p := q.parent; p != nil && q.claim == nil && q.lender == nil; p = p.parent {
		p.mu.Lock()
		if p.claim != nil {
			q.lender = p
		}
		p.mu.Unlock()
	}
	if q.lender != nil {
		return q.lender.lend(step)
	}
	if q.claim == nil {
		q.claim = q.pool.ClaimFor(q.ctx)
		context.AfterFunc(q.ctx, q.claim.Done)
	}
	return q.grow(q.taken + q.lent + step)
}

// lend lends a part memory of the claim. The parts share the limit of one call, so no part waits for another.
func (q *bodyQuota) lend(step int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.taken+q.lent+step > q.limits.maxBytes {
		return q.limits.tooLong(", together with the other answers of this call")
	}
	if err := q.grow(q.taken + q.lent + step); err != nil {
		return err
	}
	q.lent += step
	return nil
}

// grow increases the claim to a number of bytes. The caller holds the lock.
func (q *bodyQuota) grow(bytes int) error {
	if bytes <= q.claimed {
		return nil
	}
	if err := q.claim.Take(q.ctx, int64(bytes-q.claimed)); err != nil {
		return err
	}
	q.claimed = bytes
	return nil
}

// giveBack returns the memory that was lent.
func (q *bodyQuota) giveBack() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lender != nil {
		q.lender.mu.Lock()
		q.lender.lent -= q.taken
		q.lender.mu.Unlock()
		q.lender, q.taken = nil, 0
	}
}

// boundBody is a response body that is counted while it is read.
type boundBody struct {
	io.ReadCloser
	quota *bodyQuota
}

func (b boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err := b.quota.add(p[:n]); err != nil {
		return 0, err
	}
	return n, err
}

// tooLarge is the error of a response that exceeds a limit, which is not read to its end.
type tooLarge string

func (e tooLarge) Error() string { return string(e) }

// tooLong returns the error of a response with too many bytes.
func (l limits) tooLong(detail string) error {
	return tooLarge(fmt.Sprintf("the answer of %s is larger than the %d MiB that are read%s", l.server, l.maxBytes>>20, detail))
}

// IsTooLarge reports whether err says that a response exceeds a limit.
func IsTooLarge(err error) bool { return errors.As(err, new(tooLarge)) }
