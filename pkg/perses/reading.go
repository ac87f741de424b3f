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

// limits are how much may be read.
type limits struct {
	of     string // whose answers
	body   int    // bytes
	small  int    // bytes that may be read without regard to other calls
	values int    // counted by what separates them: of a list of nothing but empty objects each byte takes some twenty in memory
}

// MaxAnswer is how many bytes of one answer of a datasource are read at the most.
const MaxAnswer = 48 << 20

var (
	// persesMost is for what one call reads of Perses, in all of its requests: far above any document. Decoded and
	// encoded again, it takes some ten times as much memory. Nearly all documents and lists are small.
	persesMost = limits{of: "Perses", body: maxBody, small: 128 << 10, values: 1 << 18}
	// askedMost is for one answer of a datasource: a thousand series of a thousand points have 20 to 42 MB, as their numbers
	// are short or long. Decoded, they take less.
	askedMost = limits{of: "the datasource", body: MaxAnswer, small: 1 << 20, values: 1 << 22}
)

const (
	// sharedDocuments and sharedData are how many bytes of what is not small all calls read at the same time, of Perses and of
	// datasources, beside one call each that may read all it can. What they read multiplies in memory as it is decoded and
	// encoded again, and the process must stay small however many call.
	sharedDocuments = 2 << 20
	sharedData      = 8 << 20
	// readingGrace is after how long without more to read a call ends early if others wait for the memory of what it has read.
	// That is far longer than a call computes: it waits for Perses or for a datasource.
	readingGrace = 5 * time.Second
	// readingTime is how long a call may keep the others waiting in all.
	readingTime = 10 * time.Second
	// readingStep is how many bytes are taken from the quota at a time.
	readingStep = 64 << 10
)

func newReadings(shared int64) *quota.Pool {
	return quota.New(quota.Options{Shared: shared, Grace: readingGrace, ReserveGrace: readingGrace, ReserveTime: readingTime, OthersOnly: true})
}

// reading is what is read in one context: of Perses in one call or in a part of one, or of a datasource in one request.
type reading struct {
	ctx  context.Context
	pool *quota.Pool
	most limits
	of   *reading // what this is a part of; nil if it is none

	mu      sync.Mutex
	total   int
	values  int
	taken   int          // bytes of memory, for itself
	claim   *quota.Claim // nil as long as little was read
	claimed int          // bytes of the claim
	lent    int          // bytes of the claim that parts use
	lender  *reading     // whose claim it uses; nil if it uses none or its own
}

// part begins to read a part, which counts by itself. done ends it.
func (r *reading) part(ctx context.Context) (part *reading, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	part = &reading{ctx: ctx, pool: r.pool, most: r.most, of: r}
	return part, func() {
		cancel()
		part.giveBack()
	}
}

// add counts a piece of an answer. Who reads more than is small waits for its memory, which it keeps until its context ends:
// that is when it lets go of what it has read.
func (r *reading) add(piece []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total += len(piece)
	for _, separator := range []byte(",{[") {
		r.values += bytes.Count(piece, []byte{separator})
	}
	if r.total > r.most.body {
		return tooLarge{r.most, ""}
	}
	if r.values > r.most.values {
		return tooLarge{r.most, fmt.Sprintf(": it has more than %d values", r.most.values)}
	}
	// An answer of the most values takes as much memory as the longest one.
	weight := max(r.total, r.values*(r.most.body/r.most.values))
	if r.total <= r.most.small || weight <= r.taken {
		return nil
	}
	step := max(weight-r.taken, readingStep)
	if err := r.take(step); err != nil {
		if errors.Is(err, quota.ErrRevoked) { // and so is the call
			return fmt.Errorf("%w: %w", context.Canceled, err)
		}
		return err
	}
	r.taken += step
	return nil
}

// take takes memory. A part takes it from the claim of what it is a part of, if there is one: that claim lasts longer than
// the part, which would wait for its own call.
func (r *reading) take(step int) error {
	for of := r.of; of != nil && r.claim == nil && r.lender == nil; of = of.of {
		of.mu.Lock()
		if of.claim != nil {
			r.lender = of
		}
		of.mu.Unlock()
	}
	if r.lender != nil {
		return r.lender.lend(step)
	}
	if r.claim == nil {
		r.claim = r.pool.ClaimFor(r.ctx)
		context.AfterFunc(r.ctx, r.claim.Done)
	}
	return r.grow(r.taken + r.lent + step)
}

// lend gives a part memory of the claim. All of it together is no more than one reading may have, so no part waits for another.
func (r *reading) lend(step int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken+r.lent+step > r.most.body {
		return tooLarge{r.most, ", together with what else the call has read"}
	}
	if err := r.grow(r.taken + r.lent + step); err != nil {
		return err
	}
	r.lent += step
	return nil
}

// grow makes the claim one of so many bytes. The caller holds the lock.
func (r *reading) grow(bytes int) error {
	if bytes <= r.claimed {
		return nil
	}
	if err := r.claim.Take(r.ctx, int64(bytes-r.claimed)); err != nil {
		return err
	}
	r.claimed = bytes
	return nil
}

// giveBack ends the use of another reading's claim.
func (r *reading) giveBack() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lender != nil {
		r.lender.mu.Lock()
		r.lender.lent -= r.taken
		r.lender.mu.Unlock()
		r.lender, r.taken = nil, 0
	}
}

// boundBody is the body of an answer, counted as it is read.
type boundBody struct {
	io.ReadCloser
	read *reading
}

func (b boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if tooMuch := b.read.add(p[:n]); tooMuch != nil {
		return 0, tooMuch
	}
	return n, err
}

// tooLarge is the error of an answer that is not read to its end.
type tooLarge struct {
	most   limits
	detail string
}

func (e tooLarge) Error() string {
	return fmt.Sprintf("the answer of %s is larger than the %d MiB that are read%s", e.most.of, e.most.body>>20, e.detail)
}

// IsTooLarge tells whether err says that an answer was too large to be read.
func IsTooLarge(err error) bool { return errors.As(err, new(tooLarge)) }
