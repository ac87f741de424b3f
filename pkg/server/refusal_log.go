package server

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// maxRefusals is the maximum number of refused hosts and origins in the log per refusalPeriod. Anybody can make up more.
	maxRefusals   = 10
	refusalPeriod = time.Minute
	// maxRefused is the maximum length of a host or an origin that is repeated, in bytes.
	maxRefused = 100
)

// refusalLog logs each refused host and origin once per refusalPeriod.
type refusalLog struct {
	logger *slog.Logger

	mu     sync.Mutex
	start  time.Time // of the current period
	logged map[string]bool
}

// log logs that a value was refused, and the flag that allows it.
func (l *refusalLog) log(ctx context.Context, what, value, flag string) {
	if l.isNew(time.Now(), what+" "+value) {
		l.logger.LogAttrs(ctx, slog.LevelWarn, "requests for this "+what+" are refused; if it is yours, add it to "+flag, slog.String(what, value))
	}
}

func (l *refusalLog) isNew(now time.Time, key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.start) >= refusalPeriod {
		l.start, l.logged = now, map[string]bool{}
	}
	if l.logged[key] || len(l.logged) >= maxRefusals {
		return false
	}
	l.logged[key] = true
	return true
}

func truncateRefused(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxRefused)], "?")
}
