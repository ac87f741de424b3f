package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/tools"
)

func line(id, method, params string) string {
	return eras[0].request(id, method, params, "").body + "\n"
}

func callLine(id, tool, arguments string) string {
	return eras[0].call(id, tool, arguments).body + "\n"
}

// doneWith returns the answer of the tool slow.
func doneWith(id string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"result":{"content":[{"type":"text","text":"\"done\""}]}}` + "\n"
}

// At the end of the input, or after a signal, the server answers all calls in flight before it ends.
func TestEndWaitsForAnswers(t *testing.T) {
	for _, c := range []struct {
		name  string
		calls int
		end   func(*streams)
	}{
		{"of the input", 50, func(p *streams) { _ = p.in.Close() }},
		{"by a signal", 20, func(p *streams) { p.stop() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			slow := newSlow()
			p := serveStdio(t, newServer(t, never, []tools.Tool{slow.Tool}))
			missing := map[string]bool{}
			for i := range c.calls {
				id := fmt.Sprint(i)
				p.write(t, callLine(id, "slow", "{}"))
				missing[doneWith(id)] = true
			}
			for range min(c.calls, 20) { // further calls may have to wait
				persestest.Receive(t, "the call", slow.begun)
			}
			c.end(p)
			for range c.calls {
				slow.finishOne(t)
				delete(missing, p.next(t))
			}
			if len(missing) > 0 {
				t.Errorf("%d of %d calls were not answered", len(missing), c.calls)
			}
			if err := persestest.Receive(t, "the end of the server", p.ended); err != nil {
				t.Error(err)
			}
		})
	}
}

// Messages without an answer do not keep the server from ending.
func TestEndOfInput(t *testing.T) {
	const parseError = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}` + "\n"
	for _, c := range []struct{ name, input, answer string }{
		{"immediately", "", ""},
		{"after a notification", line("null", "notifications/initialized", ""), ""},
		{"after a request without a newline", ping, `{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"},
		{"after a call without a newline", strings.TrimSpace(callLine("1", "echo", `{"text":"hello"}`)),
			`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\"hello\""}]}}` + "\n"},
		{"in the middle of a call", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"na`, parseError},
		{"after a call of another version", `{"jsonrpc":1,"id":1,"method":"tools/call","params":{"name":"echo"}}`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Failed to parse message"}}` + "\n"},
		{"after an unexpected error response", `{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method  not found"}}` + "\n"},
		{"after an unexpected response", `{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{}}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := serveStdio(t, newServer(t, never, []tools.Tool{echo()}))
			p.write(t, c.input)
			if err := p.end(t); err != nil {
				t.Error(err)
			}
			if got := <-p.lines; got != c.answer {
				t.Errorf("got %q, want %q", got, c.answer)
			}
		})
	}
}

func TestInvalidLines(t *testing.T) {
	p := serveStdio(t, newServer(t, never, []tools.Tool{echo()}))
	for _, c := range []struct{ name, input string }{
		{"not JSON", "hello\n"},
		{"truncated JSON", `{"jsonrpc":"2.0","id":1,` + "\n"},
		{"a blank line", "\n"},
		{"a line that is too long", strings.Repeat("x", 4<<20+1) + "\n"},
		{"a request that is too long", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 4<<20) + `"}}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.write(t, c.input)
			if got := p.next(t); got != `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}`+"\n" {
				t.Errorf("got %.200s", got)
			}
			p.write(t, line("1", "ping", ""))
			if got := p.next(t); got != `{"jsonrpc":"2.0","id":1,"result":{}}`+"\n" {
				t.Errorf("the next request: got %.200s", got)
			}
		})
	}
}

// The server answers with the ID of the request before it ends. As in JavaScript, numbers beyond 2⁵³ are rounded.
func TestIDs(t *testing.T) {
	for _, c := range []struct{ sent, answered string }{
		{`"a \"text\" with \u00e9"`, `"a \"text\" with é"`},
		{`""`, `""`},
		{"0", "0"},
		{"-1", "-1"},
		{"1.0", "1"},
		{"1.5", "1.5"},
		{"9007199254740991", "9007199254740991"},
		{"9007199254740993", "9007199254740992"},
	} {
		t.Run(c.sent, func(t *testing.T) {
			slow := newSlow()
			p := serveStdio(t, newServer(t, never, []tools.Tool{slow.Tool}))
			p.write(t, callLine(c.sent, "slow", "{}"))
			persestest.Receive(t, "the call", slow.begun)
			close(slow.free)
			if err := p.end(t); err != nil {
				t.Error(err)
			}
			if got := <-p.lines; got != doneWith(c.answered) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// A host that uses an ID twice gets two answers, and the server waits for both.
func TestDuplicateID(t *testing.T) {
	slow := newSlow()
	p := serveStdio(t, newServer(t, never, []tools.Tool{slow.Tool}))
	p.write(t, callLine("1", "slow", "{}")+callLine("1", "slow", "{}"))
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		slow.finishOne(t)
		if got := p.next(t); got != doneWith("1") {
			t.Errorf("got %s", got)
		}
	}
}

func TestSlowCallsDoNotBlockOthers(t *testing.T) {
	slow := newSlow()
	p := serveStdio(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}))
	for i := range 20 {
		p.write(t, callLine(fmt.Sprint(i), "slow", "{}"))
		persestest.Receive(t, "the call", slow.begun)
	}
	p.write(t, callLine("20", "echo", `{"text":"hello"}`))
	if text, failed := toolText(t, p.next(t)); failed || text != `"hello"` {
		t.Errorf("got %q, failed: %t", text, failed)
	}
	close(slow.free)
}
