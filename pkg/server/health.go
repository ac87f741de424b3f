package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// HealthPath is that of the answer that the process is alive.
	HealthPath = "/healthz"
	// LivePath is the same, by its name in Kubernetes.
	LivePath = "/livez"
	// ReadyPath is that of the answer whether Perses can be reached.
	ReadyPath = "/readyz"
	// MetricsPath is that of the metrics.
	MetricsPath = "/metrics"

	// readyTimeout is how long Perses may take to say that it is there.
	readyTimeout = 2 * time.Second
	// readyFor is how long its word counts, however many ask.
	readyFor = 2 * time.Second
)

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readiness answers whether Perses can be reached, and asks it no more often than it must: anybody may ask here.
type readiness struct {
	s       *Server
	counted time.Duration // how long an answer counts

	mu    sync.Mutex
	asked time.Time // when the last answer came
	err   error
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if err := r.check(); err != nil {
		// Why is for the log: what it says may be about the inside of a network.
		http.Error(w, "Perses cannot be reached", http.StatusServiceUnavailable)
		return
	}
	alive(w, nil)
}

// check returns the last answer while it counts. Who comes while Perses is being asked waits for the same answer.
func (r *readiness) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.asked.IsZero() && time.Since(r.asked) < r.counted {
		return r.err
	}
	// Not the context of a request: the answer is for all.
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	before := r.err
	r.err = r.s.Perses.Reachable(ctx)
	if first := r.asked.IsZero(); r.err != nil && (first || before == nil) {
		r.s.Logger.Warn("Perses cannot be reached", "err", r.err)
	} else if r.err == nil && before != nil {
		r.s.Logger.Info("Perses can be reached again")
	}
	r.asked = time.Now()
	return r.err
}
