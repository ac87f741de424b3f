package server

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/telemetry"
)

// metaPropagator finds the trace of a caller in the _meta of a request, where hosts put it over stdio, and agents over
// HTTP, too. It wins over that of the headers, which a proxy may have written.
type metaPropagator struct{ *telemetry.Tracing }

func traceOfMeta(t *telemetry.Tracing) mcpserver.ServerOption {
	return mcpserver.WithMetaPropagator(metaPropagator{t})
}

func (metaPropagator) InjectMeta(_ context.Context, meta *mcp.Meta) *mcp.Meta { return meta }

func (p metaPropagator) ExtractMeta(ctx context.Context, meta *mcp.Meta) context.Context {
	if meta == nil || len(meta.AdditionalFields) == 0 {
		return ctx
	}
	return p.Extract(ctx, func(key string) string { text, _ := meta.AdditionalFields[key].(string); return text })
}
