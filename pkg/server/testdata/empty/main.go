// Command empty is an MCP server without tools. Its startup time is the minimum of any server.
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
