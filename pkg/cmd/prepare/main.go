// Prepare builds the Perses and the Prometheus of the tests and shows its progress. "go test" would build them, too, but shows no
// progress for minutes.
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
