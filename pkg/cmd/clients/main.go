// Clients lets programs that others have written meet the server, in front of a real Perses with logins:
//
//	conformance  the official conformance suite of MCP, over HTTP
//	talk         four clients that hold one conversation, over stdio and over HTTP
//
// It runs in the root of the repository, after "make build". What it installs goes to bin/clients.
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

// The versions of MCP that clients speak today: with initialize and, if the server wants it, a session; and without both.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
)

// patience bounds a whole run. The longer one takes two minutes, and what npm has to fetch before.
const patience = 15 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
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

// finish makes one error of what went wrong, if anything did.
func finish(failed int, of string, errs ...error) error {
	if failed > 0 {
		errs = append(errs, fmt.Errorf("%d %s failed", failed, of))
	}
	return errors.Join(errs...)
}

// report writes a line of the table: about a client or a scenario under a version of MCP.
func report(ok bool, began time.Time, version, name, summary string) {
	verdict := "FAIL"
	if ok {
		verdict = "PASS"
	}
	fmt.Printf("%s  %-10s  %-41s  %4.1fs  %s\n", verdict, version, name, time.Since(began).Seconds(), summary)
}
