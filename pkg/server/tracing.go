package server

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/telemetry"
)

// metaPropagator takes the caller's trace from the _meta of a request, where hosts put it over stdio, and some agents over HTTP too.
// It takes precedence over the headers, which a proxy may have written.
type metaPropagator struct{ *telemetry.Tracing }

func (metaPropagator) InjectMeta(_ context.Context, meta *mcp.Meta) *mcp.Meta { return meta }

func (p metaPropagator) ExtractMeta(ctx context.Context, meta *mcp.Meta) context.Context {
	if meta == nil || len(meta.AdditionalFields) == 0 {
		return ctx
	}
	return p.Extract(ctx, func(key string) string { text, _ := meta.AdditionalFields[key].(string); return text })
}
