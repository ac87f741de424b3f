package perses_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

var (
	refused = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	reset   = &net.OpError{Op: "read", Err: syscall.ECONNRESET}
)

// faults are those of a Perses that is being restarted, by how often at the most a request is sent while they last.
var faults = map[error]int{
	refused:                     0,
	reset:                       3,
	io.EOF:                      3,
	&problem.Error{Status: 502}: 3,
	&problem.Error{Status: 503}: 3,
	&problem.Error{Status: 504}: 3,
}

// However Perses fails while it is restarted, and however many calls meet it at whatever time, all of them succeed if it takes
// less than five seconds, and none sends its request more than three times.
func TestReadsOutlastARestart(t *testing.T) {
	for fault, most := range faults {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := connect(t, "http://perses.example")
				began := time.Now()
				var calls sync.WaitGroup
				for i := range 50 {
					calls.Go(func() {
						time.Sleep(time.Duration(i) * 100 * time.Millisecond)
						sent := 0
						err := s.Again(t.Context(), func() error {
							sent++
							if time.Since(began) < 4990*time.Millisecond {
								return fault
							}
							return nil
						})
						if err != nil || most > 0 && sent > most {
							t.Errorf("call %d: %v, sent %d times", i, err, sent)
						}
					})
				}
				calls.Wait()
			})
		})
	}
}

// A Perses that is down is waited for once, not by each call anew.
func TestReadsDoNotWaitForEver(t *testing.T) {
	for fault := range faults {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := connect(t, "http://perses.example")
				for i, want := range []struct{ least, most time.Duration }{{5 * time.Second, 6 * time.Second}, {0, time.Second}, {0, time.Second}} {
					began := time.Now()
					if err := s.Again(t.Context(), func() error { return fault }); !errors.Is(err, fault) {
						t.Errorf("got %v", err)
					}
					if took := time.Since(began); took < want.least || took > want.most {
						t.Errorf("call %d took %s, want %s to %s", i, took, want.least, want.most)
					}
				}
				time.Sleep(time.Minute)
				began := time.Now()
				if err := s.Again(t.Context(), func() error {
					if time.Since(began) < 4*time.Second {
						return fault
					}
					return nil
				}); err != nil {
					t.Errorf("the next outage: %v", err)
				}
			})
		})
	}
}

// Who has waited for Perses in vain learns that it was waited for, and who comes later for how long.
func TestWordsOfAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := connect(t, "http://perses.example")
		for i, want := range []string{"refused, tried for 6s). Is it running", "refused, tried for 16s). Is it running", "refused). Is it running"} {
			err := s.Again(t.Context(), func() error { return refused })
			if i == 2 {
				_ = s.Again(t.Context(), func() error { return nil })
			}
			if got := fmt.Sprint(s.Client(t.Context()).Explain("get", folder, err)); !strings.Contains(got, want) {
				t.Errorf("got %s, want %s in it", got, want)
			}
			time.Sleep(10 * time.Second)
		}
	})
}

// A Perses that was down and has come back is waited for again, whatever has found it there: in the first seconds after an
// outage there may be another one.
func TestTheEndOfAnOutageIsNoticed(t *testing.T) {
	answers := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"Folder","spec":{}}`)
	}
	conflicts := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) }
	write := func(s *perses.Server) error {
		_, err := s.Client(context.Background()).Create(folder, []byte(`{}`))
		return err
	}
	for _, c := range []struct {
		name   string
		perses http.HandlerFunc
		finds  func(s *perses.Server) error
		fails  bool // in a way that shows that Perses is there
		there  bool
	}{
		{"nobody", answers, func(*perses.Server) error { return nil }, false, false},
		{"a look whether it is there", answers, func(s *perses.Server) error { return s.Reachable(context.Background()) }, false, true},
		{"a write", answers, write, false, true},
		{"a write that it refuses", conflicts, write, true, true},
		{"a write that somebody else answers", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, write, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := connect(t, serve(t, c.perses).URL)
			s.Down(time.Now())
			if err := c.finds(s); (err != nil) != c.fails {
				t.Fatal(err)
			}
			tries := 0
			if err := s.Again(t.Context(), func() error {
				if tries++; tries == 1 {
					return refused
				}
				return nil
			}); (err == nil) != c.there {
				t.Errorf("a connection was tried %d times: %v", tries, err)
			}
		})
	}
}

// A request that Perses fails on while it answers others is not sent for ever, whatever the others do.
func TestReadsThatAreTheCause(t *testing.T) {
	for fault := range faults {
		synctest.Test(t, func(t *testing.T) {
			s := connect(t, "http://perses.example")
			sent := 0
			if err := s.Again(t.Context(), func() error {
				sent++
				_ = s.Again(t.Context(), func() error { return nil }) // somebody else's, just before
				return fault
			}); !errors.Is(err, fault) || sent > 3 {
				t.Errorf("%v: sent %d times, %v", fault, sent, err)
			}
		})
	}
}

// What ends a call in time says why Perses cannot be had, and not that the time is over.
func TestReadsKeepToTheDeadline(t *testing.T) {
	for fault := range faults {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if err := connect(t, "http://perses.example").Again(ctx, func() error { return fault }); !errors.Is(err, fault) || ctx.Err() != nil {
				t.Errorf("got %v, and the call %v; want %v", err, ctx.Err(), fault)
			}
			ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			failed := false
			if err := connect(t, "http://perses.example").Again(ctx, func() error {
				if !failed {
					failed = true
					return fault
				}
				<-ctx.Done() // Perses hangs as it starts
				return ctx.Err()
			}); !errors.Is(err, fault) {
				t.Errorf("got %v, want %v", err, fault)
			}
		})
	}
}

// What would only be repeated is not tried again.
func TestReadsThatAreNotRepeated(t *testing.T) {
	timeout := &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	for _, fault := range []error{
		&problem.Error{Status: 500}, &problem.Error{Status: 404}, &problem.Error{Status: 401}, &problem.Error{Status: 429}, &problem.Error{Status: 200},
		context.Canceled, context.DeadlineExceeded, timeout, &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, errors.New("other"),
	} {
		sent := 0
		if err := connect(t, "http://perses.example").Again(t.Context(), func() error { sent++; return fault }); sent != 1 || !errors.Is(err, fault) {
			t.Errorf("%v: sent %d times, %v", fault, sent, err)
		}
	}
}

// A request that stores something is sent once, and one that stores nothing again, whatever its method.
func TestWritesAreSentOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(c *perses.Client) error
		again bool
	}{
		{"get", func(c *perses.Client) error { _, err := c.Get(folder); return err }, true},
		{"list", func(c *perses.Client) error { _, err := c.List(folder, "", false); return err }, true},
		{"plugins", func(c *perses.Client) error { _, err := c.Plugins(); return err }, true},
		{"plugin's file", func(c *perses.Client) error {
			_, _, err := c.PluginFile(perses.Plugin{Module: "M"}, "", "schemas/m.cue")
			return err
		}, true},
		{"library", func(c *perses.Client) error { _, err := c.Library("p"); return err }, true},
		{"validate", func(c *perses.Client) error { return c.CheckDocument("Dashboard", []byte(`{}`)) }, true},
		{"migrate", func(c *perses.Client) error { _, err := c.MigrateGrafana([]byte(`{}`)); return err }, true},
		{"ask", func(c *perses.Client) error {
			r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "/api/v1/query", nil)
			if err == nil {
				_, _, err = c.Ask(c.Context(), "/proxy/globaldatasources/d", r, 0)
			}
			return err
		}, true},
		{"create", func(c *perses.Client) error { _, err := c.Create(folder, []byte(`{}`)); return err }, false},
		{"replace", func(c *perses.Client) error { _, err := c.Replace(folder, []byte(`{}`)); return err }, false},
		{"delete", func(c *perses.Client) error { return c.V1().Folder("p").Delete("f") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent atomic.Int64
			fake := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if sent.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `[{"kind":"Dashboard","spec":{}}]`)
			})
			err := c.do(connect(t, fake.URL).Client(t.Context()))
			if n := sent.Load(); n > 1 != c.again || !c.again && err == nil {
				t.Errorf("it was sent %d times: %v", n, err)
			}
		})
	}
}

// An answer that breaks off half way is read again from its beginning.
func TestHalfAnAnswerIsForgotten(t *testing.T) {
	const list = `[{"kind":"Dashboard","metadata":{"name":"a","project":"p"},"spec":{}},{"kind":"Dashboard","metadata":{"name":"b","project":"p"},"spec":{}}]`
	var sent atomic.Int64
	fake := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if sent.Add(1)%2 == 1 {
			_, _ = io.WriteString(w, list[:len(list)-9])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, list)
	})
	c := connect(t, fake.URL).Client(t.Context())
	if documents, err := c.List(perses.Ref{Kind: "Dashboard", Project: "p"}, "", false); err != nil || len(documents) != 2 {
		t.Errorf("got %d documents, %v", len(documents), err)
	}
	if library, err := c.Library("p"); err != nil || len(library.Dashboards) != 2 {
		t.Errorf("got %d dashboards, %v", len(library.Dashboards), err)
	}
}

var folder = perses.Ref{Kind: "Folder", Project: "p", Name: "f"}

// BenchmarkAgain is what it costs a read that it could be tried again, where it need not be.
func BenchmarkAgain(b *testing.B) {
	s := connect(b, "http://perses.example")
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Again(b.Context(), func() error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
