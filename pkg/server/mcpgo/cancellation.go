package mcpgo

// Fault: a caller can cancel another caller's request.
//
// Without sessions, mcp-go identifies a request in flight by its ID alone: inflightKey in server/server.go builds its key from
// a session ID that is empty. Most callers number their requests from 1, so a notifications/cancelled for one caller's request
// cancels any other request with the same ID.

import "github.com/mark3labs/mcp-go/mcp"

// IsCancellation reports whether a message is a notifications/cancelled. A server over HTTP must accept it and drop it: a caller
// cancels a request by closing it.
func IsCancellation(message []byte) bool {
	m, _ := parse(message)
	return m.Method == mcp.MethodNotificationCancelled
}
