package parallel_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/perses/mcp-server/pkg/parallel"
)

func TestEachAndDo(t *testing.T) {
	var done [5]atomic.Int64
	parallel.Each(len(done), func(i int) { done[i].Add(1) })
	parallel.Do(func() { done[0].Add(1) }, func() { done[1].Add(1) })
	parallel.Do()
	for i, want := range []int64{2, 2, 1, 1, 1} {
		if got := done[i].Load(); got != want {
			t.Errorf("function %d ran %d times", i, got)
		}
	}
}

// The caller panics, after the other functions have ended.
func TestPanic(t *testing.T) {
	for name, run := range map[string]func(f func(i int)){
		"each": func(f func(int)) { parallel.Each(3, f) },
		"do":   func(f func(int)) { parallel.Do(func() { f(0) }, func() { f(1) }, func() { f(2) }) },
		"group": func(f func(int)) {
			var g parallel.Group
			g.SetLimit(2)
			for i := range 3 {
				g.Go(func() error { f(i); return errors.New("a panic takes precedence over an error") })
			}
			_ = g.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var ended atomic.Int64
			defer func() {
				words, _ := recover().(string)
				if !strings.HasPrefix(words, "one of three\n") || !strings.Contains(words, "parallel_test.go:") || ended.Load() != 2 {
					t.Errorf("got %q after the end of %d functions", words, ended.Load())
				}
			}()
			run(func(i int) {
				if i == 1 {
					panic("one of three")
				}
				ended.Add(1)
			})
			t.Error("no panic")
		})
	}
}

func TestErrors(t *testing.T) {
	var g parallel.Group
	g.Go(func() error { return nil })
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	failed := errors.New("it failed")
	g = parallel.Group{}
	g.Go(func() error { return failed })
	g.Go(func() error { return nil })
	if err := g.Wait(); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}
