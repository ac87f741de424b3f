package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	maxSlower = 1 / 0.9 // how many times the rate of one caller's credentials for all that of 64 callers, each with their own, may be
	maxTail   = 2.0     // and how many times its p99 theirs
)

// authorized is a client over HTTP that sends credentials with each request: the next of so many callers'.
type authorized struct {
	url     string
	callers int64
	next    atomic.Int64
}

func (a *authorized) prepare(m message) (call, error) {
	body, err := m.encode(1)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		ofMCP(request)
		request.Header.Set("Authorization", fmt.Sprintf("Bearer caller-%d", a.next.Add(1)%a.callers))
		return send(request, buffer)
	}, nil
}

// callers measures a server that lets each caller act with their own credentials, which this Perses takes as they are: 64 at
// once with those of one of them, and each with their own.
func (s *stage) callers(ctx context.Context, p plan) ([]dataFigure, error) {
	r, err := ours.run(s.folder, append(ours.http(s.perses.URL), "--auth", "passthrough"))
	if err != nil {
		return nil, err
	}
	s.started = append(s.started, r)
	starting, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	url, err := r.url(starting)
	if err != nil {
		return nil, err
	}
	get := tool("perses_get_dashboard_by_name", object{"project": documents, "dashboard": middling})
	var calls []call
	for _, callers := range []int64{1, many} {
		do, err := (&authorized{url: url, callers: callers}).prepare(get)
		if err != nil {
			return nil, err
		}
		calls = append(calls, do)
	}
	all, err := interleaved(ctx, effort{many, p.dataRounds, 5}, calls)
	if err != nil {
		return nil, err
	}
	used, err := r.memory()
	if err != nil {
		return nil, err
	}
	same, own := all[0], all[1]
	times := func(n float64) string { return fmt.Sprintf("%.2f times", n) }
	return []dataFigure{
		{what: "64 callers, each with their own credentials, against one's for all: calls/s", beside: fmt.Sprintf("%.0f/s, own %.0f/s", same.rate, own.rate),
			unit: times, got: same.rate / own.rate, most: maxSlower},
		{what: "the same: p99", beside: milliseconds(float64(same.p99)) + ", own " + milliseconds(float64(own.p99)), unit: times, got: ratio(own.p99, same.p99), most: maxTail},
		{what: "memory after these calls", unit: megabytesOf, got: float64(used.now), most: maxMemory},
	}, nil
}
