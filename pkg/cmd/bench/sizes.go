package main

import (
	"context"
	"encoding/json"
	"time"
)

// sizes are what is no time of a call.
type sizes struct {
	toolsList       int    // bytes of the answer of ours
	listed          memory // of ours, after the largest list
	forwarder, ours footprint
}

// footprint is what a server takes.
type footprint struct {
	start        time.Duration // from nothing to the answer to tools/list
	idle, worked memory        // before and after many calls
	connections  int           // to Perses, that many callers at once have opened
}

// sizes measures them on servers of their own, so that nothing which came before is in them.
func (s *stage) sizes(ctx context.Context, p plan) (z sizes, err error) {
	answer, err := ask(ctx, s.transports[0].ours, listTools)
	if err != nil {
		return z, err
	}
	var envelope struct{ Result json.RawMessage }
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return z, err
	}
	z.toolsList = len(envelope.Result)
	if z.forwarder.start, z.ours.start, err = s.start(ctx, p.starts); err != nil {
		return z, err
	}
	get := getMiddling()
	for _, of := range []struct {
		program
		message
		*footprint
	}{{forwarder, get.forwarder, &z.forwarder}, {ours, get.ours, &z.ours}} {
		if of.idle, of.worked, err = s.afterCalls(ctx, of.program, of.message, p.calls); err != nil {
			return z, err
		}
		if of.connections, err = s.opened(ctx, of.program, of.message, p.calls); err != nil {
			return z, err
		}
	}
	_, z.listed, err = s.afterCalls(ctx, ours, list(p.largest).ours, 5)
	return z, err
}

// start measures how long both servers take from their start to the answer to tools/list, in turns.
func (s *stage) start(ctx context.Context, times int) (forwarders, our time.Duration, err error) {
	var took [2][]time.Duration
	for range times {
		for i, p := range []program{forwarder, ours} {
			started := time.Now()
			_, r, err := s.overStdio(ctx, p)
			if err != nil {
				return 0, 0, err
			}
			took[i] = append(took[i], time.Since(started))
			if err := s.finished(r); err != nil {
				return 0, 0, err
			}
		}
	}
	return quantile(took[0], 0.5), quantile(took[1], 0.5), nil
}

// afterCalls returns the memory of a new server over HTTP before and after so many calls of one caller.
func (s *stage) afterCalls(ctx context.Context, p program, m message, calls int) (before, after memory, err error) {
	c, r, err := s.overHTTP(ctx, p, s.perses.URL)
	if err != nil {
		return before, after, err
	}
	do, err := c.prepare(m)
	if err != nil {
		return before, after, err
	}
	if before, err = r.memory(); err != nil {
		return before, after, err
	}
	if _, err := (effort{1, 1, calls}).once(ctx, do); err != nil {
		return before, after, err
	}
	if after, err = r.memory(); err != nil {
		return before, after, err
	}
	return before, after, s.finished(r)
}

// opened returns how many connections a new server opens to Perses for many callers, that make so many calls in all.
func (s *stage) opened(ctx context.Context, p program, m message, calls int) (int, error) {
	relay, err := newRelay(s.perses.URL)
	if err != nil {
		return 0, err
	}
	defer relay.Close()
	c, r, err := s.overHTTP(ctx, p, relay.url())
	if err != nil {
		return 0, err
	}
	do, err := c.prepare(m)
	if err != nil {
		return 0, err
	}
	if _, err := (effort{many, 1, max(calls/many, 1)}).once(ctx, do); err != nil {
		return 0, err
	}
	return int(relay.accepted.Load()), s.finished(r)
}

// finished ends a server before the others.
func (s *stage) finished(r *process) error {
	for i, other := range s.started {
		if other == r {
			s.started = append(s.started[:i], s.started[i+1:]...)
			break
		}
	}
	return r.stop()
}
