package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

func TestReady(t *testing.T) {
	answers := func(status int, media, body string) string {
		return newFake(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/v1/health" || r.Header.Get("Authorization") != "" {
				t.Errorf("got a request for %s with %q", r.URL, r.Header.Get("Authorization"))
			}
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}).url
	}
	for _, c := range []struct {
		name, perses string
		status       int
	}{
		{"a Perses", persestest.Shared(t).URL, 200},
		{"a Perses with identities", persestest.SharedAuth(t).URL, 200},
		{"nothing", never, 503},
		{"a proxy that requires authentication", answers(401, "text/html", "<html>"), 200},
		{"a proxy without a Perses", answers(502, "text/html", "<html>"), 503},
		{"a web page", answers(200, "text/html", "<html>"), 503},
		{"a redirect", answers(302, "text/plain", ""), 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l log
			w := serveHTTP(t, newServer(t, c.perses, nil, logTo(&l)))
			for range 2 {
				got := w.send(t, http.MethodGet, server.ReadyPath, nil, nil)
				if want := map[int]string{200: "ok\n", 503: "Perses cannot be reached\n"}[c.status]; got.status != c.status || got.body != want {
					t.Errorf("got %d %q", got.status, got.body)
				}
			}
			if got := w.send(t, http.MethodGet, server.LivePath, nil, nil); got.status != 200 || got.body != "ok\n" {
				t.Errorf("alive: got %d %q", got.status, got.body)
			}
			// Frequent checks must not fill the log.
			if got, want := strings.Count(l.String(), "Perses cannot be reached"), map[int]int{200: 0, 503: 1}[c.status]; got != want {
				t.Errorf("%d lines in the log: %s", got, l.String())
			}
		})
	}
}

// The server learns the version of Perses from a readiness check or a call. If it is outdated, the log has one warning, and each answer
// of perses_get_server_info has it.
func TestOutdatedPerses(t *testing.T) {
	for version, outdated := range map[string]bool{"0.53.1": true, "0.54.0": false, "": false} {
		for _, readyFirst := range []bool{true, false} {
			f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"version":%q}`, version)
			})
			var l log
			w := serveHTTP(t, newServer(t, f.url, nil, logTo(&l)))
			if len(f.asked) > 0 {
				t.Error("the server sent a request at startup")
			}
			if readyFirst {
				w.send(t, http.MethodGet, server.ReadyPath, nil, nil)
			}
			for range 2 {
				if text, failed := w.call(t, "perses_get_server_info", `{}`); failed || strings.Contains(text, "CVE-2026-63199") != outdated {
					t.Errorf("%q: got %s", version, text)
				}
			}
			w.send(t, http.MethodGet, server.ReadyPath, nil, nil)
			if got, want := strings.Count(l.String(), "CVE-2026-63199"), map[bool]int{true: 1}[outdated]; got != want {
				t.Errorf("%q: %d warnings in %s", version, got, l.String())
			}
		}
	}
}

// Concurrent readiness checks send one request to Perses.
func TestReadyIsCached(t *testing.T) {
	free := make(chan struct{})
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) { <-free })
	w := serveHTTP(t, newServer(t, f.url, nil))
	const lookers = 20
	answers := make(chan answer, lookers)
	for range lookers {
		go func() {
			got, err := w.try(http.MethodGet, server.ReadyPath, nil, nil)
			if err != nil {
				t.Error(err)
			}
			answers <- got
		}()
	}
	persestest.Receive(t, "the request to Perses", f.asked)
	close(free)
	for range lookers {
		if got := persestest.Receive(t, "an answer", answers); got.status != http.StatusOK {
			t.Errorf("got %d %q", got.status, got.body)
		}
	}
	if again := len(f.asked); again > 0 {
		t.Errorf("%d more requests to Perses", again)
	}
}
