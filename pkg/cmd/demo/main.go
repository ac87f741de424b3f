// Demo shows the MCP server at work: it starts a real Perses with a real Prometheus behind it and the server in front, holds a short conversation
// with the server as a host would, says how to connect a host of one's own, and stays up for that.
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
	if !signal.Ignored(syscall.SIGHUP) { // which a terminal sends that is closed, and nohup has ignored
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

// options are what the command line says.
type options struct {
	server   string // path of the MCP server
	port     int    // to serve MCP on, if it is free
	pictures string // folder for the pictures of the conversation
	once     bool   // end after the conversation
}

// parse reads the command line; help goes to usage.
func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // its errors come with all of the usage
	flags.StringVar(&o.server, "server", filepath.Join("bin", "mcp-server"), "the MCP server, as make build makes it")
	flags.IntVar(&o.port, "port", 8000, "port to serve MCP on; any free one if it is taken or 0")
	flags.StringVar(&o.pictures, "pictures", ".", "an existing folder for the pictures of the conversation")
	flags.BoolVar(&o.once, "once", false, "end after the conversation")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(usage)
			flags.PrintDefaults()
		}
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q: there are only flags, which --help lists", flags.Arg(0))
	}
	if o.port < 0 || o.port > 65535 {
		return o, fmt.Errorf("--port %d is none: want 0 to 65535", o.port)
	}
	var err error
	if o.server, err = filepath.Abs(o.server); err != nil { // hosts need all of the path
		return o, err
	}
	if _, err := os.Stat(o.server); err != nil {
		return o, fmt.Errorf("there is no MCP server to show: %w (make build makes it)", err)
	}
	if info, err := os.Stat(o.pictures); err != nil {
		return o, fmt.Errorf("there is nowhere to put the pictures: %w", err)
	} else if !info.IsDir() {
		return o, fmt.Errorf("--pictures %s is no folder", o.pictures)
	}
	return o, nil
}

// run is the demo. It ends with the conversation if it is to be held once, or else when it is signalled to; and with an
// error when something is not as it should be.
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
		// After a signal it may have ended the others before they were asked to.
		if stopErr := s.stop(); err == nil && signalled.Err() == nil {
			err = stopErr
		}
	}()

	ctx, end := context.WithCancelCause(signalled)
	defer end(nil)
	go func() { end(s.watch(ctx)) }()
	go traffic(ctx, s.perses.URL)
	err = s.gather(ctx, out)
	if err == nil {
		err = converse(ctx, s.server.url, o.pictures, out)
	}
	if err != nil {
		return unlessInterrupted(signalled, orDeath(ctx, err))
	}
	tell(ctx, out, s, o.server)
	if o.once {
		return nil
	}
	s.server.shown.Store(true)
	out.line("\nAll of them stay up until you press Ctrl-C. The server logs here what your host calls.")
	<-ctx.Done()
	if signalled.Err() == nil {
		return context.Cause(ctx)
	}
	out.line("Ending them.")
	return nil
}

// tell says where everything is and how a host gets there.
func tell(ctx context.Context, out *screen, s *stack, binary string) {
	out.title("Now with a host of your own")
	out.line("  Perses      %s", s.perses.URL)
	if !hasPages(ctx, s.perses.URL) {
		out.line("              (its API alone: built from its Go module, this Perses is %s)", withoutPages)
	}
	out.line("  Prometheus  %s", s.prometheus.URL)
	out.line("  MCP         %s", s.server.url)
	for _, h := range hosts(s.server.url, s.perses.URL, binary) {
		out.title(h.name + ", in " + h.file)
		out.line("%s", h.block())
	}
}

// orDeath is the error of a call, or the death of a process if that is what the call has failed of.
func orDeath(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(2 * settle): // in which watch has had its own time
		return err
	}
}

// unlessInterrupted is an error, or that there was a signal.
func unlessInterrupted(signalled context.Context, err error) error {
	if signalled.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}
