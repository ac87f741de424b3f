package server

import (
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// callLimits limits the number of concurrent calls: in total to what the machine can serve, and per caller so that none can crowd
// out the others.
type callLimits struct {
	maxTotal, maxPerCaller int // 0 means no limit
	seed                   maphash.Seed

	mu      sync.Mutex
	total   int
	callers map[uint64]int // callers with calls in flight
}

func newCallLimits(maxTotal, maxPerCaller int) *callLimits {
	return &callLimits{maxTotal: maxTotal, maxPerCaller: maxPerCaller, seed: maphash.MakeSeed(), callers: map[uint64]int{}}
}

// acquire takes a slot for a call and returns the function that releases it, or an error if no slot is free.
func (l *callLimits) acquire(caller uint64) (release func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.maxTotal > 0 && l.total >= l.maxTotal:
		return nil, fmt.Errorf("this server already has %d calls in progress (--max-calls): try again", l.maxTotal)
	case l.maxPerCaller > 0 && l.callers[caller] >= l.maxPerCaller:
		return nil, fmt.Errorf("you already have %d calls in progress (--max-calls-per-caller): try again", l.maxPerCaller)
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
	}, nil
}

// callerOf identifies the caller of a request by its credentials, else its client certificate, else its address. It returns a keyed
// hash, so that no credentials stay in memory.
func (l *callLimits) callerOf(r *http.Request) uint64 {
	if credentials := r.Header.Get("Authorization"); credentials != "" {
		return maphash.String(l.seed, "credentials "+credentials)
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return maphash.String(l.seed, "certificate "+string(r.TLS.VerifiedChains[0][0].Raw))
	}
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	return maphash.String(l.seed, "address "+address)
}

// limitCalls refuses requests beyond the limits (429). A call holds its slot from the complete request until the complete answer, so
// slow senders and readers hold none.
func (l *callLimits) limitCalls(answers *quota.Pool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		release, err := l.acquire(l.callerOf(r))
		if err != nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, err.Error(), http.StatusTooManyRequests)
			return
		}
		idle := markBusy(r.Context())
		a := &answerWriter{ResponseWriter: mcpgo.ResponseWriter{ResponseWriter: w}, r: r, complete: sync.OnceFunc(func() { release(); idle() })}
		control := http.NewResponseController(w)
		a.memory = answers.Claim(l.ownerOf(r), func() { _ = control.SetWriteDeadline(time.Now()) })
		defer a.memory.Done()
		defer a.complete()
		next.ServeHTTP(a, r)
	})
}

// answerWriter takes the memory of a large answer from a quota, and calls complete once the answer is complete. mcp-go writes a JSON
// answer with one call; an event stream is complete when the handler returns.
type answerWriter struct {
	mcpgo.ResponseWriter
	r        *http.Request
	memory   *quota.Claim
	complete func()
}

func (w *answerWriter) Write(p []byte) (int, error) {
	if w.Header().Get("Content-Type") == "application/json" {
		if len(p) > maxSmallMessage {
			if err := w.memory.Take(w.r.Context(), int64(len(p))); err != nil {
				return 0, err
			}
		}
		w.complete()
	}
	return w.ResponseWriter.Write(p)
}
