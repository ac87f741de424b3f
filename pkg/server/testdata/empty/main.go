// Command empty is an MCP server that offers nothing: what it takes to start is the least that any takes.
package main

import (
	"log"

	"github.com/mark3labs/mcp-go/server"
)

func main() {
	if err := server.ServeStdio(server.NewMCPServer("empty", "1", server.WithToolCapabilities(false))); err != nil {
		log.Fatal(err)
	}
}
