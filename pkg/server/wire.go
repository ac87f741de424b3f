package server

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
)

// wire knows which notifications have been written to a caller.
//
// mcp-go hands notifications from a queue to the wire beside the call. Those that are under way when the call has its
// answer come after it, over stdio, or are lost, over HTTP; and nothing tells when one has been written. So what sends
// one waits here until it has seen it pass. Without a wire, as within one process, nothing is waited for.
type wire struct {
	mu       sync.Mutex
	expected map[string]chan struct{} // by key of the notification; closed when it has been written, or nobody is to wait for it
}

type wireKey struct{}

// withWire returns a context whose notifications w sees pass.
func withWire(ctx context.Context, w *wire) context.Context {
	return context.WithValue(ctx, wireKey{}, w)
}

// wireOf returns what sees the notifications of ctx pass, nil if nothing does.
func wireOf(ctx context.Context) *wire {
	w, _ := ctx.Value(wireKey{}).(*wire)
	return w
}

// expect is to be called before a notification is sent that await waits for.
func (w *wire) expect(key string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.expected == nil {
		w.expected = map[string]chan struct{}{}
	}
	if w.expected[key] == nil {
		w.expected[key] = make(chan struct{})
	}
}

// await waits until an expected notification has been written, or ctx is over.
func (w *wire) await(ctx context.Context, key string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	written := w.expected[key]
	w.mu.Unlock()
	if written == nil {
		return
	}
	select {
	case <-written:
	case <-ctx.Done():
		w.forget(key)
	}
}

// forget takes back that a notification is expected. Over stdio a host may give the same token to several calls, against the
// rules: whoever else waits under the key goes on, too.
func (w *wire) forget(key string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end(key)
}

// passed notes what has been written. mcp-go writes each message at once, over HTTP as an event.
func (w *wire) passed(text []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.expected) == 0 {
		return
	}
	w.end(notified(bytes.TrimPrefix(text, []byte("event: message\ndata: "))))
}

// end lets those go on who wait for a notification. The caller holds the lock.
func (w *wire) end(key string) {
	if expected := w.expected[key]; expected != nil {
		close(expected)
		delete(w.expected, key)
	}
}

// witnessed lets each request know which of its notifications have been written.
func witnessed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &witness{writer: writer{w}}
		next.ServeHTTP(seen, r.WithContext(withWire(r.Context(), &seen.wire)))
	})
}

// witness tells its wire of all that is written. mcp-go holds its lock from the write of a notification until it is
// flushed, so what has been written here stands before the answer.
type witness struct {
	writer
	wire wire
}

func (w *witness) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.wire.passed(p)
	return n, err
}

// acknowledgementExpected and acknowledgedFirst hold the end of a subscription back until its acknowledgement is out:
// this server has no news to subscribe to, so mcp-go ends each subscription at once.
func acknowledgementExpected(ctx context.Context, id any, _ *mcp.SubscriptionsListenRequest) {
	wireOf(ctx).expect(notificationKey(mcp.MethodNotificationSubscriptionsAcknowledged, id))
}

func acknowledgedFirst(ctx context.Context, id any, _ *mcp.SubscriptionsListenRequest, _ *mcp.SubscriptionsListenResult) {
	wireOf(ctx).await(ctx, notificationKey(mcp.MethodNotificationSubscriptionsAcknowledged, id))
}

// unacknowledged is for a subscription that has failed.
func unacknowledged(ctx context.Context, id any, method mcp.MCPMethod, _ any, _ error) {
	if method == mcp.MethodSubscriptionsListen {
		wireOf(ctx).forget(notificationKey(mcp.MethodNotificationSubscriptionsAcknowledged, id))
	}
}
