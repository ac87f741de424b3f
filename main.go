// Command mcp-server is an MCP server for Perses. It serves a host on the same machine over stdio, or a team over Streamable HTTP.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/version"

	"github.com/perses/mcp-server/pkg/config"
	_ "github.com/perses/mcp-server/pkg/gctuning" // tunes the garbage collector
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/tools"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills the process
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "mcp-server: "+mask.Message(err.Error()))
		os.Exit(1)
	}
}

// run runs the server until ctx is done or, over stdio, until stdin ends.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	cfg, err := config.Load(args, tools.Toolsets(), stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if cfg.ShowVersion {
		_, err := fmt.Fprintln(stdout, version.Print("mcp-server"))
		return err
	}
	cfg.Log.Writer = stderr // MCP uses stdout
	logger := slog.New(mask.LogHandler(promslog.New(&cfg.Log).Handler()))
	release := cmp.Or(version.Version, "devel") // go build sets no version
	tracing, err := telemetry.NewTracing(ctx, server.Name, release, logger)
	if err != nil {
		return err
	}
	defer flush(tracing, logger)
	var metrics *telemetry.Metrics
	if cfg.Transport == config.StreamableHTTP { // stdio has no way to request them
		metrics = telemetry.NewMetrics()
	}
	if cfg.NoSession != "" {
		logger.Debug("not using percli's login", "reason", cfg.NoSession)
	}
	backend, err := perses.Open(perses.Options{
		Perses:      cfg.Perses,
		Session:     cfg.Session,
		NoSession:   cfg.NoSession,
		Passthrough: cfg.Auth == config.Passthrough,
		Trust:       cfg.TrustedDatasources,
		Observers:   []func(http.RoundTripper) http.RoundTripper{metrics.Transport, tracing.Transport},
	})
	if err != nil {
		return err
	}
	backend.Projects = cfg.Projects
	s := server.New(server.Options{
		Perses:            backend,
		Tools:             tools.All(tools.Options{Toolsets: cfg.Toolsets, ReadOnly: cfg.ReadOnly, ImportDir: cfg.ImportDir, Version: release}),
		Version:           release,
		ResultLimit:       cfg.ResultLimit,
		Timeout:           cfg.Timeout,
		Confirm:           server.Confirm(cfg.Confirm),
		Logger:            logger,
		WebConfigFile:     cfg.Web.File,
		TLS:               cfg.Web.TLS,
		AllowedHosts:      cfg.AllowedHosts,
		AllowedOrigins:    cfg.AllowedOrigins,
		MaxCalls:          cfg.MaxCalls,
		MaxCallsPerCaller: cfg.MaxCallsPerCaller,
		ResourceMetadata:  cfg.ResourceMetadata,
		ShutdownTimeout:   cfg.ShutdownTimeout,
		Metrics:           metrics,
		Tracing:           tracing,
	})
	if cfg.Transport == config.Stdio {
		return s.RunStdio(ctx, stdin, stdout)
	}
	listener, err := net.Listen("tcp", cfg.ListenAddress)
	if err != nil {
		return err
	}
	return s.RunHTTP(ctx, listener)
}

// flush sends the remaining traces.
func flush(tracing *telemetry.Tracing, logger *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := tracing.Shutdown(ctx); err != nil {
		logger.Warn("the remaining traces were lost", "err", err)
	}
}
