// Prepare makes ready what the tests need of Perses, and shows that it goes on. "go test" would do the same at its first
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
	if _, err := persestest.Build(ctx, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}
