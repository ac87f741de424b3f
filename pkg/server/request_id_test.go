package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/tools"
)

// The log lines of a request have its ID, which the caller may choose if it is safe.
func TestRequestID(t *testing.T) {
	panics := tools.Tool{Name: "panics", Run: func(*tools.Call) (any, error) { panic("inside") }}
	made := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for _, c := range []struct {
		name, sent string
		kept       bool
	}{
		{"none", "", false},
		{"one", "0af7651916cd43dd-8448_eb.211c", true},
		{"the longest", strings.Repeat("x", 64), true},
		{"too long a one", strings.Repeat("x", 65), false},
		{"one with a space", "a b", false},
		{"one that looks like another field", `a" outcome=ok`, false},
		{"one that is not ASCII", "ä", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l log
			w := serveHTTP(t, newServer(t, never, []tools.Tool{panics}, logTo(&l)))
			m := eras[0].call("1", "panics", "{}")
			m.headers.Set("X-Request-Id", c.sent)
			got := w.post(t, m)
			id := got.header.Get("X-Request-Id")
			if c.kept && id != c.sent || !c.kept && !made.MatchString(id) {
				t.Errorf("got ID %q", id)
			}
			for _, line := range []string{`msg=panic `, `msg=call `} {
				if !regexp.MustCompile(line + `.* request_id=` + regexp.QuoteMeta(id) + `\n`).MatchString(l.String()) {
					t.Errorf("no line with %q and the ID: %s", line, l.String())
				}
			}
		})
	}
}

// A refused request has an ID too.
func TestRequestIDOfRefusal(t *testing.T) {
	var l log
	w := serveHTTP(t, newServer(t, never, nil, logTo(&l)))
	m := eras[0].call("1", "any", "{}")
	m.headers.Set("X-Request-Id", "mine")
	m.headers.Set("Origin", "https://evil.example")
	got := w.post(t, m)
	if got.status != http.StatusForbidden || got.header.Get("X-Request-Id") != "mine" || !regexp.MustCompile(`msg=refused status=403 .*request_id=mine\n`).MatchString(l.String()) {
		t.Errorf("got %d, ID %q: %s", got.status, got.header.Get("X-Request-Id"), l.String())
	}
}

// Over stdio, each call gets its own ID.
func TestRequestIDOverStdio(t *testing.T) {
	var l log
	p := serveStdio(t, newServer(t, never, []tools.Tool{echo()}, logTo(&l)))
	for range 2 {
		p.write(t, callLine("1", "echo", "{}"))
		p.next(t)
	}
	ids := regexp.MustCompile(`msg=call .* request_id=(\w+)\n`).FindAllStringSubmatch(l.String(), -1)
	if len(ids) != 2 || ids[0][1] == ids[1][1] {
		t.Errorf("got %q: %s", ids, l.String())
	}
}
