// Package mcpgo works around faults of github.com/mark3labs/mcp-go v1.2.1.
//
// Each file answers one fault and begins with its description, so that the file can be deleted when a release of mcp-go fixes
// the fault. Only messages.go, which reads JSON-RPC messages for the others, answers none.
package mcpgo
