package mcpgo

// Fault: notifications of a call are lost, arrive after its answer, or fail.
//
// mcp-go puts notifications into a queue of 100 entries, and a separate goroutine writes them (StdioServer.handleNotifications in
// server/stdio.go, handlePost in server/streamable_http.go). It doesn't wait for them before it writes the answer: over stdio,
// some follow the answer; over HTTP, some are lost. Sending to a full queue is an error. Nothing reports when a notification has
// been written.
//
// A tracker therefore watches what the server writes, and senders wait until their notification has been written. Without
// a tracker, for example in a test without a transport, they do not wait.

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// SendProgress sends a progress notification and waits until it has been written or ctx is done.
func SendProgress(ctx context.Context, s *mcpserver.MCPServer, token mcp.ProgressToken, params map[string]any) {
	const method = string(mcp.MethodNotificationProgress)
	t, key := trackerOf(ctx), notificationKey(method, token)
	params["progressToken"] = token
	t.expect(key)
	if err := s.SendNotificationToClient(ctx, method, params); err != nil {
		t.forget(key) // the caller has left; the call itself goes on
		return
	}
	t.wait(ctx, key)
}

// TrackNotifications gives each request over HTTP its own tracker.
func TrackNotifications(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := &trackedWriter{ResponseWriter: ResponseWriter{w}}
		next.ServeHTTP(tracked, r.WithContext(withTracker(r.Context(), &tracked.tracker)))
	})
}

// trackedWriter is a response that is watched. mcp-go holds its lock from the write of a notification until it has flushed it, so
// a notification that was written here precedes the answer.
type trackedWriter struct {
	ResponseWriter
	tracker tracker
}

func (w *trackedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.tracker.written(p)
	return n, err
}

// tracker knows the notifications that have been sent but not written yet. A nil tracker does nothing.
type tracker struct {
	mu       sync.Mutex
	expected map[string]chan struct{} // by notificationKey; closed when the notification is written or forgotten
}

type trackerKey struct{}

func withTracker(ctx context.Context, t *tracker) context.Context {
	return context.WithValue(ctx, trackerKey{}, t)
}

func trackerOf(ctx context.Context) *tracker {
	t, _ := ctx.Value(trackerKey{}).(*tracker)
	return t
}

// expect must be called before a notification is sent.
func (t *tracker) expect(key string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.expected == nil {
		t.expected = map[string]chan struct{}{}
	}
	if t.expected[key] == nil {
		t.expected[key] = make(chan struct{})
	}
}

// wait waits until an expected notification has been written or ctx is done.
func (t *tracker) wait(ctx context.Context, key string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	written := t.expected[key]
	t.mu.Unlock()
	if written == nil {
		return
	}
	select {
	case <-written:
	case <-ctx.Done():
		t.forget(key)
	}
}

// forget ends every wait for a notification. Over stdio, a host may break the rules and give several calls the same token; the
// other calls must not wait forever.
func (t *tracker) forget(key string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if expected := t.expected[key]; expected != nil {
		close(expected)
		delete(t.expected, key)
	}
}

// written takes note of a message that was written. mcp-go writes each message with one call, over HTTP as an event.
func (t *tracker) written(message []byte) {
	t.mu.Lock()
	idle := len(t.expected) == 0
	t.mu.Unlock()
	if !idle {
		t.forget(keyOfNotification(bytes.TrimPrefix(message, []byte("event: message\ndata: "))))
	}
}
