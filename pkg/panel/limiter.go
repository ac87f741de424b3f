package panel

import (
	"context"
	"sync"
)

// maxConcurrent is the maximum number of queries that one run asks at the same time.
const maxConcurrent = 8

// limiter bounds the number of concurrent queries. Each datasource has a share of its own, so that one that hangs does not block the
// queries of the others.
type limiter struct {
	all   chan struct{}
	share int
	mu    sync.Mutex
	each  map[string]chan struct{} // by datasource
}

func newLimiter(datasources int) *limiter {
	return &limiter{all: make(chan struct{}, maxConcurrent), share: max(1, maxConcurrent/max(1, datasources)), each: map[string]chan struct{}{}}
}

// acquire waits until the datasource may be asked. It returns the function to call after the answer, or the error of the context.
func (l *limiter) acquire(ctx context.Context, datasource string) (release func(), err error) {
	l.mu.Lock()
	own, ok := l.each[datasource]
	if !ok {
		own = make(chan struct{}, l.share)
		l.each[datasource] = own
	}
	l.mu.Unlock()
	select {
	case own <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case l.all <- struct{}{}:
		return func() { <-l.all; <-own }, nil
	case <-ctx.Done():
		<-own
		return nil, ctx.Err()
	}
}

// once calls a function at most once for each key.
type once[T any] struct {
	mu    sync.Mutex
	calls map[string]func() (T, error)
}

// do returns what f returned for this key. The first caller runs it, and the others wait for the result. If f panics, all of them do.
func (o *once[T]) do(key string, f func() (T, error)) (T, error) {
	o.mu.Lock()
	if o.calls == nil {
		o.calls = map[string]func() (T, error){}
	}
	call, ok := o.calls[key]
	if !ok {
		call = sync.OnceValues(f)
		o.calls[key] = call
	}
	o.mu.Unlock()
	return call()
}
