package perses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// limits are how much may be read.
type limits struct {
	of     string // whose answers
	body   int    // bytes
	small  int    // bytes that may be read without regard to other calls
	values int    // counted by what separates them: of a list of nothing but empty objects each byte takes some twenty in memory
}

var (
	// persesMost is for what one call reads of Perses, in all of its requests: far above any document. Decoded and
	// encoded again, it takes some ten times as much memory. Nearly all documents and lists are small.
	persesMost = limits{of: "Perses", body: maxBody, small: 128 << 10, values: 1 << 18}
	// askedMost is for one answer of a datasource: a thousand series of a thousand points have 20 to 42 MB, as their numbers
	// are short or long. Decoded, they take less.
	askedMost = limits{of: "the datasource", body: 48 << 20, small: 1 << 20, values: 1 << 22}
)

// largeAtOnce is how many at a time may read more than is small, of documents and of datasources each. What they read
// multiplies in memory as it is decoded and encoded again, and the process must stay small however many call.
const largeAtOnce = 1

// reading is what is read in one context: of Perses in one call, or of a datasource in one request.
type reading struct {
	ctx   context.Context
	large chan struct{} // has an element for each that reads more than is small
	most  limits

	mu     sync.Mutex
	total  int
	values int
}

// add counts a piece of an answer. Who gets too many of them waits for its turn, which it keeps until its context ends:
// that is when it lets go of what it has read.
func (r *reading) add(piece []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.total
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
	if before > r.most.small || r.total <= r.most.small {
		return nil
	}
	select {
	case r.large <- struct{}{}:
		context.AfterFunc(r.ctx, func() { <-r.large })
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
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
