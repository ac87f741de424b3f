package server_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

func TestMain(m *testing.M) { persestest.Main(m) }

const (
	// never is the URL of Perses in tests that send it no requests.
	never = "http://127.0.0.1:1"
	// token is the token of the server. It must occur only in requests to Perses.
	token = "the-token-of-this-server"
	// internal is the error of a call that has panicked.
	internal = "internal error in the MCP server; its log has the details"
)

// newServer returns a server for the Perses at url, with the given tools, or all tools if offered is nil.
func newServer(t testing.TB, url string, offered []tools.Tool, change ...func(*server.Options)) *server.Server {
	t.Helper()
	backend, err := perses.Connect(clientconfig.RestConfigClient{
		URL: common.MustParseURL(url), Authorization: secret.NewBearerToken(token),
	}, perses.Trust{"global", "project"})
	if err != nil {
		t.Fatal(err)
	}
	if offered == nil {
		offered = tools.All(tools.Options{})
	}
	o := server.Options{
		Perses: backend, Tools: offered, Version: "test",
		ResultLimit: 40_000, Timeout: persestest.Patience, Logger: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	return server.New(o)
}

// timeout sets the timeout of calls.
func timeout(d time.Duration) func(*server.Options) {
	return func(o *server.Options) { o.Timeout = d }
}

// listen subscribes to changes of the list of tools. The list never changes, so the server ends the subscription at once.
var listen = eras[1].request("1", "subscriptions/listen", `"notifications":{"toolsListChanged":true}`, "")

// logTo writes the log to l.
func logTo(l *log) func(*server.Options) {
	return func(o *server.Options) {
		o.Logger = slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// log is a log that can be read while it is written.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// slow is a tool whose calls last until the test releases them or their context is done. If both happen, the call fails.
type slow struct {
	tools.Tool
	begun chan struct{} // receives a value when a call begins
	free  chan struct{} // releases one call for each value, or all if closed
	ended chan error    // receives the error of each call whose context is done
}

func newSlow() *slow {
	s := &slow{begun: make(chan struct{}, 100), free: make(chan struct{}), ended: make(chan error, 100)}
	s.Tool = tools.Tool{Name: "slow", Run: func(call *tools.Call) (any, error) {
		s.begun <- struct{}{}
		select {
		case <-s.free:
		case <-call.Context().Done():
		}
		if err := call.Context().Err(); err != nil {
			s.ended <- err
			return nil, err
		}
		return "done", nil
	}}
	return s
}

// finishOne releases one call. The test fails if the context of a call is done.
func (s *slow) finishOne(t testing.TB) {
	t.Helper()
	select {
	case s.free <- struct{}{}:
	case err := <-s.ended:
		t.Fatalf("a call ended with %v", err)
	}
}

// echo is a tool that returns its argument.
func echo() tools.Tool {
	return tools.Tool{Name: "echo", Params: []tools.Param{{Name: "text"}}, Run: func(call *tools.Call) (any, error) {
		return call.Text("text"), nil
	}}
}

// waitUntilClosed waits until an address refuses connections.
func waitUntilClosed(t testing.TB, address string) {
	t.Helper()
	for end := time.Now().Add(persestest.Patience); time.Now().Before(end); {
		connection, err := net.Dial("tcp", address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			_ = connection.Close()
		}
	}
	t.Fatalf("%s still accepts connections", address)
}
