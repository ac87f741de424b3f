package server

import (
	"context"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// acknowledgedFirst holds the end of a subscription back until its acknowledgement is out. This server has no
// news to subscribe to, so mcp-go ends each subscription at once, and its answer overtakes the notification,
// which is then dropped. Nothing tells when a notification has been written, only when it has been taken up:
// the rest of the way is given a moment.
func acknowledgedFirst(ctx context.Context, _ any, _ *mcp.SubscriptionsListenRequest, _ *mcp.SubscriptionsListenResult) {
	const moment = 2 * time.Millisecond
	session := mcpserver.ClientSessionFromContext(ctx)
	for session != nil && ctx.Err() == nil && len(session.NotificationChannel()) > 0 {
		time.Sleep(moment)
	}
	time.Sleep(moment)
}
