package server

import (
	"context"
	"io"
	"log/slog"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

// callsAtOnce is how many calls of tools are worked on at the same time over stdio; more wait.
const callsAtOnce = 32

// RunStdio serves MCP over a pair of streams until the input or ctx ends. Then it lets the calls in flight
// finish and returns nil.
func (s *Server) RunStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	s.Logger.Info("serving MCP", "transport", "stdio", "perses", s.Perses.URL())
	gate := newGate(ctx, in, out, s.Timeout+shutdownGrace, s.shutdownTimeout(), s.room)
	library := slog.NewLogLogger(s.Logger.With("component", "mcp-go").Handler(), slog.LevelWarn)
	stdio := mcpserver.NewStdioServer(s.mcp)
	for _, option := range []mcpserver.StdioOption{mcpserver.WithErrorLogger(library), mcpserver.WithWorkerPoolSize(callsAtOnce)} {
		option(stdio)
	}
	// Not ctx: its end must not cut off the calls that the gate waits for.
	return stdio.Listen(withWire(context.Background(), &gate.wire), gate, gate)
}
