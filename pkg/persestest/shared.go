package persestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is a server that the tests of a process share. The first test that needs it starts it.
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
	// stops is set by Tests.Run, which stops the servers. Without it no server is started.
	stops bool
)

const needsMain = "this package needs: func TestMain(m *testing.M) { persestest.Main(m) }"

// Tests are the tests of a package. Use it only if TestMain passes the tests on, for example to testscript.Main; otherwise call
// Main.
type Tests struct{ M *testing.M }

// Run runs the tests, stops the servers that they started, and returns the exit code.
func (t Tests) Run() int {
	stops = true
	code := t.M.Run()
	if err := errors.Join(withoutAuth.stop(), withAuth.stop(), scraper.stop(), programs.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// Main runs the tests of a package, stops the shared servers, removes the programs, and exits.
func Main(m *testing.M) { os.Exit(Tests{m}.Run()) }

// Shared returns the Perses without authentication that all tests of this process share. The first call starts it. A test works
// in its own project, see NewProject.
func Shared(t testing.TB) *Perses {
	t.Helper()
	return withoutAuth.get(t)
}

// SharedAuth is like Shared, for a Perses with authentication.
func SharedAuth(t testing.TB) *Perses {
	t.Helper()
	return withAuth.get(t)
}

// SharedPrometheus returns the Prometheus that all tests of this process share. The first call starts it. A test writes metrics
// under its own names.
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
		s.server, s.err = s.start(context.Background()) // the server outlives the test
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
