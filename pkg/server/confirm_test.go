package server_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// destroyer is a tool that asks before it destroys, and counts how often it does.
type destroyer struct {
	tools.Tool
	destroyed *atomic.Int64
}

func newDestroyer() destroyer {
	d := destroyer{destroyed: &atomic.Int64{}}
	d.Tool = tools.Tool{Name: "destroy", Title: "Destroy", Description: "Destroy.", Effect: tools.Deletes, Params: []tools.Param{{Name: "what"}},
		Run: func(call *tools.Call) (any, error) {
			if call.Confirm != nil {
				if err := call.Confirm("Destroy "+call.Text("what")+"?", nil); err != nil {
					return nil, err
				}
			}
			d.destroyed.Add(1)
			return "destroyed", nil
		}}
	return d
}

func confirm(c server.Confirm) func(*server.Options) {
	return func(o *server.Options) { o.Confirm = c }
}

// Over stdio, the server asks a host of MCP 2025-11-25 during the call. Both sides use the same request IDs.
func TestQuestionsOverStdio(t *testing.T) {
	initialize := func(capabilities string) string {
		return line("0", "initialize", `"protocolVersion":"2025-11-25","clientInfo":{"name":"test","version":"1"},"capabilities":`+capabilities)
	}
	const asks = `{"elicitation":{}}`
	for _, c := range []struct {
		name, capabilities string
		confirm            server.Confirm
		answer             string // the rest of the answer to the question; "" if the server does not ask
		want               string
		destroyed          int64
	}{
		{"yes", asks, server.ConfirmAuto, `"result":{"action":"accept","content":{"confirm":true}}`, "destroyed", 1},
		{"yes, in a form", `{"elicitation":{"form":{},"url":{}}}`, server.ConfirmAlways, `"result":{"action":"accept","content":{"confirm":true}}`, "destroyed", 1},
		{"no", asks, server.ConfirmAuto, `"result":{"action":"decline"}`, "said no", 0},
		{"cancel", asks, server.ConfirmAuto, `"result":{"action":"cancel"}`, "did not answer", 0},
		{"an error", asks, server.ConfirmAuto, `"error":{"code":-32601,"message":"not here"}`, "the host did not ask: elicitation request failed: not here", 0},
		{"nonsense", asks, server.ConfirmAuto, `"result":{"action":"accept","content":["confirm"]}`, "said no", 0},
		{"a host without elicitation", `{}`, server.ConfirmAuto, "", "destroyed", 1},
		{"a host without elicitation, but always", `{}`, server.ConfirmAlways, "", "but cannot be asked: this host does not support elicitation", 0},
		{"a host with URLs only", `{"elicitation":{"url":{}}}`, server.ConfirmAlways, "", "but cannot be asked: this host does not support elicitation", 0},
		{"never", asks, server.ConfirmNever, "", "destroyed", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDestroyer()
			p := serveStdio(t, newServer(t, never, []tools.Tool{d.Tool}, confirm(c.confirm)))
			p.write(t, initialize(c.capabilities))
			_ = p.next(t)
			p.write(t, callLine("1", "destroy", `{"what":"it"}`))
			if c.answer != "" {
				question := gjson.Parse(p.next(t))
				if question.Get("method").Str != "elicitation/create" || question.Get("params.message").Str != "Destroy it?" ||
					question.Get("params.requestedSchema.properties.confirm.type").Str != "boolean" {
					t.Fatalf("got %s", question)
				}
				p.write(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,%s}`+"\n", question.Get("id").Raw, c.answer))
			}
			if got := gjson.Parse(p.next(t)); got.Get("id").Int() != 1 || !strings.Contains(got.Get("result.content.0.text").Str, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if err := p.end(t); err != nil || d.destroyed.Load() != c.destroyed {
				t.Errorf("%v, destroyed %d times", err, d.destroyed.Load())
			}
		})
	}
}

// Over HTTP, a host of MCP 2026-07-28 calls the tool again with the answer, which may reach another replica. The answer counts only for
// the question.
func TestQuestionsOverHTTP(t *testing.T) {
	d := newDestroyer()
	one := serveHTTP(t, newServer(t, never, []tools.Tool{d.Tool}, confirm(server.ConfirmAlways)))
	other := serveHTTP(t, newServer(t, never, []tools.Tool{d.Tool}, confirm(server.ConfirmAlways)))
	modern := eras[1]
	modern.meta = strings.Replace(modern.meta, `clientCapabilities":{}`, `clientCapabilities":{"elicitation":{}}`, 1)
	call := func(w *web, what, more string) gjson.Result {
		t.Helper()
		return gjson.Parse(w.post(t, modern.request("1", "tools/call", fmt.Sprintf(`"name":"destroy","arguments":{"what":%q}%s`, what, more), "destroy")).body).Get("result")
	}
	asked := call(one, "it", "")
	state := asked.Get("requestState").Str
	if asked.Get("resultType").Str != "input_required" || asked.Get("inputRequests.confirm.params.message").Str != "Destroy it?" || state == "" {
		t.Fatalf("got %s", asked)
	}
	answer := func(action, state string) string {
		return fmt.Sprintf(`,"inputResponses":{"confirm":{"action":%q,"content":{"confirm":true}}},"requestState":%q`, action, state)
	}
	for what, got := range map[string]gjson.Result{
		"an answer to something else": call(other, "all", answer("accept", state)),
		"an answer to nothing":        call(other, "it", answer("accept", "")),
		"a state without an answer":   call(other, "it", fmt.Sprintf(`,"requestState":%q`, state)),
	} {
		if got.Get("resultType").Str != "input_required" || d.destroyed.Load() != 0 {
			t.Errorf("%s: got %s", what, got)
		}
	}
	if got := call(other, "it", answer("decline", state)); !got.Get("isError").Bool() || !strings.Contains(got.Get("content.0.text").Str, "said no") || d.destroyed.Load() != 0 {
		t.Errorf("no: got %s", got)
	}
	if got := call(other, "it", answer("accept", state)); got.Get("content.0.text").Str != `"destroyed"` || d.destroyed.Load() != 1 {
		t.Errorf("yes: got %s", got)
	}
}

// An answer does not count for another document with the same name and version, after a change in a project, or for another caller.
func TestAnswerCountsOnlyForItsQuestion(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	login := func(name, password string) string {
		t.Helper()
		token, err := p.Login(t.Context(), name, password)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + token
	}
	admin, user := login(persestest.AdminName, persestest.AdminPassword), "user-of-"+project
	// modern is an era with elicitation.
	modern := eras[1]
	modern.meta = strings.Replace(modern.meta, `clientCapabilities":{}`, `clientCapabilities":{"elicitation":{}}`, 1)
	one, other := serveHTTP(t, passingThrough(t, p.URL)), serveHTTP(t, passingThrough(t, p.URL))
	call := func(w *web, caller, tool, arguments, answer string) gjson.Result {
		t.Helper()
		return gjson.Parse(w.post(t, modern.request("1", "tools/call", fmt.Sprintf(`"name":%q,"arguments":%s%s`, tool, arguments, answer), tool).from(caller)).body).Get("result")
	}
	apply := func(document string) {
		t.Helper()
		text, failed := textOf(t, one.post(t, eras[0].call("1", "perses_apply_resource", fmt.Sprintf(`{"resource":%s}`, document)).from(admin)))
		if failed {
			t.Fatal(text)
		}
	}
	board := func(name, duration string) string {
		return fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"project":%q},"spec":{"duration":%q}}`, name, project, duration)
	}
	apply(fmt.Sprintf(`{"kind":"User","metadata":{"name":%q},"spec":{"nativeProvider":{"password":%q}}}`, user, userPassword))
	apply(fmt.Sprintf(`{"kind":"Role","metadata":{"name":"all","project":%q},"spec":{"permissions":[{"actions":["*"],"scopes":["*"]}]}}`, project))
	apply(fmt.Sprintf(`{"kind":"RoleBinding","metadata":{"name":"all","project":%q},"spec":{"role":"all","subjects":[{"kind":"User","name":%q}]}}`, project, user))
	apply(board("d", "1h"))
	somebody := login(user, userPassword)

	yesTo := func(asked gjson.Result) string {
		t.Helper()
		if asked.Get("resultType").Str != "input_required" {
			t.Fatalf("no question: %s", asked)
		}
		return fmt.Sprintf(`,"inputResponses":{"confirm":{"action":"accept","content":{"confirm":true}}},"requestState":%q`, asked.Get("requestState").Str)
	}
	deletes := func(name string) string {
		return fmt.Sprintf(`{"kind":"Dashboard","name":%q,"project":%q}`, name, project)
	}
	const tool = "perses_delete_resource"
	question := call(one, admin, tool, deletes("d"), "")
	yes := yesTo(question)
	if again := call(other, somebody, tool, deletes("d"), yes); again.Get("resultType").Str != "input_required" {
		t.Errorf("the answer of one caller counts for another: %s", again)
	}
	if done := call(other, login(persestest.AdminName, persestest.AdminPassword), tool, deletes("d"), yes); done.Get("isError").Bool() || done.Get("resultType").Str == "input_required" {
		t.Fatalf("another replica, and a renewed token: %s", done)
	}
	apply(board("d", "1h"))
	if again := call(other, admin, tool, deletes("d"), yes); again.Get("resultType").Str != "input_required" ||
		again.Get("inputRequests.confirm.params.message").Str != question.Get("inputRequests.confirm.params.message").Str {
		t.Errorf("a document that was deleted and created again: %s", again)
	}

	all := fmt.Sprintf(`{"kind":"Project","name":%q,"cascade":true}`, project)
	question = call(one, admin, tool, all, "")
	yes = yesTo(question)
	call(one, admin, tool, deletes("d"), yesTo(call(one, admin, tool, deletes("d"), "")))
	apply(board("e", "1h"))
	if again := call(other, admin, tool, all, yes); again.Get("resultType").Str != "input_required" ||
		again.Get("inputRequests.confirm.params.message").Str != question.Get("inputRequests.confirm.params.message").Str {
		t.Errorf("a project with another dashboard: %s", again)
	}
}

// Over HTTP, a host of MCP 2025-11-25 cannot be asked.
func TestNoQuestionsOverHTTPBefore2026(t *testing.T) {
	for how, want := range map[server.Confirm]string{
		"":                   "destroyed",
		server.ConfirmAuto:   "destroyed",
		server.ConfirmNever:  "destroyed",
		server.ConfirmAlways: "but cannot be asked: over HTTP this takes a host that speaks MCP 2026-07-28",
	} {
		w := serveHTTP(t, newServer(t, never, []tools.Tool{newDestroyer().Tool}, confirm(how)))
		w.post(t, eras[0].request("0", "initialize", `"protocolVersion":"2025-11-25","clientInfo":{"name":"test","version":"1"},"capabilities":{"elicitation":{}}`, ""))
		if text, _ := w.call(t, "destroy", `{"what":"it"}`); !strings.Contains(text, want) {
			t.Errorf("%q: got %s, want %s", how, text, want)
		}
	}
}
