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

	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

const (
	// Endpoint is the path of the MCP endpoint.
	Endpoint = "/mcp"

	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxHeader is the maximum size of the headers of a request, in bytes. It leaves room for long tokens.
	maxHeader = 32 << 10
	// maxMessage is the maximum size of a message, in bytes: well above any dashboard that a model writes.
	maxMessage = 4 << 20
	// shutdownGrace is added to the timeout of a call when the server waits for calls at shutdown.
	shutdownGrace = 2 * time.Second
	// cancelledCallTimeout is how long calls that are cancelled at shutdown have to answer.
	cancelledCallTimeout = time.Second
)

// RunHTTP serves MCP over Streamable HTTP on the listener until ctx is done. It then accepts no more calls, lets those in flight
// finish, and returns nil. If some do not finish in time, it cancels them and returns an error.
func (s *Server) RunHTTP(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:           s.Handler(listener.Addr()),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnContext:       withConnection,
		// HTTP/2 buffers data before a handler reads it and takes it from a quota.
		HTTP2:    &http.HTTP2Config{MaxReceiveBufferPerConnection: chunkSize, MaxReceiveBufferPerStream: chunkSize},
		ErrorLog: log.New(&httpErrorLog{logger: s.Logger, webConfigFile: s.WebConfigFile}, "", 0),
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
	s.Logger.Info("stopping: waiting for calls in flight")
	grace, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout())
	defer cancel()
	err := web.Shutdown(grace)
	if err == nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	// A cancelled call still answers, for example that the outcome of a write is unknown. A closed connection would not say that.
	s.cancelCalls()
	last, cancel := context.WithTimeout(context.Background(), cancelledCallTimeout)
	defer cancel()
	_ = web.Shutdown(last)
	return fmt.Errorf("calls were still in flight: %w", err)
}

// serve serves with the TLS and authentication of the web config file, if there is one.
func (s *Server) serve(web *http.Server, listener net.Listener) error {
	if s.WebConfigFile == "" {
		return web.Serve(listener)
	}
	logger := s.Logger.With("component", "exporter-toolkit")
	return exporterweb.Serve(listener, web, &exporterweb.FlagConfig{WebConfigFile: &s.WebConfigFile}, logger)
}

func (s *Server) shutdownTimeout() time.Duration {
	if s.ShutdownTimeout > 0 {
		return s.ShutdownTimeout
	}
	return s.Timeout + shutdownGrace
}

// Handler returns the HTTP handler of a server that listens on the address.
func (s *Server) Handler(address net.Addr) http.Handler {
	options := append(mcpgo.Sessionless(), mcpgo.WithoutHostCheck(),
		mcpserver.WithStreamableHTTPLogger(s.Logger.With("component", "mcp-go")))
	limits := newCallLimits(s.MaxCalls, s.MaxCallsPerCaller)
	// A request passes these from the last to the first.
	endpoint := mcpgo.TrackNotifications(mcpserver.NewStreamableHTTPServer(s.mcp, options...))
	endpoint = limits.limitCalls(newAnswerQuota(), endpoint)
	endpoint = s.readBody(limits, endpoint)
	endpoint = postOnly(endpoint)
	endpoint = s.authenticate(endpoint)
	endpoint = s.allowOrigins(endpoint)
	endpoint = s.checkOrigin(address, endpoint)
	endpoint = s.identifyRequest(endpoint)
	mux := http.NewServeMux()
	mux.Handle(Endpoint, endpoint)
	mux.HandleFunc("GET "+HealthPath, alive)
	mux.HandleFunc("GET "+LivePath, alive)
	mux.Handle("GET "+ReadyPath, &readiness{s: s})
	if s.ResourceMetadata != "" {
		metadata := s.checkOrigin(address, s.allowOrigins(http.HandlerFunc(s.describeResource)))
		mux.Handle(ResourcePath, metadata)
		mux.Handle(ResourcePath+Endpoint, metadata)
	}
	if s.Metrics != nil {
		mux.Handle("GET "+MetricsPath, s.checkOrigin(address, s.Metrics.Handler()))
	}
	return withWriteDeadlines(mux)
}
