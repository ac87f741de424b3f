package server

import (
	"context"
	"io"
	"log/slog"

	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// maxStdioCalls is the maximum number of concurrent tool calls over stdio. Further calls wait.
const maxStdioCalls = 32

// RunStdio serves MCP over a pair of streams until in ends or ctx is done. It then waits for the calls in flight.
func (s *Server) RunStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	s.Logger.Info("serving MCP", "transport", "stdio", "perses", s.Perses.URL())
	streams := mcpgo.NewStdio(ctx, in, out, mcpgo.StdioOptions{
		MaxLine: maxMessage,
		Accept:  func(message []byte) bool { return countValues(message) <= maxValues },
		Begin:   s.reserveWork,
		MaxWait: s.shutdownTimeout(),
	})
	logger := slog.NewLogLogger(s.Logger.With("component", "mcp-go").Handler(), slog.LevelWarn)
	stdio := mcpserver.NewStdioServer(s.mcp)
	mcpserver.WithErrorLogger(logger)(stdio)
	mcpserver.WithWorkerPoolSize(maxStdioCalls)(stdio)
	return stdio.Listen(streams.Context(), streams, streams)
}

// reserveWork takes the memory for processing a request from the quota. release gives it back.
func (s *Server) reserveWork(request []byte) (release func()) {
	wait, cancel := context.WithTimeout(context.Background(), s.Timeout+shutdownGrace)
	defer cancel()
	work := s.workQuota.Claim(quota.Owner{}, nil)
	// This fails only if another call has exceeded its deadline. The request is then processed without a reservation.
	_ = work.Take(wait, workSize(len(request), countValues(request)))
	return work.Done
}
