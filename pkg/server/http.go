package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"
	exporterweb "github.com/prometheus/exporter-toolkit/web"
)

const (
	// Endpoint is the path of the MCP endpoint.
	Endpoint = "/mcp"

	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxHeader is how many bytes the headers of a request may have. Tokens are long, but not that long.
	maxHeader = 32 << 10
	// maxMessage is the largest message that is read, in bytes: well above any dashboard that a model writes.
	maxMessage = 4 << 20
	// shutdownGrace is how long after the deadline of the last call the end is waited for.
	shutdownGrace = 2 * time.Second
	// lastWords is how long calls that are ended with the server have for their answers.
	lastWords = time.Second
)

// RunHTTP serves MCP over Streamable HTTP on the listener until ctx ends. Then it takes no more calls, lets
// those in flight finish, and returns nil. Those that do not finish in time are cancelled, and the error says so.
//
// It keeps no sessions: any replica can answer any request, and mcp-go's sessions accept forged ids, leak
// memory, and let the messages of one caller reach another.
func (s *Server) RunHTTP(ctx context.Context, listener net.Listener) error {
	// Streams that only wait for news would hold the end up for as long as they please.
	streams, endStreams := context.WithCancel(context.Background())
	defer endStreams()
	web := &http.Server{
		Handler:           s.Handler(streams, listener.Addr()),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnContext:       withConnection,
		// What HTTP/2 receives ahead of the handlers counts for each connection, whatever is taken from the quotas.
		HTTP2:    &http.HTTP2Config{MaxReceiveBufferPerConnection: chunkSize, MaxReceiveBufferPerStream: chunkSize},
		ErrorLog: log.New(&complaints{logger: s.Logger, file: s.WebConfigFile}, "", 0),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.serve(web, newConnections(listener)) }()
	scheme := "http://"
	if s.TLS {
		scheme = "https://"
	}
	s.Logger.Info("serving MCP", "url", scheme+listener.Addr().String()+Endpoint, "perses", s.Perses.URL())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.Logger.Info("stopping: letting calls in flight finish")
	endStreams()
	grace, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout())
	defer cancel()
	err := web.Shutdown(grace)
	if err == nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	// Their callers get to know, and of a write that its outcome is unknown: more than a connection that ends could say.
	s.endCalls()
	last, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	_ = web.Shutdown(last)
	return fmt.Errorf("calls were still in flight: %w", err)
}

// serve serves as the web config file says, if there is one: over TLS, and those alone who show who they are.
func (s *Server) serve(web *http.Server, listener net.Listener) error {
	if s.WebConfigFile == "" {
		return web.Serve(listener)
	}
	logger := s.Logger.With("component", "exporter-toolkit")
	return exporterweb.Serve(listener, web, &exporterweb.FlagConfig{WebConfigFile: &s.WebConfigFile}, logger)
}

// shutdownTimeout is how long calls in flight are waited for at the end: as long as was asked for, or else as long as a
// call can last.
func (s *Server) shutdownTimeout() time.Duration {
	if s.ShutdownTimeout > 0 {
		return s.ShutdownTimeout
	}
	return s.Timeout + shutdownGrace
}

// Handler returns the HTTP handler of a server that listens on address. The end of streams ends the requests
// that wait for notifications.
func (s *Server) Handler(streams context.Context, address net.Addr) http.Handler {
	var endpoint http.Handler = mcpserver.NewStreamableHTTPServer(s.mcp,
		mcpserver.WithStateLess(true),
		// Without a session all streams that wait for messages share the one that has no name, and with it
		// the messages of every caller.
		mcpserver.WithDisableStreaming(true),
		mcpserver.WithStreamableHTTPLogger(s.Logger.With("component", "mcp-go")),
		// mcp-go's own check of hosts does not know the allowed ones; onlyFrom does, and checks no less.
		mcpserver.WithDisableLocalhostProtection(len(s.AllowedHosts) > 0),
	)
	// From the inside to the outside.
	endpoint = witnessed(endpoint)
	endpoint = apart(streams, endpoint)
	limits := newLimits(s.MaxCalls, s.MaxCallsPerCaller)
	endpoint = limits.limited(newAnswers(), endpoint)
	endpoint = s.bounded(limits, endpoint)
	endpoint = postOnly(endpoint)
	endpoint = s.authenticated(endpoint)
	endpoint = s.shared(endpoint)
	endpoint = s.onlyFrom(address, endpoint)
	endpoint = s.named(endpoint)
	mux := http.NewServeMux()
	mux.Handle(Endpoint, endpoint)
	mux.HandleFunc("GET "+HealthPath, alive)
	mux.HandleFunc("GET "+LivePath, alive)
	mux.Handle("GET "+ReadyPath, &readiness{s: s, counted: readyFor})
	if s.ResourceMetadata != "" {
		metadata := s.onlyFrom(address, s.shared(http.HandlerFunc(s.describeResource)))
		mux.Handle(ResourcePath, metadata)
		mux.Handle(ResourcePath+Endpoint, metadata)
	}
	if s.Metrics != nil {
		mux.Handle("GET "+MetricsPath, s.onlyFrom(address, s.Metrics.Handler()))
	}
	return taken(mux)
}
