package mcpgo

// Fault: without a session, a question to the person never gets an answer.
//
// Before MCP 2026-07-28, RequestElicitation needs a stream from the server to the host. Over HTTP without sessions there is
// none, but streamableHttpSession.RequestElicitation in server/streamable_http.go still waits until the host closes the request.

import (
	"context"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// CanElicit reports whether the transport of a call can carry a question to the host.
func CanElicit(ctx context.Context) bool {
	session := mcpserver.ClientSessionFromContext(ctx)
	return mcpserver.IsModernRequest(ctx) || session != nil && session.SessionID() != ""
}
