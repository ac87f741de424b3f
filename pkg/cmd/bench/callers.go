package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// Bounds on 64 callers with their own credentials, relative to 64 that share one.
const (
	maxSlower = 1 / 0.9 // ratio of the rates
	maxTail   = 2.0     // ratio of the 99th percentiles
)

// authorized is a client over HTTP that sends the credentials of several callers in turn.
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
		setHeaders(request)
		request.Header.Set("Authorization", fmt.Sprintf("Bearer caller-%d", a.next.Add(1)%a.callers))
		return send(request, buffer)
	}, nil
}

// callers measures passthrough with 64 concurrent callers that share credentials, and with 64 that have their own. Perses accepts
// any, because it runs without authentication.
func (s *stage) callers(ctx context.Context, p plan) ([]figure, error) {
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
	get := tool("perses_get_dashboard_by_name", object{"project": documents, "dashboard": medium})
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
	return []figure{
		{what: "64 callers with shared credentials, against their own: calls/s", baseline: fmt.Sprintf("%.0f/s, own %.0f/s", same.rate, own.rate),
			unit: times, got: same.rate / own.rate, max: maxSlower},
		{what: "64 callers with their own credentials, against shared: p99", baseline: milliseconds(float64(same.p99)) + ", own " + milliseconds(float64(own.p99)),
			unit: times, got: ratio(own.p99, same.p99), max: maxTail},
		{what: "memory after these calls", unit: megabytesOf, got: float64(used.now), max: maxMemory},
	}, nil
}
