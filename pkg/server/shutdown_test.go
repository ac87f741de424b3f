package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// Callers use the same request IDs. A cancellation must not end the call of another caller, however it is spelled: mcp-go accepts keys
// in any case, and uses the last of two equal keys.
func TestCancellationDoesNotAffectOtherCallers(t *testing.T) {
	cancellations := map[string]string{
		"regular":       `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}`,
		"in capitals":   `{"jsonrpc":"2.0","METHOD":"notifications/cancelled","params":{"requestId":7}}`,
		"duplicate key": `{"jsonrpc":"2.0","method":"ping","method":"notifications/cancelled","params":{"requestId":7}}`,
		"escaped":       `{"jsonrpc":"2.0","\u006dethod":"notifications\/cancelled","params":{"requestId":7}}`,
	}
	inEachEra(t, func(t *testing.T, e era) {
		for name, cancellation := range cancellations {
			t.Run(name, func(t *testing.T) {
				slow := newSlow()
				w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool}))
				mine := w.begin(t, e.call("7", "slow", "{}"))
				persestest.Receive(t, "the call", slow.begun)
				if got := w.post(t, message{body: cancellation}); got.status != http.StatusAccepted || got.body != "" {
					t.Errorf("the cancellation: got %d %q", got.status, got.body)
				}
				close(slow.free)
				if text, failed := textOf(t, persestest.Receive(t, "the answer", mine)); failed || text != `"done"` {
					t.Errorf("got %q, failed: %t", text, failed)
				}
			})
		}
	})
}

func TestCallEndsWithItsRequest(t *testing.T) {
	inEachEra(t, func(t *testing.T, e era) {
		slow := newSlow()
		w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool}))
		leave := w.beginAndLeave(t, e.call("7", "slow", "{}"))
		persestest.Receive(t, "the call", slow.begun)
		leave()
		if err := persestest.Receive(t, "the end of the call", slow.ended); !errors.Is(err, context.Canceled) {
			t.Errorf("the call ended with %v", err)
		}
	})
}

func TestShutdownLetsCallsFinish(t *testing.T) {
	slow := newSlow()
	w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool}))
	mine := w.begin(t, eras[0].call("1", "slow", "{}"))
	persestest.Receive(t, "the call", slow.begun)
	w.stop()
	waitUntilClosed(t, strings.TrimPrefix(w.url, "http://"))
	close(slow.free)
	if text, failed := textOf(t, persestest.Receive(t, "the answer", mine)); failed || text != `"done"` {
		t.Errorf("got %q, failed: %t", text, failed)
	}
	if err := persestest.Receive(t, "the end of the server", w.ended); err != nil {
		t.Error(err)
	}
}

// A call that ignores its cancellation does not block the shutdown forever. RunHTTP then returns an error.
func TestShutdownIsBounded(t *testing.T) {
	stuck := make(chan struct{})
	begun := make(chan struct{})
	w := serveHTTP(t, newServer(t, never, []tools.Tool{{Name: "stuck", Run: func(*tools.Call) (any, error) {
		close(begun)
		<-stuck
		return nil, nil
	}}}, func(o *server.Options) { o.ShutdownTimeout = time.Millisecond }))
	mine := w.begin(t, eras[0].call("1", "stuck", "{}"))
	persestest.Receive(t, "the call", begun)
	w.stop()
	err := persestest.Receive(t, "the end of the server", w.ended)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(stuck)
	persestest.Receive(t, "the answer", mine)
}

// ShutdownTimeout limits the shutdown even if calls may take longer. Cancelled calls are answered.
func TestShutdownTimeout(t *testing.T) {
	slow := newSlow()
	w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool}, func(o *server.Options) { o.ShutdownTimeout = time.Millisecond }))
	mine := w.begin(t, eras[0].call("1", "slow", "{}"))
	persestest.Receive(t, "the call", slow.begun)
	w.stop()
	if err := persestest.Receive(t, "the end of the server", w.ended); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if text, failed := textOf(t, persestest.Receive(t, "the answer", mine)); !failed || text != context.Canceled.Error() {
		t.Errorf("got %q, failed: %t", text, failed)
	}
}
