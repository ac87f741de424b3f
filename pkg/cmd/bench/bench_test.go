package main

import (
	"bytes"
	"regexp"
	"runtime"
	"testing"
	"time"
)

// TestQuickRun checks that "make bench" works and prints plausible values. It checks no bounds, which need an idle machine.
func TestQuickRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is measured on Linux only")
	}
	var tables bytes.Buffer
	p := quick()
	if _, err := run(t.Context(), p, &tables, t.Output()); err != nil {
		t.Fatal(err)
	}
	text := tables.String()
	t.Log(text)
	for _, s := range p.subjects {
		for _, transport := range []string{"stdio", "HTTP"} {
			row := regexp.MustCompile(`(?m)^\| ` + s.what + ", " + transport + `, p50 \| 1 \| [\d.]+ ms \| [\d.]+ ms \| [\d.]+ ms \| [\d.]+ \| [\d.]+ \| [\d,]+ \([\d,]+\) \|$`)
			if !row.MatchString(text) {
				t.Errorf("no row for %s over %s", s.what, transport)
			}
		}
	}
	for _, tool := range []string{"perses_query", "perses_run_panel", "perses_render_panel", "perses_render_dashboard",
		"perses_summarize_dashboard", "perses_search_dashboards"} {
		if !regexp.MustCompile(`(?m)^\| .*` + tool + `.*\| [\d.,]+( ms| MB| times)? \| [\d.,]+( ms| MB| times)? \|$`).MatchString(text) {
			t.Errorf("no row for %s", tool)
		}
	}
	if wrong := regexp.MustCompile(`NaN|Inf| 0\.00 | 0\.0 MB`).FindString(text); wrong != "" {
		t.Errorf("a value is %q", wrong)
	}
}

func TestBrokenBounds(t *testing.T) {
	b := bounds{overForwarder: 1.15, overDirect: 2, rate: 0.9, tail: 2, bytes: 100}
	kept := timing{p50: time.Second, p99: time.Second, rate: 10}
	slow := timing{p50: 3 * time.Second, p99: 3 * time.Second, rate: 1}
	for _, c := range []struct {
		name    string
		callers int
		ours    timing
		bytes   int
		memory  int
		want    int
	}{
		{"within all bounds", 1, kept, 100, maxMemory, 0},
		{"slow for one caller", 1, slow, 100, 0, 2},
		{"slow for many callers", many, slow, 100, 0, 2},
		{"slow for eight callers, which has no bound", 8, slow, 100, 0, 0},
		{"a long answer", 1, kept, 101, 0, 1},
		{"much memory", 1, kept, 0, maxMemory + 1, 2},
	} {
		r := result{subject: subject{bounds: b}, callers: c.callers, direct: kept, forwarder: kept, ours: c.ours, answered: c.bytes}
		z := sizes{ours: footprint{worked: memory{now: c.memory}}, listed: memory{peak: c.memory}}
		if got := broken([]result{r}, z, nil); len(got) != c.want {
			t.Errorf("%s: got %q, want %d", c.name, got, c.want)
		}
	}
}

func TestBrokenFigures(t *testing.T) {
	kept := figure{what: "query", unit: times, got: 0.25, max: 0.25}
	broke := kept
	broke.got = 0.26
	got := broken(nil, sizes{}, []figure{kept, broke})
	if len(got) != 1 || got[0] != "query: 0.26 times, more than 0.25 times" {
		t.Errorf("got %q", got)
	}
}

func TestQuantile(t *testing.T) {
	values := []int{5, 1, 4, 2, 3}
	for q, want := range map[float64]int{0: 1, 0.5: 3, 0.99: 5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("%v: got %d, want %d", q, got, want)
		}
	}
}
