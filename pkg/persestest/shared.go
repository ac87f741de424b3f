package persestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// server is a Perses that the tests of a process share, started when the first of them asks for it.
type server struct {
	options Options
	once    sync.Once
	perses  *Perses
	err     error
}

var (
	withoutAuth server
	withAuth    = server{options: Options{Auth: true}}
	// stops tells that somebody stops the servers in the end, without whom none may start.
	stops bool
)

// Tests are the tests of a package that may call Shared and SharedAuth. Only a TestMain that hands its tests on,
// such as to testscript.Main, needs it; all others call Main.
type Tests struct{ M *testing.M }

// Run runs the tests, then stops what Shared and SharedAuth have started. It returns the code with which to exit.
func (t Tests) Run() int {
	stops = true
	code := t.M.Run()
	if err := errors.Join(withoutAuth.stop(), withAuth.stop()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// Main runs the tests of a package, stops what Shared and SharedAuth have started, and exits.
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

func (s *server) get(t testing.TB) *Perses {
	t.Helper()
	if !stops {
		t.Fatal("this package needs: func TestMain(m *testing.M) { persestest.Main(m) }")
	}
	// Not t.Context(): the server outlives the test that starts it.
	s.once.Do(func() { s.perses, s.err = Start(context.Background(), s.options) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.perses
}

func (s *server) stop() error {
	if s.perses == nil {
		return nil
	}
	return s.perses.Stop()
}
