package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// The most that finding and reading dashboards may take.
const (
	maxSummarized = 50 * time.Millisecond  // beside the direct GET of the same dashboard
	maxFirst      = 2 * time.Second        // for the first search over 1,000 dashboards
	maxNext       = 100 * time.Millisecond // for the next one
	maxSearching  = 100_000_000            // bytes of memory
)

// library measures the tools that find and read dashboards.
func (s *stage) library(ctx context.Context, p plan) ([]dataFigure, error) {
	summarized, err := s.summarized(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("summaries: %w", err)
	}
	searched, err := s.searched(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("searches: %w", err)
	}
	return append(summarized, searched...), nil
}

func (s *stage) summarized(ctx context.Context, p plan) ([]dataFigure, error) {
	beside := direct(s.perses.URL + "/api/v1/projects/" + documents + "/dashboards/" + large)
	ours, err := s.transports[len(s.transports)-1].ours.prepare(tool("perses_summarize_dashboard", object{"project": documents, "dashboard": large}))
	if err != nil {
		return nil, err
	}
	answered, err := lengthOf(ctx, ours)
	if err != nil {
		return nil, err
	}
	all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{beside, ours})
	if err != nil {
		return nil, err
	}
	return []dataFigure{
		{what: "perses_summarize_dashboard adds to the GET of 1 MB", beside: "direct " + milliseconds(float64(all[0].p50)),
			unit: milliseconds, got: float64(all[1].p50 - all[0].p50), most: float64(maxSummarized)},
		{what: "bytes of the answer, perses_summarize_dashboard of 1 MB", unit: count, got: float64(answered), most: 4 << 10},
	}, nil
}

// searched measures a search for which every dashboard has to be read, by servers that have read none and by the same again.
func (s *stage) searched(ctx context.Context, p plan) (figures []dataFigure, err error) {
	perses, err := startLibraries(ctx, filepath.Join(s.folder, "libraries"), p.shelf)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, perses.Stop()) }()
	var first, next []time.Duration
	var used memory
	for range min(p.dataRounds, 5) {
		took, after, err := s.search(ctx, perses.URL)
		if err != nil {
			return nil, err
		}
		first, next = append(first, took[0]), append(next, took[1:]...)
		used.peak = max(used.peak, after.peak)
	}
	lists := func(ctx context.Context, buffer *bytes.Buffer) error {
		for i := range libraries {
			if err := direct(perses.URL+"/api/v1/projects/"+library(i)+"/dashboards")(ctx, buffer); err != nil {
				return err
			}
		}
		return nil
	}
	all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{lists})
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("perses_search_dashboards over %s dashboards of 10 KB", thousands(libraries*p.shelf))
	return []dataFigure{
		{what: what + ", first", beside: "direct GETs of their lists " + milliseconds(float64(all[0].p50)),
			unit: milliseconds, got: float64(quantile(first, 0.5)), most: float64(maxFirst)},
		{what: what + ", next", unit: milliseconds, got: float64(quantile(next, 0.5)), most: float64(maxNext)},
		{what: "peak of memory, " + what, unit: megabytesOf, got: float64(used.peak), most: maxSearching},
	}, nil
}

// search starts a server and searches several times. It returns how long each took, and the memory after that.
func (s *stage) search(ctx context.Context, perses string) (took []time.Duration, after memory, err error) {
	c, r, err := s.overHTTP(ctx, ours, perses)
	if err != nil {
		return nil, after, err
	}
	do, err := c.prepare(tool("perses_search_dashboards", object{"metric": "up_001"}))
	if err != nil {
		return nil, after, err
	}
	for range 4 {
		began := time.Now()
		found, err := lengthOf(ctx, do)
		if err != nil {
			return nil, after, err
		}
		if found < 200 { // which is what an answer has that found nothing
			return nil, after, fmt.Errorf("nothing was found")
		}
		took = append(took, time.Since(began))
	}
	if after, err = r.memory(); err != nil {
		return nil, after, err
	}
	return took, after, s.finished(r)
}

// lengthOf makes a call and returns how long its text is.
func lengthOf(ctx context.Context, do call) (int, error) {
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return 0, err
	}
	text, err := textOf(answer.Bytes())
	return len(text), err
}

func count(n float64) string { return thousands(int(n)) }
