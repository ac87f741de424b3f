// Package robustness_test tests the server with hostile input over stdin and HTTP, hostile documents and data, load, and failures of
// Perses and the network. Tests that measure memory run the built program in its own process.
package robustness_test

import (
	"flag"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

var duration = flag.Duration("robustness.duration", 3*time.Second, "how long Perses is killed and restarted under load")

// program is the import path of the server.
const program = "github.com/perses/mcp-server"

func TestMain(m *testing.M) { persestest.Main(m) }

// eventually polls until holds returns true.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(persestest.Patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("timed out after %s: %s", persestest.Patience, what)
		}
	}
}
