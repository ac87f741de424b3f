package mcpgo

// Fault: the arguments of a call are kept in memory twice.
//
// CallToolParams.UnmarshalJSON in mcp/tools.go decodes the arguments into a tree of Go values even if the tool only reads
// RawArguments. A document takes about ten times its size as such a tree.

import "github.com/mark3labs/mcp-go/mcp"

// ReleaseArguments frees the decoded arguments of a call and keeps RawArguments.
func ReleaseArguments(request mcp.CallToolRequest) { clear(request.GetArguments()) }
