package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/tools"
)

// versions lists an MCP version for each of the two ways to ask a person.
var versions = []string{"2025-11-25", "2026-07-28"}

var (
	yes     = mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept, Content: object{"confirm": true}}
	no      = mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionDecline}
	notYes  = mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept, Content: object{"confirm": false}}
	nothing = mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept}
	away    = mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionCancel}
)

// confirmTest is a project in a Perses whose requests are recorded.
type confirmTest struct {
	*recorder
	project string
	t       *testing.T
}

func newConfirmTest(t *testing.T) confirmTest {
	p := persestest.Shared(t)
	return confirmTest{record(t, p.URL), persestest.NewProject(t, p), t}
}

// host returns a host whose user always gives the same answer. It appends the questions to asked.
func (c confirmTest) host(version string, confirm server.Confirm, answer mcp.ElicitationResponse, asked *[]string) servertest.Host {
	return servertest.ConnectWith(c.t, servertest.New(c.t, c.URL, servertest.Options{Confirm: confirm}), version, func(q mcp.ElicitationParams) mcp.ElicitationResponse {
		*asked = append(*asked, q.Message)
		return answer
	})
}

func (c confirmTest) apply(kind, name string, spec object) {
	c.t.Helper()
	metadata := object{"name": name}
	if !strings.HasPrefix(kind, "Global") && kind != "Project" {
		metadata["project"] = c.project
	}
	host := servertest.Connect(c.t, servertest.New(c.t, c.URL, servertest.Options{}))
	if text, failed := host.Call("perses_apply_resource", object{"resource": object{"kind": kind, "metadata": metadata, "spec": spec}}); failed {
		c.t.Fatal(text)
	}
}

// TestConfirm calls each tool that deletes or overwrites. The person is asked once, and the tool acts on their answer.
func TestConfirm(t *testing.T) {
	c := newConfirmTest(t)
	source := c.project + "-source"
	proxied := func(url string) object {
		return object{"plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": url}}}}}
	}
	type call struct {
		tool      string
		arguments object
		question  string // P stands for the project
	}
	calls := []call{
		{"perses_apply_resource", object{"resource": object{"kind": "Dashboard", "metadata": object{"name": "d", "project": c.project}, "spec": object{"duration": "2h"}}},
			`Replace Dashboard "d" in project "P" (version 0)?`},
		{"perses_build_dashboard", object{"project": c.project, "name": "d", "sketch": object{"title": "D", "panels": []any{object{"title": "T", "text": "x"}}}},
			`Replace Dashboard "d" in project "P" (version 0)?`},
		{"perses_edit_dashboard", object{"project": c.project, "dashboard": "d", "edits": []object{{"op": "set", "title": "E"}}},
			`Change Dashboard "d" in project "P" (version 0)?`},
		{"perses_copy_resource", object{"kind": "Dashboard", "from_project": c.project, "name": "e", "to_name": "d", "overwrite": true},
			`Replace Dashboard "d" in project "P" (version 0)?`},
		{"perses_rename_resource", object{"kind": "Dashboard", "project": c.project, "name": "d", "new_name": "renamed"},
			`Rename Dashboard "d" in project "P" (version 0) to "renamed"?`},
		{"perses_delete_resource", object{"kind": "Dashboard", "project": c.project, "name": "d"},
			`Delete Dashboard "d" in project "P" (version 0)?`},
		{"perses_update_global_datasource", object{"name": source, "type": "PrometheusDatasource", "url": "http://other.example"},
			`Replace GlobalDatasource "P-source" (version 0)?`},
		{"perses_delete_resource", object{"kind": "Project", "name": c.project, "cascade": true},
			`Delete Project "P" (version 0) with all its contents: 3 dashboards?`},
	}
	var covered []string
	for _, call := range calls {
		covered = append(covered, call.tool)
	}
	for _, tool := range tools.All(tools.Options{}) {
		if destructive := tool.Effect == tools.Replaces || tool.Effect == tools.Deletes; destructive != slices.Contains(covered, tool.Name) {
			t.Errorf("%s: is destructive %t", tool.Name, destructive)
		}
	}
	restore := func() {
		servertest.Connect(t, servertest.New(t, c.URL, servertest.Options{})).Call("perses_delete_resource", object{"kind": "Project", "name": c.project, "cascade": true})
		servertest.Connect(t, servertest.New(t, c.URL, servertest.Options{})).Call("perses_delete_resource", object{"kind": "GlobalDatasource", "name": source})
		c.apply("Project", c.project, object{})
		for _, name := range []string{"d", "e", "f"} {
			c.apply("Dashboard", name, object{"duration": map[string]string{"d": "1h", "e": "3h", "f": "1h"}[name]})
		}
		c.apply("GlobalDatasource", source, proxied("http://prom.example"))
	}
	defer func() {
		servertest.Connect(t, servertest.New(t, c.URL, servertest.Options{})).Call("perses_delete_resource", object{"kind": "GlobalDatasource", "name": source})
	}()
	for _, version := range versions {
		for _, call := range calls {
			t.Run(version+" "+call.question, func(t *testing.T) {
				restore()
				question := strings.ReplaceAll(call.question, `P"`, c.project+`"`)
				question = strings.ReplaceAll(question, `"P-`, `"`+c.project+`-`)
				for what, answer := range map[string]mcp.ElicitationResponse{"said no. Do not": no, "said no. ": notYes, "said no": nothing, "did not answer": away} {
					var asked []string
					before := c.writes.Load()
					text, failed := c.host(version, "", answer, &asked).Call(call.tool, call.arguments)
					if want := fmt.Sprintf("nothing was changed: the person was asked %q and ", question); !failed || !strings.HasPrefix(text, want) || !strings.Contains(text, what) {
						t.Errorf("got %q, want %s…%s", text, want, what)
					}
					if !slices.Equal(asked, []string{question}) || c.writes.Load() != before {
						t.Errorf("asked %q, and %d writes", asked, c.writes.Load()-before)
					}
				}
				var asked []string
				for _, unasked := range []object{with(call.arguments, "dry_run", true), with(call.arguments, "expected_version", 7)} {
					before := c.writes.Load()
					_, _ = c.host(version, server.ConfirmAlways, no, &asked).Call(call.tool, unasked)
					if len(asked) > 0 || c.writes.Load() != before {
						t.Errorf("%v: asked %q, and %d writes", unasked, asked, c.writes.Load()-before)
					}
				}
				if text, failed := c.host(version, server.ConfirmAlways, yes, &asked).Call(call.tool, call.arguments); failed || !slices.Equal(asked, []string{question}) {
					t.Errorf("with a yes: %q, asked %q", text, asked)
				}
				restore()
				asked = nil
				if text, failed := c.host(version, server.ConfirmNever, no, &asked).Call(call.tool, call.arguments); failed || asked != nil {
					t.Errorf("without a question: %q, asked %q", text, asked)
				}
			})
		}
	}
}

// TestNoConfirm makes calls that need no confirmation: with expected_version, which shows that the caller knows the document, of a
// new document, and of one that does not change. A deletion is confirmed even with expected_version.
func TestNoConfirm(t *testing.T) {
	c := newConfirmTest(t)
	c.apply("Dashboard", "d", object{"duration": "1h"})
	resource := func(name, duration string) object {
		return object{"resource": object{"kind": "Dashboard", "metadata": object{"name": name, "project": c.project}, "spec": object{"duration": duration}}}
	}
	for _, version := range versions {
		var asked []string
		host := c.host(version, server.ConfirmAlways, yes, &asked)
		for _, arguments := range []object{resource("new-"+version, "1h"), resource("d", "1h"), with(resource("new-"+version, "2h"), "expected_version", 0)} {
			if text, failed := host.Call("perses_apply_resource", arguments); failed || len(asked) > 0 {
				t.Errorf("%v: %q, asked %q", arguments, text, asked)
			}
		}
		if text, failed := host.Call("perses_delete_resource", object{"kind": "Dashboard", "project": c.project, "name": "new-" + version, "expected_version": 1}); failed || len(asked) != 1 {
			t.Errorf("got %q, asked %q", text, asked)
		}
	}
}

// TestConfirmOfChangedDocument changes a document while the person is asked whether it may be deleted. They are asked again, even
// with the same question.
func TestConfirmOfChangedDocument(t *testing.T) {
	for _, version := range versions {
		for change, last := range map[string]string{"changed": "1)?", "created anew": "0)?"} {
			c := newConfirmTest(t)
			c.apply("Dashboard", "d", object{"duration": "1h"})
			arguments := object{"kind": "Dashboard", "project": c.project, "name": "d"}
			var asked []string
			host := servertest.ConnectWith(t, servertest.New(t, c.URL, servertest.Options{}), version, func(q mcp.ElicitationParams) mcp.ElicitationResponse {
				if asked = append(asked, q.Message); len(asked) == 1 { // by somebody else, while the person thinks
					if change == "created anew" {
						servertest.Connect(t, servertest.New(t, c.URL, servertest.Options{})).Call("perses_delete_resource", arguments)
					}
					c.apply("Dashboard", "d", object{"duration": "5h"})
				}
				return yes
			})
			text, failed := host.Call("perses_delete_resource", arguments)
			want := fmt.Sprintf(`Delete Dashboard "d" in project %q (version `, c.project)
			if failed || !slices.Equal(asked, []string{want + "0)?", want + last}) {
				t.Errorf("%s, %s: got %q, asked %q", version, change, text, asked)
			}
		}
	}
}

// TestConfirmOfChangedSource changes the source of a copy while the person is asked whether its target may be overwritten. They are
// asked again.
func TestConfirmOfChangedSource(t *testing.T) {
	for _, version := range versions {
		c := newConfirmTest(t)
		c.apply("Dashboard", "from", object{"duration": "1h"})
		c.apply("Dashboard", "to", object{"duration": "2h"})
		asked := 0
		host := servertest.ConnectWith(t, servertest.New(t, c.URL, servertest.Options{}), version, func(mcp.ElicitationParams) mcp.ElicitationResponse {
			if asked++; asked == 1 {
				c.apply("Dashboard", "from", object{"duration": "5h"})
			}
			return yes
		})
		text, failed := host.Call("perses_copy_resource", object{"kind": "Dashboard", "from_project": c.project, "name": "from", "to_name": "to", "overwrite": true})
		if failed || asked != 2 {
			t.Errorf("%s: asked %d times, got %q", version, asked, text)
		}
	}
}

// TestHostCannotAsk deletes a document through a host without elicitation, which is refused only with --confirm=always.
func TestHostCannotAsk(t *testing.T) {
	c := newConfirmTest(t)
	c.apply("Dashboard", "d", object{"duration": "1h"})
	arguments := object{"kind": "Dashboard", "project": c.project, "name": "d"}
	host := func(confirm server.Confirm) servertest.Host {
		return servertest.Connect(t, servertest.New(t, c.URL, servertest.Options{Confirm: confirm}))
	}
	before := c.writes.Load()
	const want = "nothing was changed: a person must confirm this (--confirm=always), but cannot be asked: this host does not support elicitation"
	if text, failed := host(server.ConfirmAlways).Call("perses_delete_resource", arguments); !failed || text != want || c.writes.Load() != before {
		t.Errorf("got %q, and %d writes", text, c.writes.Load()-before)
	}
	if text, failed := host(server.ConfirmAuto).Call("perses_delete_resource", arguments); failed {
		t.Errorf("got %q", text)
	}
}
