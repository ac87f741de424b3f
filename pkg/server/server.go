// Package server makes an MCP server of the tools and resources, with the same care around every call, and
// runs it over stdio or Streamable HTTP.
package server

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

// Name is the name by which the server introduces itself.
const Name = "perses-mcp"

//go:embed instructions.md
var instructions string

// Options are what a server is made from.
type Options struct {
	Perses      *perses.Server
	Tools       []tools.Tool
	Version     string
	ResultLimit int           // bytes of text in the answer of a tool
	Timeout     time.Duration // of one call
	Logger      *slog.Logger

	Confirm Confirm // empty for ConfirmAuto

	// What follows is for RunHTTP, but for ShutdownTimeout and Tracing.

	// WebConfigFile is the web config file of exporter-toolkit; empty without one. TLS tells whether it asks for HTTPS.
	WebConfigFile string
	TLS           bool
	// AllowedHosts and AllowedOrigins are those of requests beside the server's own, in lower case.
	AllowedHosts, AllowedOrigins []string
	// ResourceMetadata is the authorization server that hosts of callers without credentials are told of; empty for none.
	ResourceMetadata string
	// MaxCalls and MaxCallsPerCaller are how many requests are worked on at the same time; 0 for any number.
	MaxCalls, MaxCallsPerCaller int
	// ShutdownTimeout is how long calls in flight are waited for at the end; 0 for as long as a call can last.
	ShutdownTimeout time.Duration
	Metrics         *telemetry.Metrics // nil for none
	Tracing         *telemetry.Tracing // nil for none
}

// Server is an MCP server for one Perses, to be run by RunStdio or RunHTTP.
type Server struct {
	Options
	mcp *mcpserver.MCPServer
	// arrivals is the memory of messages that are being read, room that of messages that are worked on.
	arrivals, room *quota.Pool
	refusals       refusals
	// calls ends when the server does not wait any longer for those in flight. It is not the context of their requests:
	// mcp-go answers nothing to a request that was cancelled.
	calls    context.Context
	endCalls context.CancelFunc
}

// New makes a server. Nothing is sent to Perses before the first call.
func New(o Options) *Server {
	o.Logger = slog.New(perses.MaskLog(o.Logger.Handler()))
	s := &Server{Options: o, arrivals: newArrivals(), room: newRoom(), refusals: refusals{logger: o.Logger}}
	s.calls, s.endCalls = context.WithCancel(context.Background())
	o.Perses.OnRetry = s.retried
	o.Perses.OnOutdated = func(warning string) { s.Logger.Warn(warning) }
	hooks := &mcpserver.Hooks{}
	hooks.AddAfterListResources(s.addConcreteResources)
	hooks.AddOnError(s.unknown)
	hooks.AddBeforeSubscriptionsListen(acknowledgementExpected)
	hooks.AddAfterSubscriptionsListen(acknowledgedFirst)
	hooks.AddOnError(unacknowledged)
	s.mcp = mcpserver.NewMCPServer(Name, o.Version,
		mcpserver.WithTitle("Perses"),
		mcpserver.WithDescription("Browse, author and administer Perses, the open dashboards of the CNCF."),
		mcpserver.WithWebsiteURL("https://perses.dev"),
		mcpserver.WithInstructions(instructions),
		mcpserver.WithToolCapabilities(false),
		mcpserver.WithResourceCapabilities(false, false),
		mcpserver.WithPromptCapabilities(false),
		mcpserver.WithCompletions(),
		mcpserver.WithResourceCompletionProvider(completer{s}),
		mcpserver.WithPromptCompletionProvider(completer{s}),
		mcpserver.WithHooks(hooks),
		traceOfMeta(o.Tracing),
		// What a list holds depends on who asks.
		mcpserver.WithCacheHints(0, mcp.CacheScopePrivate),
	)
	for _, t := range o.Tools {
		s.mcp.AddTool(t.MCP(), s.toolHandler(t))
	}
	s.addPrompts()
	for _, r := range resources.All() {
		if r.IsTemplate() {
			s.mcp.AddResourceTemplate(mcp.NewResourceTemplate(r.URI, r.Name, mcp.WithTemplateTitle(r.Title),
				mcp.WithTemplateDescription(r.Description), mcp.WithTemplateMIMEType(r.MIMEType)), mcpserver.ResourceTemplateHandlerFunc(s.resourceHandler(r)))
			continue
		}
		s.mcp.AddResource(mcp.NewResource(r.URI, r.Name, mcp.WithResourceTitle(r.Title),
			mcp.WithResourceDescription(r.Description), mcp.WithMIMEType(r.MIMEType)), s.resourceHandler(r))
	}
	return s
}

// MCP returns the server as mcp-go has it, to be connected to without a transport.
func (s *Server) MCP() *mcpserver.MCPServer { return s.mcp }

// toolHandler puts a tool behind the checks that all of them share. Whatever goes wrong is an answer that
// the model reads, never an error of the protocol, which hosts keep from it.
func (s *Server) toolHandler(t tools.Tool) mcpserver.ToolHandlerFunc {
	checker := tools.NewChecker(t)
	return s.asking(func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		result, err := guarded(s, ctx, t.Name, func(ctx context.Context) (*mcp.CallToolResult, error) {
			args, err := checker.Check(request.Params.RawArguments)
			// mcp-go has decoded them, too, and a document takes ten times its size as a tree of Go values.
			clear(request.GetArguments())
			if err != nil {
				return nil, err
			}
			if err := ctx.Err(); err != nil { // decoding a large message takes time, and nothing stops it
				return nil, err
			}
			for _, project := range t.Projects(args) {
				if err := s.Perses.Within(project); err != nil {
					return nil, err
				}
			}
			client := s.Perses.Client(ctx)
			call := &tools.Call{Client: client, Args: args, Limit: s.ResultLimit, Progress: s.progressOf(ctx, request).tell, Confirm: s.confirmation(client, t, args, request)}
			answer, err := t.Run(call)
			if open := (*question)(nil); errors.As(err, &open) {
				return open.result(), nil
			}
			if err != nil {
				return nil, err
			}
			return s.resultOf(answer)
		})
		if err != nil {
			return mcp.NewToolResultError(err.Error()), nil
		}
		return result, nil
	})
}

// resultOf is the answer of a tool as a host gets it: one text, with a picture after it if there is one.
func (s *Server) resultOf(answer any) (*mcp.CallToolResult, error) {
	picture, drawn := answer.(tools.Picture)
	if drawn {
		answer = picture.Text
	}
	text, err := s.withinLimit(textOf(answer))
	if err != nil {
		return nil, err
	}
	result := mcp.NewToolResultText(string(text))
	if drawn {
		result.Content = append(result.Content, mcp.NewImageContent(base64.StdEncoding.EncodeToString(picture.PNG), "image/png"))
	}
	return result, nil
}

// textOf encodes the answer of a tool. One that is JSON already stays as it is: it may be long.
func textOf(answer any) []byte {
	if text, ok := answer.(json.RawMessage); ok {
		return text
	}
	return perses.Marshal(answer)
}

func (s *Server) resourceHandler(r resources.Resource) mcpserver.ResourceHandlerFunc {
	return func(ctx context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		text, err := guarded(s, ctx, request.Params.URI, func(ctx context.Context) ([]byte, error) {
			a := resources.Arguments{Project: argument(request, "project"), Dashboard: argument(request, "dashboard")}
			if err := r.Check(a); err != nil {
				return nil, err
			}
			return r.Read(s.Perses.Client(ctx), a.Project, a.Dashboard)
		})
		if err != nil {
			return nil, err
		}
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: request.Params.URI, MIMEType: r.MIMEType, Text: string(text)}}, nil
	}
}

// argument returns what a template matched under a name; mcp-go gives it as a list of one.
func argument(request mcp.ReadResourceRequest, name string) string {
	if values, ok := request.Params.Arguments[name].([]string); ok && len(values) == 1 {
		return values[0]
	}
	return ""
}

// addConcreteResources adds to a list of resources those that the caller's projects make. When Perses does
// not answer, the list is what it is without.
func (s *Server) addConcreteResources(ctx context.Context, _ any, _ *mcp.ListResourcesRequest, result *mcp.ListResourcesResult) {
	concrete, err := guarded(s, ctx, "resources/list", func(ctx context.Context) ([]mcp.Resource, error) {
		return resources.Concrete(s.Perses.Client(ctx))
	})
	if err == nil {
		result.Resources = append(result.Resources, concrete...)
	}
}

var errInternal = errors.New("the server failed on this call; its log says more")
