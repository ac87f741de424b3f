package mcpgo

// Fault: the check of Host headers cannot be configured, and Origin headers are not checked.
//
// On loopback, rejectDNSRebinding in server/http_localhost.go refuses every request whose Host header is not a loopback address,
// even one that a proxy on the same machine forwards for a host name that the operator has allowed.

import mcpserver "github.com/mark3labs/mcp-go/server"

// WithoutHostCheck turns mcp-go's check off, for a server that checks Host and Origin headers itself.
func WithoutHostCheck() mcpserver.StreamableHTTPOption {
	return mcpserver.WithDisableLocalhostProtection(true)
}
