package server

import (
	"context"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses"
)

// maxProgressMessage is how many bytes of a message are told: it may be a title of any length.
const maxProgressMessage = 200

// progress tells a caller who has asked for it how far its call is. Each notification waits until the one before has been
// written: mcp-go's queue is short, and one too many an error.
type progress struct {
	ctx    context.Context
	server *mcpserver.MCPServer
	token  mcp.ProgressToken // nil if the caller has not asked

	mu   sync.Mutex
	most int // the furthest that was told: progress never goes back
}

func (s *Server) progressOf(ctx context.Context, request mcp.CallToolRequest) *progress {
	p := &progress{ctx: ctx, server: s.mcp}
	if request.Params.Meta != nil && mcpserver.ClientSessionFromContext(ctx) != nil {
		p.token = request.Params.Meta.ProgressToken
	}
	return p
}

// tell says that so much of the whole is done, and what of it was done last, and returns when that is on its way to the
// caller. It may be called from several goroutines; what comes late, after more was told already, is left out.
func (p *progress) tell(done, total int, message string) {
	if p.token == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if done <= p.most {
		return
	}
	p.most = done
	const method = string(mcp.MethodNotificationProgress)
	wire, key := wireOf(p.ctx), notificationKey(method, p.token)
	wire.expect(key)
	if err := p.server.SendNotificationToClient(p.ctx, method, map[string]any{
		"progressToken": p.token, "progress": done, "total": total, "message": cut(perses.MaskMessage(message), maxProgressMessage),
	}); err != nil {
		// A caller who cannot be told, or has left, still gets its answer, or does not want it.
		wire.forget(key)
		return
	}
	wire.await(p.ctx, key)
}
