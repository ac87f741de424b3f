package panel

import (
	"strconv"
	"sync"
	"testing"

	"github.com/perses/mcp-server/pkg/parallel"
)

// TestAFewAtATime is about many datasources, each of which has a share of its own.
func TestAFewAtATime(t *testing.T) {
	const queries = 30
	g := newGate(queries)
	var mu sync.Mutex
	under, most := 0, 0
	count := func(more int) {
		mu.Lock()
		defer mu.Unlock()
		under += more
		most = max(most, under)
	}
	reached := make(chan struct{}, queries)
	release := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		parallel.Each(queries, func(i int) {
			leave, err := g.pass(t.Context(), strconv.Itoa(i))
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			count(1)
			reached <- struct{}{}
			<-release
			count(-1)
		})
	}()
	for range maxAtOnce {
		<-reached
	}
	close(release)
	<-done
	if most != maxAtOnce {
		t.Errorf("%d were under way at a time, want %d", most, maxAtOnce)
	}
}
