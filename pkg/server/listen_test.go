package server_test

import (
	"strings"
	"testing"
)

// A host that asks to hear of changes is told first what it will hear of, and only then that this is the end.
func TestListenersAreAcknowledged(t *testing.T) {
	const listeners = 200
	w := serveHTTP(t, newServer(t, never, nil))
	for i := range listeners {
		got := w.post(t, listen)
		acknowledged := strings.Index(got.body, "notifications/subscriptions/acknowledged")
		if ended := strings.Index(got.body, `"result"`); acknowledged < 0 || ended < acknowledged {
			t.Fatalf("listener %d got %d %s", i, got.status, got.body)
		}
	}
}
