package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/perses/mcp-server/tools"
)

// steps is a tool that reports n steps, each of them twice and concurrently with the next one.
func steps(n int) tools.Tool {
	return tools.Tool{Name: "steps", Title: "Steps", Description: "Takes steps.", Run: func(call *tools.Call) (any, error) {
		for i := range n {
			var both sync.WaitGroup
			for _, done := range []int{i, i + 1} {
				both.Go(func() { call.Progress(done, n, fmt.Sprintf("step %d", done)) })
			}
			both.Wait()
		}
		return "done", nil
	}}
}

// withProgress makes the requests of an era ask for progress.
func withProgress(e era, token string) era {
	if e.meta == "" {
		e.meta = fmt.Sprintf(`"_meta":{"progressToken":%q}`, token)
	} else {
		e.meta = strings.Replace(e.meta, `"_meta":{`, fmt.Sprintf(`"_meta":{"progressToken":%q,`, token), 1)
	}
	return e
}

// checkProgress checks the messages of one call: the values increase up to total, belong to this call, and precede the answer.
func checkProgress(t *testing.T, messages []string, token string, total int) {
	t.Helper()
	last := 0
	for i, text := range messages {
		var m struct {
			ID     any
			Method string
			Params struct {
				ProgressToken, Message string
				Progress, Total        int
			}
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if i == len(messages)-1 {
			if m.ID == nil || last != total {
				t.Fatalf("after progress %d of %d the last message is %s", last, total, text)
			}
			return
		}
		p := m.Params
		if m.Method != "notifications/progress" || p.ProgressToken != token || p.Progress <= last || p.Total != total || p.Message != fmt.Sprintf("step %d", p.Progress) {
			t.Fatalf("after progress %d: %s", last, text)
		}
		last = p.Progress
	}
	t.Fatal("no answer")
}

// rounds is enough to notice that one of a hundred messages is lost.
const rounds = 100

func TestProgressOverHTTP(t *testing.T) {
	inEachEra(t, func(t *testing.T, e era) {
		w := serveHTTP(t, newServer(t, never, []tools.Tool{steps(3)}))
		var callers sync.WaitGroup
		for caller := range 4 {
			callers.Go(func() {
				token := fmt.Sprintf("token-%d", caller)
				for range rounds / 4 {
					got := w.post(t, withProgress(e, token).call("1", "steps", "{}"))
					var messages []string
					for _, line := range strings.Split(got.body, "\n") {
						if data, ok := strings.CutPrefix(line, "data: "); ok {
							messages = append(messages, data)
						}
					}
					checkProgress(t, messages, token, 3)
				}
			})
		}
		callers.Wait()
		if got := w.post(t, e.call("1", "steps", "{}")); strings.Contains(got.body, "progress") {
			t.Errorf("progress without a token: %s", got.body)
		}
	})
}

func TestProgressOverStdio(t *testing.T) {
	const total = 250 // more than the queue of mcp-go holds
	p := serveStdio(t, newServer(t, never, []tools.Tool{steps(total)}))
	p.write(t, line("0", "initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"host","version":"1"}`))
	p.next(t)
	p.write(t, `{"jsonrpc":"2.0","method":"notifications/initialized"}`+"\n")
	for round := range rounds / 10 {
		token := fmt.Sprintf("token-%d", round)
		p.write(t, withProgress(eras[0], token).call("1", "steps", "{}").body+"\n")
		var messages []string
		for answered := false; !answered; {
			next := p.next(t)
			messages = append(messages, next)
			answered = strings.Contains(next, `"result"`)
		}
		checkProgress(t, messages, token, total)
	}
}

// Progress messages contain titles of panels, which may contain secrets.
func TestProgressIsMasked(t *testing.T) {
	title := "up of https://ann:hidden@prom.example"
	tool := tools.Tool{Name: "titled", Run: func(call *tools.Call) (any, error) {
		call.Progress(1, 2, title)
		call.Progress(2, 2, strings.Repeat("x", 179)+title) // truncated within the password
		return "done", nil
	}}
	w := serveHTTP(t, newServer(t, never, []tools.Tool{tool}))
	got := w.post(t, withProgress(eras[0], "token").call("1", "titled", "{}"))
	if !strings.Contains(got.body, "up of https://") || strings.Contains(got.body, "hid") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
