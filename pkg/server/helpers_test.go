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
	// patience is how long a test waits for what should come at once, before it fails.
	patience = 20 * time.Second
	// never stands in for a Perses that a test does not ask anything of.
	never = "http://127.0.0.1:1"
	// token is the secret that must show up nowhere but in the requests to Perses.
	token = "the-token-of-this-server"
	// internal is all that a caller learns of a panic.
	internal = "internal error in the MCP server; its log has the details"
)

// newServer makes a server for the Perses at url, with the tools given or else all of them. Its options can
// be changed by the last argument.
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
		ResultLimit: 40_000, Timeout: patience, Logger: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	return server.New(o)
}

// timeout sets the deadline of calls.
func timeout(d time.Duration) func(*server.Options) {
	return func(o *server.Options) { o.Timeout = d }
}

// listen subscribes to changes of the list of tools. The list never changes, so the server ends the subscription at once.
var listen = eras[1].request("1", "subscriptions/listen", `"notifications":{"toolsListChanged":true}`, "")

// logTo keeps the log.
func logTo(l *log) func(*server.Options) {
	return func(o *server.Options) {
		o.Logger = slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// log is a log to look into while it is written.
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

// slow is a tool whose calls last until a test lets them go or their context ends. A call whose context has
// ended fails in any case, so a cancellation that comes first is always seen.
type slow struct {
	tools.Tool
	begun chan struct{} // receives for each call that has begun
	free  chan struct{} // lets one call go for each value, all if closed
	ended chan error    // receives for each call that its context has ended
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

// finishOne lets one call go. That another was ended instead fails the test.
func (s *slow) finishOne(t testing.TB) {
	t.Helper()
	select {
	case s.free <- struct{}{}:
	case err := <-s.ended:
		t.Fatalf("a call ended with %v", err)
	}
}

// echo is a tool that answers with its argument.
func echo() tools.Tool {
	return tools.Tool{Name: "echo", Params: []tools.Param{{Name: "text"}}, Run: func(call *tools.Call) (any, error) {
		return call.Text("text"), nil
	}}
}

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

// refuses waits until nobody listens on an address any more.
func refuses(t testing.TB, address string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		connection, err := net.Dial("tcp", address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			_ = connection.Close()
		}
	}
	t.Fatalf("%s still takes connections", address)
}
