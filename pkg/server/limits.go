package server

import (
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
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

// limited answers requests for which there is no room with 429. It stands behind what reads the request, and ends where the
// answer is complete: one that is sent or read slowly takes no room from others.
func (l *limits) limited(answers *quota.Pool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, full := l.enter(l.caller(r))
		if leave == nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, full+": try again", http.StatusTooManyRequests)
			return
		}
		done := working(r.Context())
		a := &answerWriter{writer: writer{w}, r: r, complete: sync.OnceFunc(func() { leave(); done() })}
		control := http.NewResponseController(w)
		a.memory = answers.Claim(l.ownerOf(r), func() { _ = control.SetWriteDeadline(time.Now()) })
		defer a.memory.Done()
		defer a.complete()
		next.ServeHTTP(a, r)
	})
}

const (
	// sharedAnswers is how many bytes of large answers wait to be read, beside one of any length.
	sharedAnswers = 8 << 20
	// answerGrace is how long a caller may take to read a large answer while others wait for its memory.
	answerGrace = time.Second
)

func newAnswers() *quota.Pool {
	return quota.New(quota.Options{Shared: sharedAnswers, Grace: answerGrace, ReserveGrace: answerGrace})
}

// answerWriter says when the call of a request is complete: when its answer is about to be written. mcp-go writes an answer
// that is JSON at once; a stream may go on.
type answerWriter struct {
	writer
	r        *http.Request
	memory   *quota.Claim
	complete func()
}

func (w *answerWriter) Write(p []byte) (int, error) {
	if w.Header().Get("Content-Type") == "application/json" {
		if len(p) > smallMessage {
			if err := w.memory.Take(w.r.Context(), int64(len(p))); err != nil {
				return 0, err
			}
		}
		w.complete()
	}
	return w.ResponseWriter.Write(p)
}
