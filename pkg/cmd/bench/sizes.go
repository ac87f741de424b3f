package main

import (
	"context"
	"encoding/json"
	"time"
)

// sizes are the sizes and start times of the servers.
type sizes struct {
	toolsList       int    // bytes of our answer to tools/list
	listed          memory // of our server, after the largest list
	forwarder, ours footprint
}

// footprint is what a server uses.
type footprint struct {
	start        time.Duration // from its start to the answer to tools/list
	idle, worked memory        // before and after many calls
	connections  int           // to Perses, opened by concurrent callers
}

// sizes measures new servers, so that earlier calls do not count.
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
	get := getMedium()
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

// start measures both servers in turn, from their start to the answer to tools/list.
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

// afterCalls returns the memory of a new server over HTTP before and after a number of calls by one caller.
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

// opened returns the number of connections that a new server opens to Perses for many callers with a total number of calls.
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

// finished stops a server before the end of the run.
func (s *stage) finished(r *process) error {
	for i, other := range s.started {
		if other == r {
			s.started = append(s.started[:i], s.started[i+1:]...)
			break
		}
	}
	return r.stop()
}
