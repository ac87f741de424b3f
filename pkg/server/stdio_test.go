package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/tools"
)

func line(id, method, params string) string {
	return eras[0].request(id, method, params, "").body + "\n"
}

func callLine(id, tool, arguments string) string {
	return eras[0].call(id, tool, arguments).body + "\n"
}

// doneWith is the answer of the tool slow.
func doneWith(id string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"result":{"content":[{"type":"text","text":"\"done\""}]}}` + "\n"
}

// A host that pipes its requests in, and is done, still wants the answers; so does one that stops the server
// while it waits for some. The calls end one after another, long after the end has been seen.
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
			for range min(c.calls, 20) { // more may have to wait until some of them are done
				receive(t, "the call", slow.begun)
			}
			c.end(p)
			for range c.calls {
				slow.finishOne(t)
				delete(missing, p.next(t))
			}
			if len(missing) > 0 {
				t.Errorf("%d of %d calls were not answered", len(missing), c.calls)
			}
			if err := receive(t, "the end of the server", p.ended); err != nil {
				t.Error(err)
			}
		})
	}
}

// Nothing that is not answered may keep the server from ending.
func TestEndOfInput(t *testing.T) {
	const parseError = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}` + "\n"
	for _, c := range []struct{ name, input, answer string }{
		{"at once", "", ""},
		{"after a notification", line("null", "notifications/initialized", ""), ""},
		{"after a request without a newline", ping, `{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"},
		{"after a call without a newline", strings.TrimSpace(callLine("1", "echo", `{"text":"hello"}`)),
			`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\"hello\""}]}}` + "\n"},
		{"in the middle of a call", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"na`, parseError},
		{"after a call of another version", `{"jsonrpc":1,"id":1,"method":"tools/call","params":{"name":"echo"}}`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Failed to parse message"}}` + "\n"},
		{"after a refusal of what was not asked for", `{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method  not found"}}` + "\n"},
		{"after an answer that was not asked for", `{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{}}`, ""},
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

func TestGarbage(t *testing.T) {
	p := serveStdio(t, newServer(t, never, []tools.Tool{echo()}))
	for _, c := range []struct{ name, input string }{
		{"no JSON", "hello\n"},
		{"half of it", `{"jsonrpc":"2.0","id":1,` + "\n"},
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

// The id of a request comes back in its answer, and the server does not end before. mcp-go takes numbers for
// floating point, so as with hosts in JavaScript those beyond 2⁵³ are rounded.
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
			receive(t, "the call", slow.begun)
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

// A host that uses an id twice gets two answers, and the server waits for both.
func TestOneIDTwice(t *testing.T) {
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

func TestSlowCallHoldsUpNoOther(t *testing.T) {
	slow := newSlow()
	p := serveStdio(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}))
	for i := range 20 {
		p.write(t, callLine(fmt.Sprint(i), "slow", "{}"))
		receive(t, "the call", slow.begun)
	}
	p.write(t, callLine("20", "echo", `{"text":"hello"}`))
	if text, failed := toolText(t, p.next(t)); failed || text != `"hello"` {
		t.Errorf("got %q, failed: %t", text, failed)
	}
	close(slow.free)
}
