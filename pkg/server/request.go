package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
)

// requestIDHeader names a request in the logs of all that it passes through.
const requestIDHeader = "X-Request-Id"

type requestID struct{}

// withRequestID returns the id of the request that ctx belongs to. If it has none, it gets the one that is proposed, or
// one that is made.
func withRequestID(ctx context.Context, proposed string) (context.Context, string) {
	if id, ok := ctx.Value(requestID{}).(string); ok {
		return ctx, id
	}
	if proposed == "" {
		proposed = rand.Text()
	}
	return context.WithValue(ctx, requestID{}, proposed), proposed
}

// sane lets an id pass that can do no harm in a log or a header; any other becomes "".
func sane(id string) string {
	const most = 64
	if len(id) > most || strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}) {
		return ""
	}
	return id
}

// named gives each request an id, which its caller may choose and gets back, and counts its answer. What the headers
// say of a trace is taken over.
func (s *Server) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, id := withRequestID(r.Context(), sane(r.Header.Get(requestIDHeader)))
		ctx = s.Tracing.Extract(ctx, r.Header.Get)
		w.Header().Set(requestIDHeader, id)
		counted := &statusWriter{writer: writer{w}, status: http.StatusOK}
		next.ServeHTTP(counted, r.WithContext(ctx))
		s.Metrics.Answered(counted.status)
		if counted.status >= http.StatusBadRequest {
			line := []slog.Attr{slog.Int("status", counted.status), slog.String("remote", r.RemoteAddr)}
			s.Logger.LogAttrs(ctx, slog.LevelDebug, "refused", append(line, s.about(ctx)...)...)
		}
		if counted.lost != nil {
			line := []slog.Attr{slog.Any("err", counted.lost)}
			s.Logger.LogAttrs(ctx, slog.LevelDebug, "the answer was not read", append(line, s.about(ctx)...)...)
		}
	})
}

// statusWriter remembers the status of an answer, and why it could not be written.
type statusWriter struct {
	writer
	status  int
	written bool
	lost    error
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, status >= http.StatusOK // those below are not the last
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.written = true
	// mcp-go would call it an error in the log, of a request without an id, that a caller has left or does not read.
	if _, err := w.ResponseWriter.Write(p); err != nil && w.lost == nil {
		w.lost = err
	}
	return len(p), nil
}
