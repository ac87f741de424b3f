package main

import (
	"encoding/json"
	"strings"
)

// host says how one host is told of the server.
type host struct {
	name, file string
	config     hostConfig
}

// hostConfig is the file of a host: hosts differ in how they call the map of servers in it.
type hostConfig struct {
	MCPServers map[string]hostServer `json:"mcpServers,omitempty"`
	Servers    map[string]hostServer `json:"servers,omitempty"`
}

// hostServer is a server to start, or one to connect to.
type hostServer struct {
	Command string   `json:"command,omitempty"`
	Args    []string `json:"args,omitempty"`
	Type    string   `json:"type,omitempty"`
	URL     string   `json:"url,omitempty"`
}

// hosts are the configurations with which a user's own hosts come to this Perses: over HTTP to the server that runs,
// or over stdio to one that the host starts from the same binary.
func hosts(mcpURL, persesURL, binary string) []host {
	perses := func(s hostServer) map[string]hostServer { return map[string]hostServer{"perses": s} }
	return []host{
		{"Claude Desktop", "claude_desktop_config.json (Settings, Developer, Edit Config)",
			hostConfig{MCPServers: perses(hostServer{Command: binary, Args: []string{"--perses-server-url", persesURL}})}},
		{"Cursor", ".cursor/mcp.json",
			hostConfig{MCPServers: perses(hostServer{URL: mcpURL})}},
		{"VS Code", ".vscode/mcp.json",
			hostConfig{Servers: perses(hostServer{Type: "http", URL: mcpURL})}},
	}
}

// block is the configuration as the host's file has it.
func (h host) block() string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(h.config) // of strings, which always succeeds
	return strings.TrimSpace(text.String())
}
