package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// effort is the amount of calls: the number of concurrent callers, of rounds, and of calls by each caller in a round.
type effort struct{ callers, rounds, calls int }

// timing is the time of the calls to one server.
type timing struct {
	p50, p99 time.Duration // of a call
	rate     float64       // calls per second: the median of the rounds
}

// interleaved measures several calls in turn in each round, starting with another one each time, so that load on the machine
// slows all of them and their ratios are stable.
func interleaved(ctx context.Context, e effort, calls []call) ([]timing, error) {
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
				continue // warm up
			}
			rates[i] = append(rates[i], float64(len(took))/time.Since(started).Seconds())
			times[i] = append(times[i], took...)
		}
	}
	all := make([]timing, len(calls))
	for i := range all {
		all[i] = timing{quantile(times[i], 0.5), quantile(times[i], 0.99), quantile(rates[i], 0.5)}
	}
	return all, nil
}

// once runs one round and returns the duration of each call.
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

// buffers are reused so that the client does not allocate memory for each answer.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// quantile returns the q-quantile of the values.
func quantile[T int | float64 | time.Duration](values []T, q float64) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
