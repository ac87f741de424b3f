// Clients tests the server with programs of other projects, in front of a real Perses with authentication:
//
//	conformance  the official MCP conformance suite, over HTTP
//	talk         four MCP clients that hold the same conversation, over stdio and over HTTP
//
// Run it in the root of the repository after "make build". It installs the programs in bin/clients.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// The versions of MCP that clients use today.
const (
	legacy = "2025-11-25" // with initialize and optional sessions
	modern = "2026-07-28" // without both
)

// timeout bounds a whole run, which takes about two minutes plus the installation.
const timeout = 15 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	programs := map[string]func(context.Context) error{"conformance": conformance, "talk": talk}
	if len(args) != 1 || programs[args[0]] == nil {
		return errors.New("usage: clients conformance|talk")
	}
	if err := install(ctx); err != nil {
		return err
	}
	return programs[args[0]](ctx)
}

// finish returns an error if anything failed. what names the things that are counted.
func finish(failed int, what string, errs ...error) error {
	if failed > 0 {
		errs = append(errs, fmt.Errorf("%d %s failed", failed, what))
	}
	return errors.Join(errs...)
}

// report prints the result of a client or scenario with a version of MCP.
func report(ok bool, began time.Time, version, name, summary string) {
	verdict := "FAIL"
	if ok {
		verdict = "PASS"
	}
	fmt.Printf("%s  %-10s  %-41s  %4.1fs  %s\n", verdict, version, name, time.Since(began).Seconds(), summary)
}
