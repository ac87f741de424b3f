// Forwarder is a minimal mcp-go server that gets a path from Perses and returns the response as text. The benchmark compares the
// MCP server with it, to separate the cost of the protocol from the server's own.
//
// It is configured like the MCP server, but does nothing else in a call.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

const (
	// The same as in the MCP server.
	concurrentCalls = 32
	connections     = 128
)

func main() {
	perses := flag.String("perses", "", "the `URL` of Perses")
	listen := flag.String("http", "", "the `address` for Streamable HTTP; without it, stdio is served")
	flag.Parse()
	if err := serve(forwarder{*perses, client()}.server(), *listen); err != nil {
		fmt.Fprintln(os.Stderr, "forwarder:", err)
		os.Exit(1)
	}
}

func client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxIdleConns: connections, MaxIdleConnsPerHost: connections,
		DisableCompression: true,
	}, Timeout: 30 * time.Second}
}

func serve(s *mcpserver.MCPServer, listen string) error {
	if listen == "" {
		return mcpserver.ServeStdio(s, mcpserver.WithWorkerPoolSize(concurrentCalls))
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/mcp", mcpserver.NewStreamableHTTPServer(s, mcpserver.WithStateLess(true), mcpserver.WithDisableStreaming(true)))
	fmt.Fprintf(os.Stderr, "url=http://%s/mcp\n", listener.Addr())
	return (&http.Server{Handler: mux}).Serve(listener)
}

// forwarder gets paths from the Perses at a URL.
type forwarder struct {
	perses string
	client *http.Client
}

// server returns a server with a tool that gets any path from Perses, and with dashboards as resources at the same URIs as the
// MCP server.
func (f forwarder) server() *mcpserver.MCPServer {
	s := mcpserver.NewMCPServer("forwarder", "1", mcpserver.WithToolCapabilities(false), mcpserver.WithResourceCapabilities(false, false))
	s.AddTool(mcp.NewTool("get", mcp.WithString("path", mcp.Required())), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		body, err := f.get(ctx, r.GetString("path", ""))
		if err != nil {
			return mcp.NewToolResultError(err.Error()), nil
		}
		return mcp.NewToolResultText(string(body)), nil
	})
	dashboard := mcp.NewResourceTemplate("perses://projects/{project}/dashboards/{dashboard}", "dashboard", mcp.WithTemplateMIMEType("application/json"))
	s.AddResourceTemplate(dashboard, func(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		project, name := r.Params.Arguments["project"].([]string)[0], r.Params.Arguments["dashboard"].([]string)[0]
		body, err := f.get(ctx, "/api/v1/projects/"+project+"/dashboards/"+name)
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json", Text: string(body)}}, err
	})
	return s
}

func (f forwarder) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.perses+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}
