package server

import (
	"context"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// maxProgressMessage is the maximum length of a progress message, in bytes. It may contain a title of any length.
const maxProgressMessage = 200

// progress sends the progress of a call to a caller who asked for it.
type progress struct {
	ctx    context.Context
	server *mcpserver.MCPServer
	token  mcp.ProgressToken // nil if the caller did not ask

	mu   sync.Mutex
	done int // the highest value sent so far
}

func (s *Server) progressOf(ctx context.Context, request mcp.CallToolRequest) *progress {
	p := &progress{ctx: ctx, server: s.mcp}
	if request.Params.Meta != nil && mcpserver.ClientSessionFromContext(ctx) != nil {
		p.token = request.Params.Meta.ProgressToken
	}
	return p
}

// report sends a progress notification and waits until it is on its way. It is safe for concurrent use. MCP requires values to
// increase, so it drops a value that is not higher than the last one.
func (p *progress) report(done, total int, message string) {
	if p.token == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if done <= p.done {
		return
	}
	p.done = done
	mcpgo.SendProgress(p.ctx, p.server, p.token, map[string]any{
		"progress": done, "total": total, "message": truncate(mask.Message(message), maxProgressMessage),
	})
}
