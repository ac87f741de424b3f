package panel

import (
	"strconv"
	"sync"
	"testing"

	"github.com/perses/mcp-server/pkg/parallel"
)

// TestConcurrentQueriesAreBounded has many datasources, each with a share of its own.
func TestConcurrentQueriesAreBounded(t *testing.T) {
	const queries = 30
	l := newLimiter(queries)
	var mu sync.Mutex
	running, highest := 0, 0
	count := func(more int) {
		mu.Lock()
		defer mu.Unlock()
		running += more
		highest = max(highest, running)
	}
	reached := make(chan struct{}, queries)
	proceed := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		parallel.Each(queries, func(i int) {
			release, err := l.acquire(t.Context(), strconv.Itoa(i))
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			count(1)
			reached <- struct{}{}
			<-proceed
			count(-1)
		})
	}()
	for range maxConcurrent {
		<-reached
	}
	close(proceed)
	<-done
	if highest != maxConcurrent {
		t.Errorf("%d ran at the same time, want %d", highest, maxConcurrent)
	}
}
