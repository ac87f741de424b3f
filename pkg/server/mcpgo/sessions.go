package mcpgo

// Fault: sessions over HTTP are not safe.
//
// With its default options, mcp-go accepts forged session IDs, keeps about 10 KB for each, and sends the progress of concurrent
// calls in one session to the wrong request. Without sessions, all GET streams share the session with the empty ID, and with it
// the messages for every caller (NewStreamableHTTPServer and handleGet in server/streamable_http.go).

import mcpserver "github.com/mark3labs/mcp-go/server"

// Sessionless returns options for a server over HTTP without sessions and GET streams. Any replica can answer any request.
func Sessionless() []mcpserver.StreamableHTTPOption {
	return []mcpserver.StreamableHTTPOption{mcpserver.WithStateLess(true), mcpserver.WithDisableStreaming(true)}
}
