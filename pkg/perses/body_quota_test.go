package perses_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/quota"
)

// TestStalledAnswersGiveWay: a caller whose datasource begins a large answer and does not end it keeps no other caller from
// reading theirs.
func TestStalledAnswersGiveWay(t *testing.T) {
	text := strings.Repeat("x", 4<<20)
	begun := make(chan struct{})
	s := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(text))
		if strings.HasSuffix(r.URL.Path, "/stalled") {
			_ = http.NewResponseController(w).Flush()
			close(begun)
			<-r.Context().Done()
		}
	}).URL)
	s.ReadDataFrom(quota.New(quota.Options{Grace: time.Millisecond, ReserveGrace: time.Millisecond, OthersOnly: true}))
	ask := func(caller, path string) (int, error) {
		ctx := quota.NewContext(t.Context(), quota.Owner{Caller: caller})
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(quota.Revocation(ctx), cancel)()
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, answer, err := s.Client(ctx).Ask(ctx, "/proxy/globaldatasources/d", r, 0)
		return len(answer), err
	}
	stalled := make(chan error)
	go func() {
		_, err := ask("a", "/stalled")
		stalled <- err
	}()
	<-begun
	if got, err := ask("b", "/whole"); got != len(text) || err != nil {
		t.Errorf("got %d bytes, %v", got, err)
	}
	if err := <-stalled; !errors.Is(err, context.Canceled) {
		t.Errorf("the stalled one got %v", err)
	}
}

// TestReadingsOfManyAreSideBySide: a call that keeps what it has read keeps no other call from reading as much.
func TestReadingsOfManyAreSideBySide(t *testing.T) {
	s := connect(t, serve(t, status(200, `{"kind":"Project","metadata":{"name":"p"},"spec":{"x":"`+strings.Repeat("x", 200<<10)+`"}}`)).URL)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range 8 {
		if _, err := s.Client(ctx).Get(perses.Ref{Kind: projects.Kind, Name: "p"}); err != nil {
			t.Fatal(err)
		}
	}
}

// large serves documents and lists of one that take more memory than calls share, as does a part of them together.
func large(t *testing.T) *perses.Server {
	t.Helper()
	document := `{"kind":"Project","metadata":{"name":"p"},"spec":{"x":"` + strings.Repeat("x", 5<<20) + `"}}`
	return connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		text := document
		if strings.HasSuffix(r.URL.Path, "s") {
			text = "[" + document + "]"
		}
		status(200, text)(w, r)
	}).URL)
}

// TestNoCallWaitsForItself: a part of a call uses what the call has, and does not wait for it.
func TestNoCallWaitsForItself(t *testing.T) {
	s := large(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	call := s.Client(ctx)
	list := func() error {
		part, done := call.Apart()
		defer done()
		_, err := part.List(projects, "", false)
		return err
	}
	for range 3 { // what a part has read is let go
		if err := list(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := call.Get(perses.Ref{Kind: projects.Kind, Name: "p"}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := list(); !perses.IsTooLarge(err) {
			t.Fatalf("got %v", err)
		}
	}
	if library, err := call.Library("p"); err != nil || len(library.LeftOut) != 1 {
		t.Errorf("got %v, %v", library, err)
	}
}
