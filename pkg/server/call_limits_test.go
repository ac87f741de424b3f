package server_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// as returns a message with credentials.
func as(credentials string, m message) message {
	m.headers = m.headers.Clone()
	m.headers.Set("Authorization", credentials)
	return m
}

// maxCalls sets the limits on calls.
func maxCalls(all, each int) func(*server.Options) {
	return func(o *server.Options) { o.MaxCalls, o.MaxCallsPerCaller = all, each }
}

const (
	callerIsFull = "you already have 2 calls in progress (--max-calls-per-caller): try again\n"
	serverIsFull = "this server already has 3 calls in progress (--max-calls): try again\n"
)

// The calls of one caller are limited, and those of all callers together.
func TestLimitsOnCalls(t *testing.T) {
	inEachEra(t, func(t *testing.T, e era) {
		slow := newSlow()
		w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}, maxCalls(3, 2)))
		refused := func(credentials, want string) {
			t.Helper()
			got := w.post(t, as(credentials, e.call("9", "echo", "{}")))
			if got.status != http.StatusTooManyRequests || got.body != want || got.header.Get("Retry-After") != "1" {
				t.Errorf("%s: got %d %q, to try again after %q", credentials, got.status, got.body, got.header.Get("Retry-After"))
			}
		}
		served := func(credentials string) {
			t.Helper()
			if _, failed := textOf(t, w.post(t, as(credentials, e.call("9", "echo", "{}")))); failed {
				t.Errorf("%s: failed", credentials)
			}
		}
		var mine []<-chan answer
		for range 2 {
			mine = append(mine, w.begin(t, as("Bearer mine", e.call("1", "slow", "{}"))))
			persestest.Receive(t, "the call", slow.begun)
		}
		refused("Bearer mine", callerIsFull)
		served("Bearer other")
		served("") // identified by its address
		other := w.begin(t, as("Bearer other", e.call("1", "slow", "{}")))
		persestest.Receive(t, "the call", slow.begun)
		refused("Bearer third", serverIsFull)
		close(slow.free)
		for _, answer := range append(mine, other) {
			textOf(t, persestest.Receive(t, "the answer", answer))
		}
		served("Bearer mine")
	})
}

// A request that has not arrived completely holds no call slot.
func TestSlowRequestsHoldNoCallSlot(t *testing.T) {
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, maxCalls(1, 1)))
	address := strings.TrimPrefix(w.url, "http://")
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, "POST "+server.Endpoint+" HTTP/1.1\r\nHost: "+address+"\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// The server requests the body when it starts to read it.
	if _, err := io.ReadFull(connection, make([]byte, len("HTTP/1.1 100 Continue\r\n"))); err != nil {
		t.Fatal(err)
	}
	if _, failed := w.call(t, "echo", "{}"); failed {
		t.Error("the call failed")
	}
}
