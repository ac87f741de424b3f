// Prepare makes ready the Perses and the Prometheus that the tests need, and shows that it goes on. "go test" would do the same at its first
// use, but hides for minutes what it says.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/perses/mcp-server/pkg/persestest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	_, err := persestest.Build(ctx, os.Stderr)
	if err == nil {
		_, err = persestest.BuildPrometheus(ctx, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}
