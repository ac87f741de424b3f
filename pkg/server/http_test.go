package server_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

func TestPaths(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	for _, c := range []struct {
		name, method, path, media string
		status                    int
		body                      string // of the answer; "" for any
	}{
		{"health", http.MethodGet, server.HealthPath, "", 200, "ok\n"},
		{"health with POST", http.MethodPost, server.HealthPath, "", 405, ""},
		{"another path", http.MethodPost, "/", "application/json", 404, ""},
		{"a path below", http.MethodPost, server.Endpoint + "/more", "application/json", 404, ""},
		{"another type of content", http.MethodPost, server.Endpoint, "text/plain", 400, "Invalid content type: must be 'application/json'\n"},
		{"no type of content", http.MethodPost, server.Endpoint, "", 400, "Invalid content type: must be 'application/json'\n"},
		{"a character set", http.MethodPost, server.Endpoint, "application/json; charset=utf-8", 200, `{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`)
			got := w.send(t, c.method, c.path, body, http.Header{"Content-Type": {c.media}})
			if got.status != c.status || c.body != "" && got.body != c.body {
				t.Errorf("got %d %q, want %d %q", got.status, got.body, c.status, c.body)
			}
		})
	}
}

// Without sessions, there is nothing to GET or to DELETE.
func TestOtherMethodsAreNotAllowed(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	inEachEra(t, func(t *testing.T, e era) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodOptions, "QUERY"} {
			got := w.send(t, method, server.Endpoint, strings.NewReader(ping), e.headers("", ""))
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != http.MethodPost {
				t.Errorf("%s: got %d, Allow %q", method, got.status, got.header.Get("Allow"))
			}
		}
	})
}

// Answers are JSON, whatever the host accepts.
func TestAnswersAreJSON(t *testing.T) {
	w := serveHTTP(t, newServer(t, persestest.Shared(t).URL, nil))
	inEachEra(t, func(t *testing.T, e era) {
		for _, c := range []struct{ method, params, name string }{
			{"tools/list", "", ""},
			{"resources/list", "", ""},
			{"resources/templates/list", "", ""},
			{"resources/read", `"uri":"perses://projects"`, "perses://projects"},
			{"completion/complete", `"ref":{"type":"ref/resource","uri":"perses://projects/{project}"},"argument":{"name":"project","value":""}`, ""},
			{"tools/call", `"name":"perses_list_projects","arguments":{}`, "perses_list_projects"},
		} {
			got := w.post(t, e.request("1", c.method, c.params, c.name))
			if media := got.header.Get("Content-Type"); got.status != 200 || media != "application/json" || !strings.Contains(got.body, `"result"`) {
				t.Errorf("%s: got %d, media type %q: %s", c.method, got.status, media, got.body)
			}
		}
	})
}

// Without sessions, all GET streams would be the same, and callers would read each other's messages.
func TestNoGetStream(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	inEachEra(t, func(t *testing.T, e era) {
		ctx, cancel := context.WithTimeout(t.Context(), persestest.Patience)
		defer cancel() // closes an open stream
		headers := e.headers("", "")
		headers.Set("Accept", "text/event-stream")
		response, err := w.open(ctx, http.MethodGet, server.Endpoint, nil, headers)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("got status %d, want %d", response.StatusCode, http.StatusMethodNotAllowed)
		}
	})
}

// Hosts of both eras are served concurrently, with the same request IDs.
func TestConcurrentEras(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	var wg sync.WaitGroup
	for _, e := range eras {
		for host := range 20 {
			wg.Go(func() {
				want := fmt.Sprintf("host %d of %s", host, e.name)
				m := e.call("1", "echo", fmt.Sprintf(`{"text":%q}`, want))
				got, err := w.try(http.MethodPost, server.Endpoint, strings.NewReader(m.body), m.headers)
				if err != nil {
					t.Error(err)
				} else if !strings.Contains(got.body, want) {
					t.Errorf("got %s, want %s", got.body, want)
				}
			})
		}
	}
	wg.Wait()
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`

// The server creates no sessions, and ignores forged session IDs.
func TestNoSessions(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	forged := func(i int) http.Header {
		return http.Header{"Mcp-Session-Id": {fmt.Sprintf("mcp-session-00000000-0000-4000-8000-%012d", i)}}
	}
	visit := func(i int) {
		for _, body := range []string{initialize, `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`} {
			got := w.post(t, message{body, forged(i)})
			if got.status != http.StatusOK {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			if id := got.header.Get("Mcp-Session-Id"); id != "" {
				t.Fatalf("the answer has the session ID %s", id)
			}
		}
	}
	visit(0) // initializes what is created once
	goroutines, heap := runtime.NumGoroutine(), heapInUse()
	const visits = 1000
	for i := range visits {
		visit(i + 1)
	}
	// A session takes about 10 KB.
	if more := heapInUse() - heap; more > visits*2<<10 {
		t.Errorf("%d visits leaked %d bytes", visits, more)
	}
	if more := runtime.NumGoroutine() - goroutines; more > 20 {
		t.Errorf("%d visits leaked %d goroutines", visits, more)
	}
}

func heapInUse() int {
	runtime.GC()
	runtime.GC() // the first collection moves pools to their victim caches
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
