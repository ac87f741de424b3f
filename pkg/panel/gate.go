package panel

import (
	"context"
	"sync"
)

// maxAtOnce is how many queries one run has under way at a time.
const maxAtOnce = 8

// gate lets queries through, a few at a time. Of those each datasource has a share of its own: one that hangs holds up
// nobody who asks another.
type gate struct {
	all   chan struct{} // with room for all that may be under way
	share int
	mu    sync.Mutex
	open  map[string]chan struct{} // for each datasource, with room for its share
}

func newGate(datasources int) *gate {
	return &gate{all: make(chan struct{}, maxAtOnce), share: max(1, maxAtOnce/max(1, datasources)), open: map[string]chan struct{}{}}
}

// pass waits until the datasource may be asked, and returns what to call when it has answered, or the error of a context
// that is done before.
func (g *gate) pass(ctx context.Context, datasource string) (leave func(), err error) {
	g.mu.Lock()
	places, ok := g.open[datasource]
	if !ok {
		places = make(chan struct{}, g.share)
		g.open[datasource] = places
	}
	g.mu.Unlock()
	select {
	case places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case g.all <- struct{}{}:
		return func() { <-g.all; <-places }, nil
	case <-ctx.Done():
		<-places
		return nil, ctx.Err()
	}
}

// once does each thing once, for all that ask for it.
type once[T any] struct {
	mu   sync.Mutex
	done map[string]*outcome[T]
}

type outcome[T any] struct {
	ready chan struct{}
	value T
	err   error
}

// do returns what f came to for this key. The first that asks runs it; the others wait for that.
func (o *once[T]) do(key string, f func() (T, error)) (T, error) {
	o.mu.Lock()
	if o.done == nil {
		o.done = map[string]*outcome[T]{}
	}
	known, ok := o.done[key]
	if !ok {
		known = &outcome[T]{ready: make(chan struct{})}
		o.done[key] = known
	}
	o.mu.Unlock()
	if !ok {
		defer close(known.ready) // after a panic, too
		known.value, known.err = f()
		return known.value, known.err
	}
	<-known.ready
	return known.value, known.err
}
