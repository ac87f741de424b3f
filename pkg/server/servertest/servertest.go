// Package servertest connects tests to a server like a host, without a transport.
package servertest

import (
	"context"
	"encoding/base64"
	"log/slog"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api/v1/secret"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// Options configure a server. Zero values mean the defaults of the configuration.
type Options struct {
	Token       string // of the server's identity in Perses, or ""
	Tools       tools.Options
	Only        []tools.Tool // replaces Tools if not nil
	ResultLimit int
	Timeout     time.Duration
	Confirm     server.Confirm
	Projects    []string // the project scope, or nil
	Logger      *slog.Logger
}

// New returns a server for the Perses at url.
func New(t testing.TB, url string, o Options) *server.Server {
	t.Helper()
	cfg := clientconfig.RestConfigClient{URL: common.MustParseURL(url)}
	if o.Token != "" {
		cfg.Authorization = secret.NewBearerToken(o.Token)
	}
	backend, err := perses.Connect(cfg, perses.Trust{"global", "project"})
	if err != nil {
		t.Fatal(err)
	}
	backend.Projects = o.Projects
	if o.ResultLimit == 0 {
		o.ResultLimit = 40_000
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	offered := o.Only
	if offered == nil {
		offered = tools.All(o.Tools)
	}
	return server.New(server.Options{
		Perses: backend, Tools: offered, Version: "test",
		ResultLimit: o.ResultLimit, Timeout: o.Timeout, Logger: o.Logger, Confirm: o.Confirm,
	})
}

// Host is a connected host.
type Host struct {
	*client.Client
	Instructions string // from the server
	t            testing.TB
}

// Connect connects a host to a server. The connection ends with the test.
func Connect(t testing.TB, s *server.Server) Host {
	t.Helper()
	return connect(t, s, client.WithProtocolVersion(mcp.LATEST_PROTOCOL_VERSION))
}

// Person answers the questions of a host.
type Person func(question mcp.ElicitationParams) mcp.ElicitationResponse

// Elicit implements client.ElicitationHandler.
func (p Person) Elicit(_ context.Context, request mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	return &mcp.ElicitationResult{ElicitationResponse: p(request.Params)}, nil
}

// ConnectWith is like Connect, for a host with the given MCP version that asks a person.
func ConnectWith(t testing.TB, s *server.Server, version string, person Person) Host {
	t.Helper()
	return connect(t, s, client.WithProtocolVersion(version), client.WithElicitationHandler(person))
}

func connect(t testing.TB, s *server.Server, options ...client.ClientOption) Host {
	t.Helper()
	c, err := client.NewInProcessClientWithOptions(s.MCP(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	started, err := c.Initialize(t.Context(), mcp.InitializeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return Host{c, started.Instructions, t}
}

// Call calls a tool and returns the text of its answer and whether it is an error. The arguments are encoded as JSON.
func (h Host) Call(tool string, arguments any) (text string, failed bool) {
	h.t.Helper()
	text, _, failed = h.Show(tool, arguments)
	return text, failed
}

// Show is like Call, and also returns the picture of the answer as PNG, or nil.
func (h Host) Show(tool string, arguments any) (text string, png []byte, failed bool) {
	h.t.Helper()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = tool, arguments
	result, err := h.CallTool(h.t.Context(), request)
	if err != nil {
		h.t.Fatalf("%s: %v", tool, err)
	}
	if n := len(result.Content); n < 1 || n > 2 || result.StructuredContent != nil {
		h.t.Fatalf("%s answered with %d contents and structured content %v, want a text and at most one picture", tool, n, result.StructuredContent)
	}
	if len(result.Content) == 2 {
		picture := result.Content[1].(mcp.ImageContent)
		png, err = base64.StdEncoding.DecodeString(picture.Data)
		if err != nil || picture.MIMEType != "image/png" {
			h.t.Fatalf("%s answered with a picture of type %q: %v", tool, picture.MIMEType, err)
		}
	}
	return result.Content[0].(mcp.TextContent).Text, png, result.IsError
}

// Read reads a resource.
func (h Host) Read(uri string) (string, error) {
	var request mcp.ReadResourceRequest
	request.Params.URI = uri
	result, err := h.ReadResource(h.t.Context(), request)
	if err != nil {
		return "", err
	}
	return result.Contents[0].(mcp.TextResourceContents).Text, nil
}
