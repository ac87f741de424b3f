// Bench measures the MCP server against a direct GET to Perses, and against the forwarder, a minimal MCP server that makes this
// GET, in one interleaved run over stdio and HTTP. It also measures queries, panels, pictures, and finding, building, editing and
// checking dashboards. It prints three tables; "make bench" runs it.
//
// Use the times as ratios only: they depend on the machine and its load.
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
	smoke := flag.Bool("quick", false, "measure everything briefly, to check that it works")
	only := flag.String("only", "", "measure only requests whose name contains this `text`, such as 32 KB")
	flag.StringVar(&ours.binary, "server", "", "measure this `binary` of the MCP server instead of building it, such as an older one")
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

// run measures the plan, writes the tables to out and its progress to progress, and returns the broken bounds.
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
	var figures []figure
	for _, part := range []struct {
		name    string
		measure func(context.Context, plan) ([]figure, error)
	}{
		{"Queries, panels, pictures", s.data},
		{"Summaries", s.summaries},
		{"Searches", s.searches},
		{"Sketches, edits, checks", s.authoring},
		{"Callers with their own credentials", s.callers},
	} {
		tell("%s", part.name)
		more, err := part.measure(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		figures = append(figures, more...)
	}
	report(out, results, z, p)
	reportFigures(out, figures)
	return broken(results, z, figures), nil
}
