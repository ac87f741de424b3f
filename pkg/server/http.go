package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

const (
	// Endpoint is the path of the MCP endpoint.
	Endpoint = "/mcp"
	// HealthPath is that of the answer that the process is alive.
	HealthPath = "/healthz"

	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxMessage is the largest message that is read, in bytes: well above any dashboard that a model writes.
	maxMessage = 4 << 20
	// shutdownGrace is how long after the deadline of the last call the end is waited for.
	shutdownGrace = 2 * time.Second
)

// RunHTTP serves MCP over Streamable HTTP on the listener until ctx ends. Then it takes no more calls, lets
// those in flight finish, and returns nil.
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
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	s.Logger.Info("serving MCP", "url", "http://"+listener.Addr().String()+Endpoint, "perses", s.Perses.URL())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.Logger.Info("stopping: letting calls in flight finish")
	endStreams()
	grace, cancel := context.WithTimeout(context.Background(), s.Timeout+shutdownGrace)
	defer cancel()
	if err := web.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("calls were still in flight: %w", err)
	}
	return nil
}

// Handler returns the HTTP handler of a server that listens on address. The end of streams ends the requests
// that wait for notifications.
func (s *Server) Handler(streams context.Context, address net.Addr) http.Handler {
	endpoint := mcpserver.NewStreamableHTTPServer(s.mcp,
		mcpserver.WithStateLess(true),
		// Without a session all streams that wait for messages share the one that has no name, and with it
		// the messages of every caller.
		mcpserver.WithDisableStreaming(true),
		mcpserver.WithStreamableHTTPLogger(s.Logger.With("component", "mcp-go")),
	)
	mux := http.NewServeMux()
	mux.Handle(Endpoint, onlyFrom(address, s.bounded(apart(streams, endpoint))))
	mux.HandleFunc("GET "+HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	return mux
}
