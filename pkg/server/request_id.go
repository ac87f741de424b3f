package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"

	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// requestIDHeader identifies a request in the logs of all services that it passes.
const requestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// withRequestID returns the ID of the request of ctx. A request without one gets the proposed ID, or a random one.
func withRequestID(ctx context.Context, proposed string) (context.Context, string) {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		return ctx, id
	}
	if proposed == "" {
		proposed = rand.Text()
	}
	return context.WithValue(ctx, requestIDKey{}, proposed), proposed
}

// validRequestID returns the ID, or "" if it is too long or has characters that are unsafe in a log or a header.
func validRequestID(id string) string {
	const maxLength = 64
	if len(id) > maxLength || strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}) {
		return ""
	}
	return id
}

// identifyRequest gives each request its ID, which the caller may choose and which the answer repeats, and the trace of its headers.
// It counts answers and logs the refused requests.
func (s *Server) identifyRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, id := withRequestID(r.Context(), validRequestID(r.Header.Get(requestIDHeader)))
		ctx = s.Tracing.Extract(ctx, r.Header.Get)
		w.Header().Set(requestIDHeader, id)
		status := &statusWriter{ResponseWriter: mcpgo.ResponseWriter{ResponseWriter: w}, status: http.StatusOK}
		next.ServeHTTP(status, r.WithContext(ctx))
		s.Metrics.Answered(status.status)
		if status.status >= http.StatusBadRequest {
			s.log(ctx, slog.LevelDebug, "refused", slog.Int("status", status.status), slog.String("remote", r.RemoteAddr))
		}
		if status.writeErr != nil {
			s.log(ctx, slog.LevelDebug, "the answer was not read", slog.Any("err", status.writeErr))
		}
	})
}

// statusWriter records the status of an answer and the first error in writing it.
type statusWriter struct {
	mcpgo.ResponseWriter
	status   int
	written  bool
	writeErr error
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, status >= http.StatusOK // another status follows an informational one
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.written = true
	// The error is not returned: mcp-go would log it at error level, without the ID of the request, when a caller disconnects.
	if _, err := w.ResponseWriter.Write(p); err != nil && w.writeErr == nil {
		w.writeErr = err
	}
	return len(p), nil
}
