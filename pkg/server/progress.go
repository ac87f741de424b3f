package server

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

const (
	// settleTime is how long a notification that has left the queue may take to the wire.
	settleTime = 2 * time.Millisecond
	// mostMessage is how many bytes of a message are told: it may be a title of any length.
	mostMessage = 200
	// queuePause is how long to wait before a look whether the queue is empty.
	queuePause = 100 * time.Microsecond
)

// progress tells a caller who has asked for it how far its call is.
//
// mcp-go hands notifications from a queue to the wire beside the call: those still in it when the call has its answer
// are lost, and one too many at once is an error. So each waits until the one before has left.
type progress struct {
	ctx     context.Context
	server  *mcpserver.MCPServer
	session mcpserver.ClientSession
	token   mcp.ProgressToken // nil if the caller has not asked

	mu   sync.Mutex
	most int // the furthest that was told: progress never goes back
}

func (s *Server) progressOf(ctx context.Context, request mcp.CallToolRequest) *progress {
	p := &progress{ctx: ctx, server: s.mcp, session: mcpserver.ClientSessionFromContext(ctx)}
	if request.Params.Meta != nil && p.session != nil {
		p.token = request.Params.Meta.ProgressToken
	}
	return p
}

// tell says that so much of the whole is done, and what of it was done last. It may be called from several goroutines;
// what comes late, after more was told already, is left out.
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
	p.emptied()
	// A caller who cannot be told, or has left, still gets its answer, or does not want it.
	_ = p.server.SendNotificationToClient(p.ctx, string(mcp.MethodNotificationProgress), map[string]any{
		"progressToken": p.token, "progress": done, "total": total, "message": strings.ToValidUTF8(message[:min(len(message), mostMessage)], ""),
	})
}

// settle waits until all that was told is on the wire.
func (p *progress) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most == 0 {
		return
	}
	p.emptied()
	pause(p.ctx, settleTime)
}

// emptied waits until nothing is in the queue of notifications, or the call is over.
func (p *progress) emptied() {
	for len(p.session.NotificationChannel()) > 0 && pause(p.ctx, queuePause) {
	}
}

// pause waits, and tells whether the call goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
