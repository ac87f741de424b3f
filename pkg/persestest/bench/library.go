package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"
)

// The most that finding and reading dashboards may take.
const (
	mostSummarized = 50 * time.Millisecond  // beside the direct GET of the same dashboard
	mostCold       = 2 * time.Second        // for the first search over 1,000 dashboards
	mostWarm       = 100 * time.Millisecond // for the next one
	mostSearching  = 100_000_000            // bytes of memory
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
			unit: milliseconds, got: float64(all[1].p50 - all[0].p50), most: float64(mostSummarized)},
		{what: "bytes of the answer, perses_summarize_dashboard of 1 MB", unit: count, got: float64(answered), most: 4 << 10},
	}, nil
}

// searched measures a search that every dashboard has to be read for, by servers that have read none and by one that has.
func (s *stage) searched(ctx context.Context, p plan) ([]dataFigure, error) {
	search := tool("perses_search_dashboards", object{"metric": "up_001"})
	var cold, warm []time.Duration
	for range min(p.dataRounds, 5) {
		c, r, err := s.overHTTP(ctx, ours, s.perses.URL)
		if err != nil {
			return nil, err
		}
		do, err := c.prepare(search)
		if err != nil {
			return nil, err
		}
		for _, took := range []*[]time.Duration{&cold, &warm, &warm, &warm} {
			began := time.Now()
			if found, err := lengthOf(ctx, do); err != nil || found < 200 { // it would be less if none were found
				return nil, fmt.Errorf("%d bytes of what was found: %w", found, err)
			}
			*took = append(*took, time.Since(began))
		}
		if err := s.finished(r); err != nil {
			return nil, err
		}
	}
	_, used, err := s.afterCalls(ctx, ours, search, 5)
	if err != nil {
		return nil, err
	}
	lists := func(ctx context.Context, buffer *bytes.Buffer) error {
		for i := range libraries {
			if err := direct(s.perses.URL+"/api/v1/projects/"+library(i)+"/dashboards")(ctx, buffer); err != nil {
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
		{what: what + ", first", beside: "direct GETs of their lists " + milliseconds(float64(all[0].p50)), unit: milliseconds, got: float64(slices.Max(cold)), most: float64(mostCold)},
		{what: what + ", next", unit: milliseconds, got: float64(quantile(warm, 0.5)), most: float64(mostWarm)},
		{what: "peak of memory, " + what, unit: megabytesOf, got: float64(used.peak), most: mostSearching},
	}, nil
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
