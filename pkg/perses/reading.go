package perses

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
)

const (
	// maxSmall is how much a call may read of Perses without regard to other calls. Nearly all documents and
	// lists are smaller.
	maxSmall = 128 << 10
	// largeAtOnce is how many calls at a time may read more. What they read multiplies in memory as it is
	// decoded and encoded again, and the process must stay small however many call.
	largeAtOnce = 1
	// maxValues is how many values a call may read, counted by what separates them: of a list of nothing but
	// empty objects each byte takes some twenty in memory.
	maxValues = 1 << 18
)

// reading is what one call reads of Perses, in all of its requests.
type reading struct {
	ctx   context.Context // of the call
	large chan struct{}   // has an element for each call that reads more than maxSmall

	mu     sync.Mutex
	total  int
	values int
}

// add counts a piece of an answer. The call that gets too many of them waits for its turn, which it keeps to its end: that
// is when it lets go of what it has read.
func (r *reading) add(piece []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.total
	r.total += len(piece)
	for _, separator := range []byte(",{[") {
		r.values += bytes.Count(piece, []byte{separator})
	}
	if r.total > maxBody {
		return errTooLarge
	}
	if r.values > maxValues {
		return errTooManyValues
	}
	if before > maxSmall || r.total <= maxSmall {
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

var (
	errTooLarge      = fmt.Errorf("the answer of Perses is larger than the %d MiB that are read", maxBody>>20)
	errTooManyValues = fmt.Errorf("%w: it has more than %d values", errTooLarge, maxValues)
)
