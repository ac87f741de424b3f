package persestest

import (
	"fmt"
	"io"
	"time"
)

// step runs do and reports on out what it does, every ten seconds that it still runs, and how it ended.
func step(out io.Writer, what string, do func() error) error {
	start := time.Now()
	elapsed := func() time.Duration { return time.Since(start).Round(time.Second) }
	fmt.Fprintln(out, what)

	result := make(chan error, 1)
	go func() { result <- do() }()
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(out, "  still running after %s\n", elapsed())
		case err := <-result:
			if err != nil {
				fmt.Fprintf(out, "  failed after %s\n", elapsed())
			} else {
				fmt.Fprintf(out, "  done after %s\n", elapsed())
			}
			return err
		}
	}
}
