// Bench measures what the MCP server costs: beside the direct GET of Perses, and beside a bare server that does nothing
// but forward that GET, in one interleaved run over stdio and HTTP; what it costs to ask data, beside asking it
// directly; and to summarize, search, build, edit and check dashboards. It prints three tables; "make bench" runs it.
//
// Its times are good as ratios. What else the machine does makes all of them longer or shorter, and Perses itself takes
// its part of the same processors.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	check := flag.Bool("check", false, "exit with 1 if a bound is broken")
	smoke := flag.Bool("quick", false, "measure a little of everything, to see that it works")
	only := flag.String("only", "", "measure only what has this `text` in its name, such as 32 KB")
	flag.StringVar(&ours.binary, "server", "", "measure this `binary` of the MCP server, such as one from before a change, and not what is here")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := full()
	if *smoke {
		p = quick()
	}
	p.subjects = slices.DeleteFunc(p.subjects, func(s subject) bool { return !strings.Contains(s.what, *only) })
	violated, err := run(ctx, p, os.Stdout, os.Stderr)
	if err == nil && len(violated) > 0 {
		fmt.Fprintf(os.Stderr, "\nbroken bounds:\n  %s\n", strings.Join(violated, "\n  "))
		if *check {
			os.Exit(1)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures the plan, writes the tables to out and what is being done to progress, and returns the bounds that are
// broken.
func run(ctx context.Context, p plan, out, progress io.Writer) (violated []string, err error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	tell := func(format string, args ...any) { fmt.Fprintf(progress, format+" ...\n", args...) }
	tell("Building both servers and filling Perses")
	s, err := setUp(ctx, folder, p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.tearDown()) }()
	results, err := s.times(ctx, p, tell)
	if err != nil {
		return nil, err
	}
	tell("Sizes, memory, start")
	z, err := s.sizes(ctx, p)
	if err != nil {
		return nil, err
	}
	tell("Queries, panels, pictures")
	figures, err := s.data(ctx, p)
	if err != nil {
		return nil, err
	}
	tell("Summaries, searches")
	found, err := s.library(ctx, p)
	if err != nil {
		return nil, err
	}
	figures = append(figures, found...)
	tell("Sketches, edits, checks")
	authored, err := s.authoring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("authoring: %w", err)
	}
	figures = append(figures, authored...)
	tell("Callers with credentials of their own")
	apart, err := s.callers(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("callers: %w", err)
	}
	figures = append(figures, apart...)
	report(out, results, z, p)
	reportData(out, figures)
	return broken(results, z, figures), nil
}
