package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`

// A web page can make a visitor's browser send requests to a server that only the visitor can reach.
func TestWebPagesAreRefused(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	_, port, err := net.SplitHostPort(strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, header, value string
		allowed             bool
	}{
		{"a program", "User-Agent", "test", true},
		{"its own origin", "Origin", w.url, true},
		{"a foreign origin", "Origin", "https://evil.example", false},
		{"an origin on another port", "Origin", "http://127.0.0.1:1", false},
		{"the origin of a file", "Origin", "null", false},
		{"the address bar", "Sec-Fetch-Site", "none", true},
		{"the browser, same origin", "Sec-Fetch-Site", "same-origin", true},
		{"the browser, another site", "Sec-Fetch-Site", "cross-site", false},
		{"the browser, the same site", "Sec-Fetch-Site", "same-site", false},
		{"localhost", "Host", "localhost:" + port, true},
		{"127.0.0.1", "Host", "127.0.0.1:" + port, true},
		{"127.0.0.1 without a port", "Host", "127.0.0.1", true},
		{"[::1]", "Host", "[::1]:" + port, true},
		{"a name bound to the loopback address", "Host", "evil.example:" + port, false},
		{"a name that starts with a known one", "Host", "localhost.evil.example", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for method, status := range map[string]int{http.MethodPost: http.StatusOK, http.MethodGet: http.StatusMethodNotAllowed} {
				if !c.allowed {
					status = http.StatusForbidden
				}
				got := w.send(t, method, server.Endpoint, strings.NewReader(ping), http.Header{c.header: {c.value}})
				if got.status != status {
					t.Errorf("%s: got %d %s, want %d", method, got.status, got.body, status)
				}
				if !c.allowed && strings.Contains(got.body, "  ") {
					t.Errorf("%s: a word is missing in %q", method, got.body)
				}
			}
		})
	}
}

// When a request is refused, the answer and the log name the setting that allows it. The number of log lines is limited.
func TestRefusalsNameTheSetting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		dial := overPipes(t, newServer(t, never, nil, logTo(&l)))
		send := func(header http.Header) answer {
			c := dial()
			defer func() { _ = c.Close() }()
			m := message{body: ping, headers: header}
			post(t, c, m)
			return readAnswer(t, bufio.NewReader(c))
		}
		for range 3 {
			if got, want := send(http.Header{"Host": {"mcp.example:8000"}}), "unknown host mcp.example: add it to --allowed-hosts if it is a name of this server\n"; got.status != 403 || got.body != want {
				t.Errorf("got %d %s", got.status, got.body)
			}
			if got, want := send(http.Header{"Origin": {"https://a.example"}}), "requests from the web page https://a.example are refused: add its origin to --allowed-origins to accept them\n"; got.status != 403 || got.body != want {
				t.Errorf("got %d %s", got.status, got.body)
			}
		}
		warnings := func() int { return strings.Count(l.String(), "level=WARN") }
		for _, want := range []string{
			`msg="requests for this host are refused; if it is yours, add it to --allowed-hosts" host=mcp.example`,
			`msg="requests for this origin are refused; if it is yours, add it to --allowed-origins" origin=https://a.example`,
		} {
			if logged := l.String(); strings.Count(logged, want) != 1 || warnings() != 2 {
				t.Errorf("want once %s in\n%s", want, logged)
			}
		}
		for i := range 100 {
			send(http.Header{"Origin": {fmt.Sprintf("https://%d.example/\"%s", i, strings.Repeat("x", 1000))}})
		}
		if got := warnings(); got != 10 {
			t.Errorf("logged %d hosts and origins", got)
		}
		for line := range strings.Lines(l.String()) {
			if strings.Contains(line, "level=WARN") && len(line) > 400 {
				t.Errorf("a line has %d bytes", len(line))
			}
		}
		time.Sleep(time.Minute)
		send(http.Header{"Host": {"mcp.example:8000"}})
		if got := warnings(); got != 11 {
			t.Errorf("after a minute: logged %d hosts and origins", got)
		}
	})
}

// Tests connect only over loopback, so this one calls the handler directly.
func TestHostsBeyondLoopback(t *testing.T) {
	const lan, everywhere, loopback = "192.0.2.10:8000", "0.0.0.0:8000", "127.0.0.1:8000"
	for _, c := range []struct {
		name, listening, arrived, host string
		status                         int
	}{
		{"the address that it listens on", lan, lan, lan, 200},
		{"a name bound to the address that it listens on", lan, lan, "evil.example:8000", 403},
		{"any name, if it listens everywhere", everywhere, lan, "perses.example", 200},
		{"a name bound to loopback, if it listens everywhere", everywhere, loopback, "evil.example:8000", 403},
		{"loopback, if it listens everywhere", everywhere, loopback, loopback, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, never, nil)
			if w := arrive(t, s, c.listening, c.arrived, c.host); w.Code != c.status {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}

// arrive sends a message to the handler as if it had arrived at an address of the server.
func arrive(t *testing.T, s *server.Server, listening, arrived, host string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, server.Endpoint, strings.NewReader(ping))
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, address(t, arrived)))
	r.Host = host
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler(address(t, listening)).ServeHTTP(w, r)
	return w
}

func address(t *testing.T, text string) net.Addr {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRequestSizeIsLimited(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}))
	const limit = 4 << 20
	for _, c := range []struct {
		name   string
		size   int
		status int
		body   string
	}{
		{"at the limit", limit, http.StatusOK, `{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"},
		{"one byte more", limit + 1, http.StatusRequestEntityTooLarge, "the request is larger than 4 MiB\n"},
	} {
		text := ping + strings.Repeat(" ", c.size-len(ping))
		t.Run(c.name, func(t *testing.T) {
			if got := w.post(t, message{body: text}); got.status != c.status || got.body != c.body {
				t.Errorf("got %d %q, want %d %q", got.status, got.body, c.status, c.body)
			}
		})
		t.Run(c.name+", without a length", func(t *testing.T) {
			unknown := struct{ io.Reader }{strings.NewReader(text)}
			if got := w.send(t, http.MethodPost, server.Endpoint, unknown, nil); got.status != c.status || got.body != c.body {
				t.Errorf("got %d %q, want %d %q", got.status, got.body, c.status, c.body)
			}
		})
	}
}
