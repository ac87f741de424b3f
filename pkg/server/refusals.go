package server

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// maxRefusals is how many refused hosts and origins the log names in each refusalPeriod. Anybody can make up more.
	maxRefusals   = 10
	refusalPeriod = time.Minute
	// maxRefused is how many bytes of a host or an origin are repeated.
	maxRefused = 100
)

// refusals logs the hosts and origins that are refused, each once in a refusalPeriod.
type refusals struct {
	logger *slog.Logger

	mu     sync.Mutex
	began  time.Time // when the current period began
	logged map[string]bool
}

// log says in the log that a value was refused, and which flag allows it.
func (r *refusals) log(ctx context.Context, what, value, flag string) {
	if r.isNew(time.Now(), what+" "+value) {
		r.logger.LogAttrs(ctx, slog.LevelWarn, "requests for this "+what+" are refused; if it is yours, add it to "+flag, slog.String(what, value))
	}
}

func (r *refusals) isNew(now time.Time, key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.began) >= refusalPeriod {
		r.began, r.logged = now, map[string]bool{}
	}
	if r.logged[key] || len(r.logged) >= maxRefusals {
		return false
	}
	r.logged[key] = true
	return true
}

// clipped returns the start of what somebody has sent, as it may be repeated.
func clipped(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxRefused)], "?")
}
