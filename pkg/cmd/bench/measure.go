package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// effort is how much is measured: so many rounds, in each of which each caller makes so many calls one after the other.
type effort struct{ callers, rounds, calls int }

// figures are what was measured of one server.
type figures struct {
	p50, p99 time.Duration // of a call
	rate     float64       // calls a second: the median of the rounds
}

// interleaved measures calls side by side: round by round each has its turn, and each round another one begins. Whatever
// slows the machine down then slows all of them, and their ratios stay.
func interleaved(ctx context.Context, e effort, calls []call) ([]figures, error) {
	times := make([][]time.Duration, len(calls))
	rates := make([][]float64, len(calls))
	for round := range 1 + e.rounds {
		for turn := range calls {
			i := (round + turn) % len(calls)
			started := time.Now()
			took, err := e.once(ctx, calls[i])
			if err != nil {
				return nil, err
			}
			if round == 0 {
				continue // to warm up
			}
			rates[i] = append(rates[i], float64(len(took))/time.Since(started).Seconds())
			times[i] = append(times[i], took...)
		}
	}
	all := make([]figures, len(calls))
	for i := range all {
		all[i] = figures{quantile(times[i], 0.5), quantile(times[i], 0.99), quantile(rates[i], 0.5)}
	}
	return all, nil
}

// once is a round of one server: it returns how long each call took.
func (e effort) once(ctx context.Context, do call) ([]time.Duration, error) {
	times := make([]time.Duration, e.callers*e.calls)
	errs := make([]error, e.callers)
	var wg sync.WaitGroup
	for c := range e.callers {
		wg.Go(func() {
			buffer := buffers.Get().(*bytes.Buffer)
			defer buffers.Put(buffer)
			for i := range e.calls {
				started := time.Now()
				if err := do(ctx, buffer); err != nil {
					errs[c] = err
					return
				}
				times[c*e.calls+i] = time.Since(started)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("one of %d callers: %w", e.callers, err)
		}
	}
	return times, nil
}

// buffers are kept from round to round, so that the client makes no garbage of the answers.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// quantile returns the value that so much of all are not above.
func quantile[T int | float64 | time.Duration](values []T, q float64) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
