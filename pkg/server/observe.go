package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses"
)

// observed begins what those who run the server learn of a call: a line in the log, its metrics, a span. The context
// that it returns is that of the call; the call ends with its answer or its error.
func (s *Server) observed(ctx context.Context, what string) (context.Context, func(answer any, err error)) {
	method, name := methodOf(what)
	ctx, id := withRequestID(ctx, "")
	ctx, endSpan := s.Tracing.Begin(ctx, method, name, id)
	endCount := s.Metrics.Begin(nameOf(method, name))
	started := time.Now()
	return ctx, func(answer any, err error) {
		outcome := "ok"
		if err != nil {
			outcome = err.Error()
		}
		line := []slog.Attr{slog.String("call", what), slog.Duration("duration", time.Since(started)), slog.String("outcome", outcome)}
		s.Logger.LogAttrs(ctx, slog.LevelInfo, "call", append(line, s.about(ctx)...)...)
		endCount(sizeOf(answer), err != nil)
		endSpan(err)
	}
}

// retried notes that a call reads from Perses once more. That it did costs its caller nothing but time.
func (s *Server) retried(ctx context.Context, why error, wait time.Duration) {
	s.Metrics.Retried()
	line := []slog.Attr{slog.Any("why", why), slog.Duration("wait", wait)}
	s.Logger.LogAttrs(ctx, slog.LevelDebug, "Perses is asked again", append(line, s.about(ctx)...)...)
}

// maxWhy is how many bytes of a reason a line of the log has: it may repeat what a caller has sent.
const maxWhy = 300

// unknown notes a request for something that there is not. It is no call, and gets no metric: callers make up names.
func (s *Server) unknown(ctx context.Context, _ any, method mcp.MCPMethod, _ any, err error) {
	if !errors.Is(err, mcpserver.ErrToolNotFound) && !errors.Is(err, mcpserver.ErrPromptNotFound) && !errors.Is(err, mcpserver.ErrResourceNotFound) {
		return // a call, which has left its line
	}
	line := []slog.Attr{slog.String("method", string(method)), slog.String("why", cut(perses.MaskMessage(err.Error()), maxWhy))}
	s.Logger.LogAttrs(ctx, slog.LevelDebug, "refused", append(line, s.about(ctx)...)...)
}

// about is what a line of the log says of the request that it belongs to: which one, and in which trace.
func (s *Server) about(ctx context.Context) []slog.Attr {
	_, id := withRequestID(ctx, "")
	if trace := s.Tracing.TraceID(ctx); trace != "" {
		return []slog.Attr{slog.String("request_id", id), slog.String("trace_id", trace)}
	}
	return []slog.Attr{slog.String("request_id", id)}
}

// methodOf returns the method of MCP that a call is one of, and what it is called with, if that is one of a few names: a
// tool's, but not an address, which callers make up.
func methodOf(what string) (method, name string) {
	switch {
	case strings.Contains(what, "://"):
		return string(mcp.MethodResourcesRead), ""
	case strings.Contains(what, "/"): // such as "resources/list"
		method, name, _ = strings.Cut(what, " ")
		return method, name
	}
	return string(mcp.MethodToolsCall), what
}

// nameOf is what a call is counted under: the tool, or else the method.
func nameOf(method, name string) string {
	if method == string(mcp.MethodToolsCall) {
		return name
	}
	return strings.TrimSpace(method + " " + name)
}

// sizeOf is the length of what an answer carries, in bytes: without what MCP puts around it. It is negative for those
// whose length says nothing.
func sizeOf(answer any) int {
	switch a := answer.(type) {
	case []byte:
		return len(a)
	case *mcp.CallToolResult:
		if a == nil || a.NeedsInput() { // a question is no answer
			return -1
		}
		size := 0
		for _, content := range a.Content {
			switch c := content.(type) {
			case mcp.TextContent:
				size += len(c.Text)
			case mcp.ImageContent:
				size += len(c.Data)
			}
		}
		return size
	}
	return -1
}
