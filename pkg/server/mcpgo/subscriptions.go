package mcpgo

// Fault: the end of a subscription can overtake its acknowledgement.
//
// handleSubscriptionsListen in server/subscriptions.go queues the acknowledgement and, if the server has nothing to notify about,
// returns the result at once. See notifications.go for the queue.

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// AcknowledgeSubscriptionsFirst makes the end of each subscription wait for its acknowledgement.
func AcknowledgeSubscriptionsFirst(hooks *mcpserver.Hooks) {
	key := func(id any) string { return notificationKey(mcp.MethodNotificationSubscriptionsAcknowledged, id) }
	hooks.AddBeforeSubscriptionsListen(func(ctx context.Context, id any, _ *mcp.SubscriptionsListenRequest) {
		trackerOf(ctx).expect(key(id))
	})
	hooks.AddAfterSubscriptionsListen(func(ctx context.Context, id any, _ *mcp.SubscriptionsListenRequest, _ *mcp.SubscriptionsListenResult) {
		trackerOf(ctx).wait(ctx, key(id))
	})
	hooks.AddOnError(func(ctx context.Context, id any, method mcp.MCPMethod, _ any, _ error) {
		if method == mcp.MethodSubscriptionsListen {
			trackerOf(ctx).forget(key(id))
		}
	})
}
