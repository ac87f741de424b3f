package main

import (
	"encoding/json"
	"strings"
)

// host is how to configure one host.
type host struct {
	name, file string
	config     hostConfig
}

// hostConfig is the configuration file of a host. Hosts differ in the name of the map of servers.
type hostConfig struct {
	MCPServers map[string]hostServer `json:"mcpServers,omitempty"`
	Servers    map[string]hostServer `json:"servers,omitempty"`
}

// hostServer is a server that a host starts or connects to.
type hostServer struct {
	Command string   `json:"command,omitempty"`
	Args    []string `json:"args,omitempty"`
	Type    string   `json:"type,omitempty"`
	URL     string   `json:"url,omitempty"`
}

// hosts returns configurations that connect a user's host to this Perses: over HTTP to the running server, or over stdio to one
// that the host starts from the same binary.
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

// block returns the content of the host's file.
func (h host) block() string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(h.config) // strings always encode
	return strings.TrimSpace(text.String())
}
