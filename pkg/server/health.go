package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// HealthPath reports that the process is alive.
	HealthPath = "/healthz"
	// LivePath does the same under the name that Kubernetes uses.
	LivePath = "/livez"
	// ReadyPath reports whether Perses can be reached.
	ReadyPath = "/readyz"
	// MetricsPath serves the metrics.
	MetricsPath = "/metrics"

	// readyTimeout is how long Perses may take to answer.
	readyTimeout = 2 * time.Second
	// readyMaxAge is how long an answer is cached. Anybody can request ReadyPath.
	readyMaxAge = 2 * time.Second
)

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readiness serves ReadyPath.
type readiness struct {
	s *Server

	mu      sync.Mutex
	checked time.Time
	err     error // of the last check
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if err := r.check(); err != nil {
		// The reason may reveal internals of the network, so it only goes to the log.
		http.Error(w, "Perses cannot be reached", http.StatusServiceUnavailable)
		return
	}
	alive(w, nil)
}

// check returns the cached result, or checks Perses again. Concurrent requests share one check.
func (r *readiness) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.checked.IsZero() && time.Since(r.checked) < readyMaxAge {
		return r.err
	}
	// The context of a request would end the check for the others.
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	before := r.err
	r.err = r.s.Perses.Reachable(ctx)
	if r.err != nil && before == nil {
		r.s.Logger.Warn("Perses cannot be reached", "err", r.err)
	} else if r.err == nil && before != nil {
		r.s.Logger.Info("Perses can be reached again")
	}
	r.checked = time.Now()
	return r.err
}
