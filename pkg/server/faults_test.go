package server_test

import (
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// If Perses fails, or something else answers in its place, the error of a call says what failed, why, and what to do. The token of the
// server is sent only to Perses.
func TestPersesMisbehaves(t *testing.T) {
	elsewhere := newFake(t, func(http.ResponseWriter, *http.Request) {})
	const unknown = "Whether Perses has done it is unknown: get it before you try again."
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc // nil for a closed port
		want    []string         // in the error; PERSES stands for the URL
		written string           // also in the error of a write
	}{
		{"it is down", nil,
			[]string{"Perses at PERSES cannot be reached (dial tcp ", "connection refused", "Is it running, and is --perses-server-url right?"}, ""},
		{"it hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			[]string{"Perses at PERSES did not answer in time (the limit is set with --timeout)."}, unknown},
		{"it hangs in the middle of its answer", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "[")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, []string{"Perses at PERSES did not answer in time (the limit is set with --timeout)."}, unknown},
		{"it breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"the connection to Perses at PERSES broke off (EOF)."}, unknown},
		{"it is a login page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html><body>Log in</body></html>")
		}, []string{"PERSES answered with an HTML page", "Is --perses-server-url the address of Perses itself?"}, ""},
		{"it speaks no JSON", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{{{")
		}, []string{"invalid character '{'"}, ""},
		{"it fails", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"message":"out of order"}`, http.StatusInternalServerError)
		}, []string{"Perses failed on it (status 500: out of order)."}, ""},
		{"it has moved", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.url+r.URL.Path, http.StatusTemporaryRedirect) // with its method and body
		}, []string{"PERSES redirects to " + elsewhere.url + "/api/v1/projects", "set --perses-server-url to it."}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, asked := closedPort(t), make(chan *http.Request)
			if c.handler != nil {
				f := newFake(t, c.handler)
				url, asked = f.url, f.asked
			}
			var l log
			w := serveHTTP(t, newServer(t, url, nil, timeout(time.Second), logTo(&l)))
			check := func(tool, arguments, what string, want []string) {
				text, failed := w.call(t, tool, arguments)
				if !failed || !strings.HasPrefix(text, what) {
					t.Errorf("got %s, want %s", text, what)
				}
				for _, want := range want {
					if want = strings.ReplaceAll(want, "PERSES", url); !strings.Contains(text, want) {
						t.Errorf("got %s, want %s", text, want)
					}
				}
				if strings.Contains(text, token) {
					t.Errorf("the token is in the answer: %s", text)
				}
				if c.handler == nil {
					return
				}
				if r := persestest.Receive(t, "the request to Perses", asked); r.Header.Get("Authorization") != "Bearer "+token {
					t.Errorf("Perses was asked with %q", r.Header.Get("Authorization"))
				}
			}
			check("perses_list_projects", "{}", "cannot list projects: ", c.want)
			check("perses_create_project", `{"project":"p"}`, `cannot create Project "p": `, append(c.want, c.written))
			if strings.Contains(l.String(), token) {
				t.Errorf("the token is in the log: %s", l.String())
			}
		})
	}
	if len(elsewhere.asked) > 0 {
		t.Errorf("the address that Perses redirects to was asked: %s", (<-elsewhere.asked).URL)
	}
}

// closedPort returns the URL of a port on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "http://" + listener.Addr().String()
}

// A response of 2 GiB is not read: not at all if its length is announced, else not beyond the limit.
func TestPersesSendsHugeResponse(t *testing.T) {
	const huge, piece, maxRead = 2 << 30, 1 << 20, 64 << 20
	for _, c := range []struct{ name, announced, want string }{
		{"announced", "2147483648", "the answer of Perses is larger than the 8 MiB that are read (2147483648 bytes)"},
		{"not announced", "", "the answer of Perses is larger than the 8 MiB that are read."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent atomic.Int64
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				if c.announced != "" {
					w.Header().Set("Content-Length", c.announced)
				}
				w.Header().Set("Content-Type", "application/json")
				spaces := []byte(strings.Repeat(" ", piece))
				for sent.Load() < huge {
					n, err := w.Write(spaces)
					sent.Add(int64(n))
					if err != nil {
						return
					}
				}
			})
			w := serveHTTP(t, newServer(t, f.url, nil))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			text, failed := w.call(t, "perses_list_projects", "{}")
			runtime.ReadMemStats(&after)
			if want := "cannot list projects: " + c.want; !failed || !strings.HasPrefix(text, want) {
				t.Errorf("got %s, want %s", text, want)
			}
			if sent.Load() > maxRead {
				t.Errorf("%d bytes were read", sent.Load())
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 2*maxRead {
				t.Errorf("%d bytes were allocated", grown)
			}
		})
	}
}
