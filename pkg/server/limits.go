package server

import (
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"sync"
)

// limits hold how many requests are worked on at the same time, of one caller and in all, so that one who calls without
// end takes nothing from others, and all together no more than the machine has.
type limits struct {
	all, each int // at the most; 0 for any number
	seed      maphash.Seed

	mu      sync.Mutex
	total   int
	callers map[uint64]int // those that have requests in flight
}

func newLimits(all, each int) *limits {
	return &limits{all: all, each: each, seed: maphash.MakeSeed(), callers: map[uint64]int{}}
}

// enter counts a request in. leave counts it out; it is nil if there is no room, and full then says what is full.
func (l *limits) enter(caller uint64) (leave func(), full string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.all > 0 && l.total >= l.all:
		return nil, fmt.Sprintf("this server works on %d calls already (--max-calls)", l.all)
	case l.each > 0 && l.callers[caller] >= l.each:
		return nil, fmt.Sprintf("this server works on %d calls of yours already (--max-calls-per-caller)", l.each)
	}
	l.total++
	l.callers[caller]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.total--
		if l.callers[caller]--; l.callers[caller] == 0 {
			delete(l.callers, caller)
		}
	}, ""
}

// caller tells callers apart: by the credentials of a request, or else by its client certificate, or else by the
// address that it comes from. Only a hash is kept of them, under a key that nobody knows.
func (l *limits) caller(r *http.Request) uint64 {
	if credentials := r.Header.Get("Authorization"); credentials != "" {
		return maphash.String(l.seed, "credentials "+credentials)
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return maphash.String(l.seed, "certificate "+string(r.TLS.VerifiedChains[0][0].Raw))
	}
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	return maphash.String(l.seed, "address "+address)
}

// limited answers requests for which there is no room with 429. It stands behind what reads the request: one that is
// sent slowly takes no room from others.
func (l *limits) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, full := l.enter(l.caller(r))
		if leave == nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, full+": try again", http.StatusTooManyRequests)
			return
		}
		defer leave()
		defer working(r.Context())()
		next.ServeHTTP(w, r)
	})
}
