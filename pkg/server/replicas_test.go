package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// replicas are servers of one Perses behind a round-robin proxy.
type replicas struct {
	web
	served []atomic.Int64 // number of requests of each replica
}

func serveReplicas(t *testing.T, perses string, n int) *replicas {
	t.Helper()
	r := &replicas{served: make([]atomic.Int64, n)}
	var proxies []http.Handler
	for range n {
		to, err := url.Parse(serveHTTP(t, newServer(t, perses, nil)).url)
		if err != nil {
			t.Fatal(err)
		}
		proxies = append(proxies, &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }})
	}
	var next atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		i := next.Add(1) % int64(n)
		r.served[i].Add(1)
		proxies[i].ServeHTTP(w, request)
	}))
	t.Cleanup(proxy.Close)
	r.url = proxy.URL
	return r
}

// checkBalance checks that each replica has served about the same number of requests.
func (r *replicas) checkBalance(t *testing.T) {
	t.Helper()
	least, most := r.served[0].Load(), r.served[0].Load()
	for i := range r.served {
		least, most = min(least, r.served[i].Load()), max(most, r.served[i].Load())
	}
	if least < 3 || most-least > 1 {
		t.Errorf("the replicas had between %d and %d requests", least, most)
	}
}

// A client can send each request to another replica.
func TestReplicas(t *testing.T) {
	for _, version := range []string{"2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			p := persestest.Shared(t)
			project := persestest.NewProject(t, p)
			r := serveReplicas(t, p.URL, 2)
			web, err := transport.NewStreamableHTTP(r.url + server.Endpoint)
			if err != nil {
				t.Fatal(err)
			}
			host := client.NewClient(web, client.WithProtocolVersion(version))
			defer func() { _ = host.Close() }()
			ctx := t.Context()
			if err := host.Start(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := host.Initialize(ctx, mcp.InitializeRequest{}); err != nil {
				t.Fatal(err)
			}
			call := func(tool string, arguments map[string]any, want string) {
				t.Helper()
				var request mcp.CallToolRequest
				request.Params.Name, request.Params.Arguments = tool, arguments
				result, err := host.CallTool(ctx, request)
				if err != nil || result.IsError || len(result.Content) != 1 || !strings.Contains(result.Content[0].(mcp.TextContent).Text, want) {
					t.Errorf("%s: got %+v, %v, want %s", tool, result, err, want)
				}
			}
			if list, err := host.ListTools(ctx, mcp.ListToolsRequest{}); err != nil || len(list.Tools) < 30 {
				t.Errorf("got %+v, %v", list, err)
			}
			for i := range 4 { // one replica writes, another reads
				name := fmt.Sprintf("v%d", i)
				call("perses_create_project_variable", map[string]any{"project": project, "name": name, "value": "x"}, "created")
				call("perses_get_project_variable_by_name", map[string]any{"project": project, "variable": name}, name)
			}
			// A cursor is valid at any replica.
			call("perses_list_variables", map[string]any{"project": project, "cursor": "v1"}, `"v2"`)
			for range 2 {
				var read mcp.ReadResourceRequest
				read.Params.URI = "perses://projects/" + project
				if result, err := host.ReadResource(ctx, read); err != nil || len(result.Contents) != 1 {
					t.Errorf("got %+v, %v", result, err)
				}
			}
			r.checkBalance(t)
		})
	}
}

// Clients such as the official Go SDK expect a server without sessions to return no session ID, and to refuse the GET stream and DELETE
// with status 405.
func TestReplicasWithoutSession(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	r := serveReplicas(t, p.URL, 2)
	first := r.post(t, message{`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{"listChanged":true}},"clientInfo":{"name":"go-sdk","version":"1"}}}`, nil})
	if id := first.header.Get("Mcp-Session-Id"); first.status != http.StatusOK || id != "" || !strings.Contains(first.body, `"protocolVersion":"2025-11-25"`) {
		t.Fatalf("got %d, session %q: %s", first.status, id, first.body)
	}
	headers := http.Header{"Mcp-Protocol-Version": {"2025-11-25"}}
	if got := r.post(t, message{`{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}`, headers}); got.status != http.StatusAccepted {
		t.Errorf("initialized: got %d %s", got.status, got.body)
	}
	stream := headers.Clone()
	stream.Set("Accept", "text/event-stream")
	if got := r.send(t, http.MethodGet, server.Endpoint, nil, stream); got.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d %s", got.status, got.body)
	}
	for id := range 6 {
		got := r.post(t, message{fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"perses_get_project_by_name","arguments":{"project":%q}}}`, 2+id, project), headers})
		if text, failed := textOf(t, got); failed || !strings.Contains(text, project) {
			t.Errorf("got %s, failed: %t", text, failed)
		}
	}
	if got := r.send(t, http.MethodDelete, server.Endpoint, nil, headers); got.status >= http.StatusInternalServerError {
		t.Errorf("DELETE: got %d %s", got.status, got.body)
	}
	r.checkBalance(t)
}
