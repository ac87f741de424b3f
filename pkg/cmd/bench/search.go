package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

const (
	maxSummarized = 50 * time.Millisecond  // added to the direct GET of the same dashboard
	maxFirst      = 2 * time.Second        // for the first search over 1,000 dashboards
	maxNext       = 100 * time.Millisecond // for the next one
	maxSearching  = 100_000_000            // bytes of memory

	// The searched dashboards: projects, and panels of each dashboard, which make about 10 KB.
	searchProjects = 10
	searchPanels   = 10
)

// summaries measures perses_summarize_dashboard of 1 MB, compared with the direct GET.
func (s *stage) summaries(ctx context.Context, p plan) ([]figure, error) {
	get := direct(s.perses.URL + "/api/v1/projects/" + documents + "/dashboards/" + large)
	ours, err := s.ours().prepare(tool("perses_summarize_dashboard", object{"project": documents, "dashboard": large}))
	if err != nil {
		return nil, err
	}
	answered, err := lengthOf(ctx, ours)
	if err != nil {
		return nil, err
	}
	all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{get, ours})
	if err != nil {
		return nil, err
	}
	return []figure{
		{what: "perses_summarize_dashboard adds to the GET of 1 MB", baseline: "direct " + milliseconds(float64(all[0].p50)),
			unit: milliseconds, got: float64(all[1].p50 - all[0].p50), max: float64(maxSummarized)},
		{what: "bytes of the answer, perses_summarize_dashboard of 1 MB", unit: count, got: float64(answered), max: 4 << 10},
	}, nil
}

// searches measures a search that has to read every dashboard: the first one of a new server, and the next ones.
func (s *stage) searches(ctx context.Context, p plan) (figures []figure, err error) {
	perses, err := startSearched(ctx, filepath.Join(s.folder, "searched"), p.perProject)
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
		for i := range searchProjects {
			if err := direct(perses.URL+"/api/v1/projects/"+searchProject(i)+"/dashboards")(ctx, buffer); err != nil {
				return err
			}
		}
		return nil
	}
	all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{lists})
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("perses_search_dashboards over %s dashboards of 10 KB", thousands(searchProjects*p.perProject))
	return []figure{
		{what: what + ", first", baseline: "direct GETs of their lists " + milliseconds(float64(all[0].p50)),
			unit: milliseconds, got: float64(quantile(first, 0.5)), max: float64(maxFirst)},
		{what: what + ", next", unit: milliseconds, got: float64(quantile(next, 0.5)), max: float64(maxNext)},
		{what: "peak of memory, " + what, unit: megabytesOf, got: float64(used.peak), max: maxSearching},
	}, nil
}

// search starts a server and searches several times. It returns the duration of each search, and the memory afterwards.
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
		if found < 200 { // the length of an answer without results
			return nil, after, errors.New("nothing was found")
		}
		took = append(took, time.Since(began))
	}
	if after, err = r.memory(); err != nil {
		return nil, after, err
	}
	return took, after, s.finished(r)
}

func searchProject(i int) string { return fmt.Sprintf("searched-%d", i) }

// startSearched starts a Perses with a number of dashboards in each searched project.
func startSearched(ctx context.Context, database string, perProject int) (*persestest.Perses, error) {
	err := create(ctx, database, func(url string) error {
		for i := range searchProjects {
			if err := post(ctx, url, object{"kind": "Project", "metadata": object{"name": searchProject(i)}}); err != nil {
				return err
			}
		}
		return createDashboards(ctx, url, searchProject(0), 1, searchPanels)
	})
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(database, "dashboards")
	stored, err := os.ReadFile(filepath.Join(folder, searchProject(0), nameOf(0)+".json"))
	if err != nil {
		return nil, err
	}
	// Each copy has its own name, title and metrics.
	for n := range searchProjects * perProject {
		project := searchProject(n / perProject)
		text := strings.NewReplacer(searchProject(0), project, nameOf(0), nameOf(n), `up{`, fmt.Sprintf("up_%03d{", n)).Replace(string(stored))
		if err := os.MkdirAll(filepath.Join(folder, project), 0o750); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(folder, project, nameOf(n)+".json"), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return persestest.Start(ctx, persestest.Options{Dir: database})
}
