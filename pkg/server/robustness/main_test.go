// Package robustness_test strains the server from every side: what a host can send over stdin, what anybody can send
// over HTTP, and what Perses or the network before it can do. Here the whole program runs, in a process of its own
// where memory counts; the tests of package server look at the same rooms one by one.
package robustness_test

import (
	"flag"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// patience is how long a test waits for what should come soon, before it fails.
const patience = 30 * time.Second

var duration = flag.Duration("robustness.duration", 3*time.Second, "how long Perses is killed and restarted under load")

// program is the server as it is released.
const program = "github.com/perses/mcp-server"

func TestMain(m *testing.M) { persestest.Main(m) }

// receive waits for a value on a channel.
func receive[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("waited %s in vain: %s", patience, what)
		panic("unreachable")
	}
}

// eventually waits until something holds. It looks again and again, since nothing tells when it does.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}
