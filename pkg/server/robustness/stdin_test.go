package robustness_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
)

const (
	parseError = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}`
	notMessage = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Failed to parse message"}}`
)

// Invalid lines over stdin get the answers of JSON-RPC, and the server goes on: after each line, it lists the projects of Perses. One
// process handles all lines without using too much memory.
func TestStdin(t *testing.T) {
	const deep, megabytes = 400_000, 100
	perses := persestest.Shared(t)
	project := persestest.NewProject(t, perses)
	p := start(t, perses.URL)
	for _, c := range []struct {
		name, line string
		want       string // in the answer; "" for none
	}{
		{"not JSON", "hello\n", parseError},
		{"a blank line", "\n", parseError},
		{"zero bytes", "\x00\x00\n", parseError},
		{"invalid UTF-8", "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"\xff\"}\n", `"code":-32601`},
		{"null", "null\n", `"code":-32600`},
		{"a number", "1\n", notMessage},
		{"an object that is no request", `{"hello":"world"}` + "\n", `"code":-32600`},
		{"another version", `{"jsonrpc":"1.0","id":5,"method":"ping"}` + "\n", `"id":5,"error":{"code":-32600`},
		{"a batch", `[{"jsonrpc":"2.0","id":5,"method":"ping"},{"jsonrpc":"2.0","id":6,"method":"ping"}]` + "\n", notMessage},
		{"an empty batch", "[]\n", notMessage},
		{"an unknown method", `{"jsonrpc":"2.0","id":5,"method":"no/such"}` + "\n", `"id":5,"error":{"code":-32601`},
		{"an unknown notification", `{"jsonrpc":"2.0","method":"notifications/none"}` + "\n", ""},
		{"an unknown tool", call(5, "no_such_tool", "{}") + "\n", `"id":5,"error":{"code":-32602`},
		{"invalid params", `{"jsonrpc":"2.0","id":5,"method":"tools/call","params":[1]}` + "\n", `"id":5,"error":{"code":-3260`},
		{"a line of 100 MB", strings.Repeat("x", megabytes<<20) + "\n", parseError},
		{"a request of 100 MB", `{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":"` + strings.Repeat("x", megabytes<<20) + `"}}` + "\n", parseError},
		{"brackets 400,000 deep", strings.Repeat("[", deep) + strings.Repeat("]", deep) + "\n", parseError},
		{"a request with braces 400,000 deep", `{"jsonrpc":"2.0","id":5,"method":"ping","params":` +
			strings.Repeat(`{"x":`, deep) + "1" + strings.Repeat("}", deep) + "}\n", parseError},
		{"arguments with brackets 9,000 deep", call(5, "perses_apply_resource", `{"resource":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`}`) + "\n", `"isError":true`},
		{"arguments 90,000 deep in a text", call(5, "perses_apply_resource", `{"resource":"`+strings.Repeat("[", 90_000)+strings.Repeat("]", 90_000)+`"}`) + "\n", `"isError":true`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.Send(t, c.line)
			if c.want != "" {
				if got := p.next(t); !strings.Contains(got, c.want) {
					t.Errorf("got %.300s, want %s", got, c.want)
				}
			}
			p.Send(t, call(7, "perses_list_projects", "{}")+"\n")
			if got := p.next(t); !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":7,"result"`) || !strings.Contains(got, project) {
				t.Errorf("the next call: got %.300s", got)
			}
		})
	}
	p.checkMemory(t)
}

// next returns the next line of the server's stdout, which must be a JSON-RPC message.
func (p *process) next(t testing.TB) string {
	t.Helper()
	line := make(chan string, 1)
	go func() {
		text, _ := p.Out.ReadString('\n')
		line <- text
	}()
	text := persestest.Receive(t, "an answer", line)
	var m struct{ JSONRPC string }
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.JSONRPC != "2.0" {
		t.Fatalf("the server wrote %.300q", text)
	}
	return text
}

// All calls are answered although the input ends, without a newline, while large and small calls are in flight.
func TestEndOfStdin(t *testing.T) {
	const calls = 200
	perses := persestest.Shared(t)
	p := start(t, perses.URL)
	large := `{"kind":"Project","name":"` + strings.Repeat("x", 100<<10) + `"}`
	var input strings.Builder
	for i := range calls {
		input.WriteString(call(2*i, "perses_list_projects", "{}") + "\n" + call(2*i+1, "perses_get_resource", large) + "\n")
	}
	input.WriteString(call(2*calls, "perses_list_projects", "{}")) // no newline
	go func() {
		_, _ = io.WriteString(p.In, input.String())
		_ = p.In.Close()
	}()
	answered := map[float64]int{}
	for range 2*calls + 1 {
		var m struct {
			ID     float64
			Result struct{ Content []any }
		}
		if line := p.next(t); json.Unmarshal([]byte(line), &m) != nil || len(m.Result.Content) != 1 {
			t.Errorf("got %.300s", line)
		}
		answered[m.ID]++
	}
	if len(answered) != 2*calls+1 {
		t.Errorf("%d of %d calls were answered", len(answered), 2*calls+1)
	}
	if rest, _ := p.Out.ReadString('\n'); rest != "" {
		t.Errorf("unexpected output: %.300s", rest)
	}
}
