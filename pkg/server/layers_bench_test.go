package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/pkg/telemetry/telemetrytest"
	"github.com/perses/mcp-server/tools"
)

// These benchmarks measure the overhead of this package without a transport: each compares the server with a bare mcp-go server that
// forwards the same answer of Perses. "make bench" measures the program with a real Perses.

// answers starts a fake Perses that always sends the same answer.
func answers(b *testing.B, body []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	b.Cleanup(s.Close)
	return s.URL
}

// bare returns a bare mcp-go server that forwards the answer of an address.
func bare(address string) *mcpserver.MCPServer {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	fetch := func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return "", err
		}
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	s := mcpserver.NewMCPServer("bare", "1")
	s.AddTool(mcp.NewTool("get"), func(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		text, err := fetch(ctx)
		return mcp.NewToolResultText(text), err
	})
	s.AddResourceTemplate(mcp.NewResourceTemplate("perses://projects/{project}/dashboards/{dashboard}", "dashboard"),
		func(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
			text, err := fetch(ctx)
			return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, Text: text}}, err
		})
	return s
}

// handle measures the handling of one message.
func handle(b *testing.B, s *mcpserver.MCPServer, method, params string) {
	b.Helper()
	message := json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + `}`)
	b.ReportAllocs()
	for b.Loop() {
		switch answer := s.HandleMessage(b.Context(), message).(type) {
		case mcp.JSONRPCError:
			b.Fatal(answer.Error.Message)
		case mcp.JSONRPCResponse:
			if result, ok := answer.Result.(*mcp.CallToolResult); ok && result.IsError {
				b.Fatal(result.Content)
			}
		}
	}
}

const (
	getBare    = `{"name":"get"}`
	getOurs    = `{"name":"perses_get_dashboard_by_name","arguments":{"project":"p","dashboard":"d"}}`
	listOurs   = `{"name":"perses_list_dashboards","arguments":{"project":"p"}}`
	readEither = `{"uri":"perses://projects/p/dashboards/d"}`
)

func BenchmarkNothing(b *testing.B) {
	nothing := tools.Tool{Name: "get", Run: func(*tools.Call) (any, error) { return "", nil }}
	b.Run("ours", func(b *testing.B) { handle(b, newServer(b, never, []tools.Tool{nothing}).MCP(), "tools/call", getBare) })
	b.Run("bare", func(b *testing.B) {
		s := mcpserver.NewMCPServer("bare", "1")
		s.AddTool(mcp.NewTool("get"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText(""), nil
		})
		handle(b, s, "tools/call", getBare)
	})
}

func BenchmarkGet32KB(b *testing.B) {
	url := answers(b, aDashboard(30))
	b.Run("ours", func(b *testing.B) { handle(b, newServer(b, url, nil).MCP(), "tools/call", getOurs) })
	b.Run("bare", func(b *testing.B) { handle(b, bare(url), "tools/call", getBare) })
}

func BenchmarkRead1MB(b *testing.B) {
	url := answers(b, aDashboard(1000))
	b.Run("ours", func(b *testing.B) { handle(b, newServer(b, url, nil).MCP(), "resources/read", readEither) })
	b.Run("bare", func(b *testing.B) { handle(b, bare(url), "resources/read", readEither) })
}

func BenchmarkList(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		url := answers(b, heads(n))
		b.Run(fmt.Sprintf("%d/ours", n), func(b *testing.B) { handle(b, newServer(b, url, nil).MCP(), "tools/call", listOurs) })
		b.Run(fmt.Sprintf("%d/bare", n), func(b *testing.B) { handle(b, bare(url), "tools/call", getBare) })
	}
}

// BenchmarkHTTP measures the HTTP handler with a tool that does nothing: "ours" with limits and metrics, "traced" with spans as well, and
// "bare", the handler of mcp-go.
func BenchmarkHTTP(b *testing.B) {
	nothing := tools.Tool{Name: "get", Run: func(*tools.Call) (any, error) { return "", nil }}
	body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":` + getBare + `}`
	ask := func(b *testing.B, handler http.Handler) {
		b.Helper()
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8000"+server.Endpoint, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			if handler.ServeHTTP(w, r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "isError") {
				b.Fatal(w.Code, w.Body)
			}
		}
	}
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000}
	counted := func(o *server.Options) { o.Metrics, o.MaxCalls, o.MaxCallsPerCaller = telemetry.NewMetrics(), 512, 128 }
	b.Run("ours", func(b *testing.B) {
		ask(b, newServer(b, never, []tools.Tool{nothing}, counted).Handler(loopback))
	})
	b.Run("traced", func(b *testing.B) {
		b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", telemetrytest.Start(b).URL)
		tracing, err := telemetry.NewTracing(b.Context(), "bench", "1", slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = tracing.Shutdown(context.Background()) }()
		traced := func(o *server.Options) { o.Tracing = tracing }
		ask(b, newServer(b, never, []tools.Tool{nothing}, counted, traced).Handler(loopback))
	})
	b.Run("bare", func(b *testing.B) {
		s := mcpserver.NewMCPServer("bare", "1")
		s.AddTool(mcp.NewTool("get"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText(""), nil
		})
		ask(b, mcpserver.NewStreamableHTTPServer(s, mcpserver.WithStateLess(true), mcpserver.WithDisableStreaming(true)))
	})
}

// aDashboard returns a dashboard as Perses sends it, with about 1 KB per panel.
func aDashboard(panels int) []byte {
	query := strings.Repeat(`sum by (job) (rate(http_requests_total{job=~\"$job\"}[5m])) \u003e 0 `, 5)
	var all []string
	for i := range panels {
		all = append(all, fmt.Sprintf(`"panel%d":{"kind":"Panel","spec":{"display":{"name":"Requests %d","description":"Ask ops@shop.example"},`+
			`"plugin":{"kind":"TimeSeriesChart","spec":{"legend":{"mode":"table","position":"bottom","values":["mean","max"]},"yAxis":{"format":{"unit":"percent-decimal"},"min":0}}},`+
			`"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"minStep":"15s","query":"%s","seriesNameFormat":"{{job}}"}}}}]}}`, i, i, query))
	}
	return fmt.Appendf(nil, `{"kind":"Dashboard","metadata":{"name":"d","createdAt":"2026-01-01T00:00:00.123456789Z","updatedAt":"2026-01-01T00:00:00.123456789Z","version":3,"tags":["a"],"project":"p"},`+
		`"spec":{"display":{"name":"D"},"panels":{%s},"layouts":[],"duration":"1h"}}`+"\n", strings.Join(all, ","))
}

// heads returns a list of n dashboards without their specs.
func heads(n int) []byte {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":"dashboard-%05d","createdAt":"2026-01-01T00:00:00.123456789Z","updatedAt":"2026-01-01T00:00:00.123456789Z","version":3,"tags":["b","a"],"project":"p"},"spec":{}}`, i)
	}
	return []byte("[" + strings.Join(all, ",") + "]\n")
}
