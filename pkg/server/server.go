// Package server offers the tools and resources as an MCP server over stdio or Streamable HTTP. Every call passes the same checks,
// limits and logging.
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
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

// Name is the name of the server in the MCP handshake.
const Name = "perses-mcp"

//go:embed instructions.md
var instructions string

// Options configure a server.
type Options struct {
	Perses      *perses.Server
	Tools       []tools.Tool
	Version     string
	ResultLimit int           // maximum number of bytes of text in the answer of a tool
	Timeout     time.Duration // of each call
	Confirm     Confirm       // empty means ConfirmAuto
	Logger      *slog.Logger
	Tracing     *telemetry.Tracing // nil if traces are off
	// ShutdownTimeout is how long the server waits for calls in flight when it stops. 0 means as long as a call can take.
	ShutdownTimeout time.Duration

	// The fields below apply to RunHTTP only.

	WebConfigFile string // web config file of exporter-toolkit, or ""
	TLS           bool   // whether that file enables TLS
	// AllowedHosts and AllowedOrigins are accepted in addition to the server's own, in lower case.
	AllowedHosts, AllowedOrigins []string
	// ResourceMetadata is the URL of the authorization server that callers without credentials are referred to, or "".
	ResourceMetadata string
	// MaxCalls and MaxCallsPerCaller are the maximum numbers of concurrent calls. 0 means no limit.
	MaxCalls, MaxCallsPerCaller int
	Metrics                     *telemetry.Metrics // nil if metrics are off
}

// Server is an MCP server for one Perses. RunStdio or RunHTTP runs it.
type Server struct {
	Options
	mcp *mcpserver.MCPServer
	// bodyQuota is memory for messages that are arriving, workQuota for messages whose calls are in progress.
	bodyQuota, workQuota *quota.Pool
	refusals             refusalLog
	// calls is done when the server stops waiting for calls in flight. The contexts of their HTTP requests stay valid, because
	// mcp-go does not answer a cancelled request.
	calls       context.Context
	cancelCalls context.CancelFunc
}

// New returns a server. It sends nothing to Perses before the first call.
func New(o Options) *Server {
	o.Logger = slog.New(mask.LogHandler(o.Logger.Handler()))
	s := &Server{Options: o, bodyQuota: newBodyQuota(), workQuota: newWorkQuota(), refusals: refusalLog{logger: o.Logger}}
	s.calls, s.cancelCalls = context.WithCancel(context.Background())
	o.Perses.OnRetry = s.logRetry
	o.Perses.OnOutdated = func(warning string) { s.Logger.Warn(warning) }
	hooks := &mcpserver.Hooks{}
	hooks.AddAfterListResources(s.addConcreteResources)
	hooks.AddOnError(s.logUnknown)
	mcpgo.AcknowledgeSubscriptionsFirst(hooks)
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
		mcpserver.WithMetaPropagator(metaPropagator{o.Tracing}),
		// Lists depend on the caller, so hosts must not share or cache them.
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

// MCP returns the underlying mcp-go server, for connecting to it without a transport.
func (s *Server) MCP() *mcpserver.MCPServer { return s.mcp }

// toolHandler returns the handler for calls of a tool. It reports every failure as a tool result, which the model reads, and
// never as a protocol error, which hosts do not show to the model.
func (s *Server) toolHandler(t tools.Tool) mcpserver.ToolHandlerFunc {
	checker := tools.NewChecker(t)
	return s.answerQuestions(func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		result, err := runCall(s, ctx, t.Name, func(ctx context.Context) (*mcp.CallToolResult, error) {
			args, err := checker.Check(request.Params.RawArguments)
			mcpgo.ReleaseArguments(request)
			if err != nil {
				return nil, err
			}
			if err := ctx.Err(); err != nil { // decoding a large message takes time and cannot be interrupted
				return nil, err
			}
			for _, project := range t.Projects(args) {
				if err := s.Perses.Projects.Check(project); err != nil {
					return nil, err
				}
			}
			client := s.Perses.Client(ctx)
			call := &tools.Call{Client: client, Args: args, Limit: s.ResultLimit, Progress: s.progressOf(ctx, request).report, Confirm: s.confirmation(client, t, args, request)}
			answer, err := t.Run(call)
			if q := (*question)(nil); errors.As(err, &q) {
				return q.result(), nil
			}
			if err != nil {
				return nil, err
			}
			return s.toolResult(answer)
		})
		if err != nil {
			return mcp.NewToolResultError(err.Error()), nil
		}
		return result, nil
	})
}

// toolResult converts the answer of a tool to a text, followed by an image if the answer has one.
func (s *Server) toolResult(answer any) (*mcp.CallToolResult, error) {
	picture, hasPicture := answer.(tools.Picture)
	if hasPicture {
		answer = picture.Text
	}
	text, isJSON := answer.(json.RawMessage)
	if !isJSON {
		text = perses.Marshal(answer)
	}
	if err := s.checkResultLimit(text); err != nil {
		return nil, err
	}
	result := mcp.NewToolResultText(string(text))
	if hasPicture {
		result.Content = append(result.Content, mcp.NewImageContent(base64.StdEncoding.EncodeToString(picture.PNG), "image/png"))
	}
	return result, nil
}

func (s *Server) resourceHandler(r resources.Resource) mcpserver.ResourceHandlerFunc {
	return func(ctx context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		text, err := runCall(s, ctx, request.Params.URI, func(ctx context.Context) ([]byte, error) {
			a := resources.Arguments{Project: templateArgument(request, "project"), Dashboard: templateArgument(request, "dashboard")}
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

// templateArgument returns the value of a variable in a resource template. mcp-go passes it as a list with one element.
func templateArgument(request mcp.ReadResourceRequest, name string) string {
	if values, ok := request.Params.Arguments[name].([]string); ok && len(values) == 1 {
		return values[0]
	}
	return ""
}

// addConcreteResources adds the caller's projects to a list of resources. If Perses fails, the list stays as it is.
func (s *Server) addConcreteResources(ctx context.Context, _ any, _ *mcp.ListResourcesRequest, result *mcp.ListResourcesResult) {
	concrete, err := runCall(s, ctx, "resources/list", func(ctx context.Context) ([]mcp.Resource, error) {
		return resources.Concrete(s.Perses.Client(ctx))
	})
	if err == nil {
		result.Resources = append(result.Resources, concrete...)
	}
}
