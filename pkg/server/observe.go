package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

// observe starts the span, the metrics and the log line of a call; end completes them. See runCall for what.
func (s *Server) observe(ctx context.Context, what string) (_ context.Context, end func(answer any, err error)) {
	method, name := methodOf(what)
	ctx, id := withRequestID(ctx, "")
	ctx, endSpan := s.Tracing.Begin(ctx, method, name, id)
	label := name
	if method != string(mcp.MethodToolsCall) {
		label = strings.TrimSpace(method + " " + name)
	}
	endMetrics := s.Metrics.Begin(label)
	started := time.Now()
	return ctx, func(answer any, err error) {
		outcome := "ok"
		if err != nil {
			outcome = err.Error()
		}
		s.log(ctx, slog.LevelInfo, "call", slog.String("call", what), slog.Duration("duration", time.Since(started)), slog.String("outcome", outcome))
		endMetrics(sizeOf(answer), err != nil)
		endSpan(err)
	}
}

// logRetry logs and counts a request to Perses that is sent again.
func (s *Server) logRetry(ctx context.Context, reason error, wait time.Duration) {
	s.Metrics.Retried()
	s.log(ctx, slog.LevelDebug, "retrying a request to Perses", slog.Any("reason", reason), slog.Duration("wait", wait))
}

// maxLoggedError is the maximum length of the error in a log line of logUnknown, in bytes. It may repeat what a caller has sent.
const maxLoggedError = 300

// logUnknown logs requests for tools, prompts and resources that do not exist. They get no metrics: callers make up names.
func (s *Server) logUnknown(ctx context.Context, _ any, method mcp.MCPMethod, _ any, err error) {
	if errors.Is(err, mcpserver.ErrToolNotFound) || errors.Is(err, mcpserver.ErrPromptNotFound) || errors.Is(err, mcpserver.ErrResourceNotFound) {
		s.log(ctx, slog.LevelDebug, "refused", slog.String("method", string(method)),
			slog.String("reason", truncate(mask.Message(err.Error()), maxLoggedError)))
	}
}

// log writes a log line with the IDs of the request and its trace.
func (s *Server) log(ctx context.Context, level slog.Level, message string, attributes ...slog.Attr) {
	_, id := withRequestID(ctx, "")
	attributes = append(attributes, slog.String("request_id", id))
	if trace := s.Tracing.TraceID(ctx); trace != "" {
		attributes = append(attributes, slog.String("trace_id", trace))
	}
	s.Logger.LogAttrs(ctx, level, message, attributes...)
}

// methodOf splits what identifies a call into the MCP method and a name from a fixed set. The URI of a resource is not such a name,
// because callers make up URIs.
func methodOf(what string) (method, name string) {
	switch {
	case strings.Contains(what, "://"):
		return string(mcp.MethodResourcesRead), ""
	case strings.Contains(what, "/"): // such as "prompts/get build_dashboard"
		method, name, _ = strings.Cut(what, " ")
		return method, name
	}
	return string(mcp.MethodToolsCall), what
}

// sizeOf returns the length of the content of an answer in bytes, or -1 for an answer whose size is not measured.
func sizeOf(answer any) int {
	switch a := answer.(type) {
	case []byte:
		return len(a)
	case *mcp.CallToolResult:
		if a == nil || a.NeedsInput() { // a question to the person
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
