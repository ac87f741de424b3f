package robustness_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// Invalid bodies over HTTP get the answers of JSON-RPC and HTTP, and the next request is served.
func TestInvalidBodies(t *testing.T) {
	p := serve(t, persestest.Shared(t).URL)
	const parseErrorCode = `"error":{"code":-32700`
	for _, c := range []struct {
		name, body string
		status     int
		want       string // in the answer
	}{
		{"empty", "", 400, parseErrorCode},
		{"not JSON", "hello", 400, parseErrorCode},
		{"truncated JSON", `{"jsonrpc":"2.0","id":1,`, 400, parseErrorCode},
		{"two requests", `{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}`, 400, parseErrorCode},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, 400, parseErrorCode},
		{"an object that is no request", `{"hello":"world"}`, 200, `"error":{"code":-32600`},
		{"an unknown method", `{"jsonrpc":"2.0","id":5,"method":"no/such"}`, 200, `"id":5,"error":{"code":-32601`},
		{"brackets 90,000 deep", strings.Repeat("[", 90_000) + strings.Repeat("]", 90_000), 400, parseErrorCode},
		{"brackets 200,000 deep", strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000), 413, "too many values"},
		{"brackets 400,000 deep", strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000), 413, "too many values"},
		{"a million values", "[" + strings.Repeat("1,", 1_000_000) + "1]", 413, "too many values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text, err := p.post(c.body)
			if err != nil || status != c.status || !strings.Contains(text, c.want) {
				t.Errorf("got %d %s, %v, want %d %s", status, text, err, c.status, c.want)
			}
			if status, text, err := p.post(`{"jsonrpc":"2.0","id":1,"method":"ping"}`); err != nil || status != 200 || !strings.Contains(text, `"result":{}`) {
				t.Errorf("the next: got %d %s, %v", status, text, err)
			}
		})
	}
	p.checkMemory(t)
}

// A thousand connections that send nothing, or stop in the middle of a request, do not block others.
func TestStalledConnections(t *testing.T) {
	p := serve(t, persestest.Shared(t).URL)
	address := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), server.Endpoint)
	head := "POST " + server.Endpoint + " HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\nContent-Length: "
	for i := range 1000 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		sent := []string{"", "POST /m", head, head + "4000000\r\n\r\n" + `{"jsonrpc":"2.0",`}[i%4]
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
	}
	small := call(1, "perses_list_projects", "{}")
	for _, body := range []string{small, small + strings.Repeat(" ", 2<<20)} {
		if status, text, err := p.post(body); err != nil || status != http.StatusOK || strings.Contains(text, "isError") {
			t.Errorf("got %d %s, %v", status, text, err)
		}
	}
	p.checkMemory(t)
}

// serveHere serves s in the process of the test, where goroutines and memory can be counted.
func serveHere(t *testing.T, s *server.Server) *process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.RunHTTP(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := persestest.Receive(t, "the end of the server", ended); err != nil {
			t.Error(err)
		}
	})
	return &process{url: "http://" + listener.Addr().String() + server.Endpoint}
}

// Ten thousand calls, and three hundred whose callers disconnect during the call, leak no goroutines, connections or memory.
func TestNoLeaks(t *testing.T) {
	const calls, leavers = 10_000, 300
	perses := persestest.Shared(t)
	project := persestest.NewProject(t, perses)
	hanging := newProxy(t)
	hanging.lead(perses.URL, &fault{wrong: hang})
	hung := serveHere(t, servertest.New(t, hanging.url, servertest.Options{}))
	p := serveHere(t, servertest.New(t, perses.URL, servertest.Options{}))
	visit := func(n int) {
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				for range n / crowd {
					status, text, err := p.post(call(1, "perses_get_project_by_name", fmt.Sprintf(`{"project":%q}`, project)))
					if err != nil || status != http.StatusOK || strings.Contains(text, "isError") {
						t.Errorf("got %d %s, %v", status, text, err)
					}
				}
			})
		}
		wg.Wait()
		client.CloseIdleConnections()
	}
	visit(10 * crowd) // initializes what is created once
	var goroutines int
	eventually(t, "a constant number of goroutines", func() bool {
		before := goroutines
		goroutines = runtime.NumGoroutine()
		return goroutines == before
	})
	heap := heapInUse()
	visit(calls)

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var wg sync.WaitGroup
	for range leavers {
		wg.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, hung.url, strings.NewReader(call(1, "perses_list_projects", "{}")))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			if response, err := client.Do(r); err == nil {
				_ = response.Body.Close()
				t.Error("a hanging call was answered")
			}
		})
	}
	for range leavers {
		persestest.Receive(t, "a request to Perses", hanging.asked)
	}
	leave()
	wg.Wait()
	client.CloseIdleConnections()
	// The pool may have a connection to Perses for each caller of the crowd, with two goroutines each.
	eventually(t, "the earlier number of goroutines", func() bool { return runtime.NumGoroutine() <= goroutines+2*crowd })
	if more := heapInUse() - heap; more > 2<<20 {
		t.Errorf("leaked %d bytes", more)
	}
}

func heapInUse() int {
	runtime.GC()
	runtime.GC() // the first collection moves pools to their victim caches
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Callers receive only the progress of their own calls.
func TestProgressIsPrivate(t *testing.T) {
	s := servertest.New(t, "http://127.0.0.1:1", servertest.Options{})
	s.MCP().AddTool(mcp.NewTool("progress"), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for i := range 10 {
			_ = s.MCP().SendNotificationToClient(ctx, "notifications/progress", map[string]any{"progressToken": r.Params.Meta.ProgressToken, "progress": i})
		}
		return mcp.NewToolResultText("done"), nil
	})
	p := serveHere(t, s)
	var wg sync.WaitGroup
	for caller := range crowd {
		wg.Go(func() {
			token := fmt.Sprintf("token-of-%d.", caller)
			_, text, err := p.post(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"progress","_meta":{"progressToken":%q}}}`, token))
			if err != nil || !strings.Contains(text, "done") || strings.Count(text, "token-of-") != strings.Count(text, token) {
				t.Errorf("caller %d received %s, %v", caller, text, err)
			}
		})
	}
	wg.Wait()
}
