// Demo shows the MCP server at work. It starts a real Perses, a Prometheus behind it and the server in front of it, holds a short
// conversation with the server as a host would, prints configurations for hosts, and keeps everything running.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it, so that closing the terminal does not end the demo
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	server   string // path of the MCP server
	port     int    // for MCP, if it is free
	pictures string // folder for the pictures of the conversation
	once     bool   // whether to end after the conversation
}

// parse parses the command line and writes help to usage.
func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors would print the whole usage
	flags.StringVar(&o.server, "server", filepath.Join("bin", "mcp-server"), "path of the MCP server")
	flags.IntVar(&o.port, "port", 8000, "port for MCP; any free port if it is in use or 0")
	flags.StringVar(&o.pictures, "pictures", ".", "existing folder for the pictures of the conversation")
	flags.BoolVar(&o.once, "once", false, "end after the conversation")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(usage)
			flags.PrintDefaults()
		}
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: use only the flags that --help lists", flags.Arg(0))
	}
	if o.port < 0 || o.port > 65535 {
		return o, fmt.Errorf("--port %d is not a port: use 0 to 65535", o.port)
	}
	var err error
	if o.server, err = filepath.Abs(o.server); err != nil { // hosts need an absolute path
		return o, err
	}
	if _, err := os.Stat(o.server); err != nil {
		return o, fmt.Errorf("the MCP server does not exist: %w (build it with: make build)", err)
	}
	if info, err := os.Stat(o.pictures); err != nil {
		return o, fmt.Errorf("the folder for pictures does not exist: %w", err)
	} else if !info.IsDir() {
		return o, fmt.Errorf("--pictures %s is not a folder", o.pictures)
	}
	return o, nil
}

// run runs the demo until the conversation ends (with --once) or until signalled is done. It returns an error if something fails.
func run(signalled context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	out := newScreen(stdout)
	s, err := start(signalled, o, out)
	if err != nil {
		return unlessInterrupted(signalled, err)
	}
	defer func() {
		// A signal from the terminal may have ended the other processes already.
		if stopErr := s.stop(); err == nil && signalled.Err() == nil {
			err = stopErr
		}
	}()

	ctx, end := context.WithCancelCause(signalled)
	defer end(nil)
	go func() { end(s.watch(ctx)) }()
	go traffic(ctx, s.perses.URL)
	err = s.waitForData(ctx, out)
	if err == nil {
		err = converse(ctx, s.server.url, o.pictures, out)
	}
	if err != nil {
		return unlessInterrupted(signalled, causeOf(ctx, err))
	}
	printHosts(ctx, out, s, o.server)
	if o.once {
		return nil
	}
	s.server.shown.Store(true)
	out.line("\nEverything keeps running until you press Ctrl-C. The calls of your host are logged here.")
	<-ctx.Done()
	if signalled.Err() == nil {
		return context.Cause(ctx)
	}
	out.line("Stopping.")
	return nil
}

// printHosts prints all addresses and how to configure hosts.
func printHosts(ctx context.Context, out *screen, s *stack, binary string) {
	out.title("Try it with your own host")
	out.line("  Perses      %s", s.perses.URL)
	if !hasUI(ctx, s.perses.URL) {
		out.line("              (only its API: this Perses was built from its Go module, %s)", withoutUI)
	}
	out.line("  Prometheus  %s", s.prometheus.URL)
	out.line("  MCP         %s", s.server.url)
	for _, h := range hosts(s.server.url, s.perses.URL, binary) {
		out.title(h.name + ", in " + h.file)
		out.line("%s", h.block())
	}
}

// causeOf returns the error of a call, or the error of a process if its end is why the call failed.
func causeOf(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(2 * settle): // longer than watch needs
		return err
	}
}

// unlessInterrupted returns err, or an error that says interrupted after a signal.
func unlessInterrupted(signalled context.Context, err error) error {
	if signalled.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}
