package persestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is a server that the tests of a process share, started when the first of them asks for it.
type shared[T interface{ Stop() error }] struct {
	start   func(context.Context) (T, error)
	once    sync.Once
	started bool
	server  T
	err     error
}

func sharedPerses(o Options) *shared[*Perses] {
	return &shared[*Perses]{start: func(ctx context.Context) (*Perses, error) { return Start(ctx, o) }}
}

var (
	withoutAuth = sharedPerses(Options{})
	withAuth    = sharedPerses(Options{Auth: true})
	scraper     = &shared[*Prometheus]{start: func(ctx context.Context) (*Prometheus, error) {
		return StartPrometheus(ctx, PrometheusOptions{})
	}}
	// stops tells that somebody stops the servers in the end, without whom none may start.
	stops bool
)

const needsMain = "this package needs: func TestMain(m *testing.M) { persestest.Main(m) }"

// Tests are the tests of a package that may call Shared, SharedAuth, SharedPrometheus and Program. Only a TestMain that hands its tests on,
// such as to testscript.Main, needs it; all others call Main.
type Tests struct{ M *testing.M }

// Run runs the tests, then stops what these have started. It returns the code with which to exit.
func (t Tests) Run() int {
	stops = true
	code := t.M.Run()
	if err := errors.Join(withoutAuth.stop(), withAuth.stop(), scraper.stop(), programs.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// Main runs the tests of a package, stops the servers that they share, removes the programs, and exits.
func Main(m *testing.M) { os.Exit(Tests{m}.Run()) }

// Shared returns the Perses without Auth that all tests of this process share. Its first call starts it. To be undisturbed,
// a test works in a project of its own, see NewProject.
func Shared(t testing.TB) *Perses {
	t.Helper()
	return withoutAuth.get(t)
}

// SharedAuth is like Shared, for a Perses with Auth.
func SharedAuth(t testing.TB) *Perses {
	t.Helper()
	return withAuth.get(t)
}

// SharedPrometheus returns the Prometheus that all tests of this process share. Its first call starts it. To be undisturbed,
// a test writes metrics of names that no other test has.
func SharedPrometheus(t testing.TB) *Prometheus {
	t.Helper()
	return scraper.get(t)
}

func (s *shared[T]) get(t testing.TB) T {
	t.Helper()
	if !stops {
		t.Fatal(needsMain)
	}
	s.once.Do(func() {
		s.server, s.err = s.start(context.Background()) // not t.Context(): the server outlives the test that starts it
		s.started = s.err == nil
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}

func (s *shared[T]) stop() error {
	if !s.started {
		return nil
	}
	return s.server.Stop()
}
