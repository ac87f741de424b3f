package tools_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/tools"
)

// The tests in this file check all tools in tools.All, so that new tools are covered, too.

// noDocuments lists the tools with "get" in their name that do not get a document.
var noDocuments = []string{"perses_get_plugin_schema", "perses_get_server_info"}

func TestToolDeclarations(t *testing.T) {
	for _, tool := range tools.All(tools.Options{}) {
		if !regexp.MustCompile(`^perses_[a-z]+(_[a-z]+)*$`).MatchString(tool.Name) || len(tool.Name) > 40 {
			t.Errorf("%s: want perses_<verb>[_<noun>] of at most 40 characters", tool.Name)
		}
		if tool.Title == "" || tool.Description == "" {
			t.Errorf("%s: has no title or no description", tool.Name)
		}
		for _, rule := range []struct {
			applies bool
			params  []string
		}{
			{strings.Contains(tool.Name, "_list_"), []string{"prefix", "cursor"}},
			{strings.Contains(tool.Name, "_get_") && !slices.Contains(noDocuments, tool.Name), []string{"path"}},
			{tool.Effect != tools.Reads, []string{"dry_run"}},
			{tool.Effect == tools.Replaces || tool.Effect == tools.Deletes, []string{"expected_version"}},
		} {
			for _, name := range rule.params {
				if rule.applies && !has(tool, name) {
					t.Errorf("%s: has no parameter %s", tool.Name, name)
				}
			}
		}
		if writes := regexp.MustCompile(`_(create|update|apply|delete|build|edit|copy|rename|migrate)_`).MatchString(tool.Name); writes != (tool.Effect != tools.Reads) {
			t.Errorf("%s: its effect does not match its name", tool.Name)
		}
		checkSchema(t, tool)
	}
}

// checkSchema checks that a schema is simple enough for all hosts. One host dropped all tools because of a single schema.
func checkSchema(t *testing.T, tool tools.Tool) {
	t.Helper()
	var schema struct {
		Type                 string
		AdditionalProperties *bool
		Properties           map[string]map[string]any
		Required             []string
	}
	if err := json.Unmarshal(tool.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Type != "object" || schema.AdditionalProperties == nil || *schema.AdditionalProperties {
		t.Errorf("%s: want a closed object", tool.Name)
	}
	for name, property := range schema.Properties {
		if _, ok := property["type"].(string); !ok {
			t.Errorf("%s: %s has no type", tool.Name, name)
		}
		for _, keyword := range slices.Sorted(maps.Keys(property)) {
			if !slices.Contains([]string{"type", "description", "enum"}, keyword) && (keyword != "items" || property["type"] != "array") {
				t.Errorf("%s: %s uses %s", tool.Name, name, keyword)
			}
		}
	}
}

func TestToolHints(t *testing.T) {
	for _, tool := range tools.All(tools.Options{}) {
		a := tool.MCP().Annotations
		for name, hint := range map[string]*bool{"readOnly": a.ReadOnlyHint, "destructive": a.DestructiveHint, "idempotent": a.IdempotentHint, "openWorld": a.OpenWorldHint} {
			if hint == nil {
				t.Errorf("%s: %sHint is missing", tool.Name, name)
			}
		}
	}
}

func TestToolsRefuseWrongArguments(t *testing.T) {
	none := record(t, "")
	host := servertest.Connect(t, servertest.New(t, none.URL, servertest.Options{}))
	for _, tool := range tools.All(tools.Options{}) {
		arguments := samplesFor(t, tool)
		wrong := []struct {
			arguments any
			want      string
		}{
			{with(arguments, "bogus_argument", 1), `unknown argument "bogus_argument"`},
			{[]int{1}, "the arguments must be a JSON object"},
		}
		for _, p := range tool.Params {
			var other any = []any{}
			if p.Type == tools.Objects {
				other = "no list"
			}
			wrong = append(wrong, struct {
				arguments any
				want      string
			}{with(arguments, p.Name, other), p.Name + ": "})
			if p.Required {
				without := maps.Clone(arguments)
				delete(without, p.Name)
				wrong = append(wrong, struct {
					arguments any
					want      string
				}{without, "missing: " + p.Name})
			}
		}
		for _, w := range wrong {
			text, failed := host.Call(tool.Name, w.arguments)
			if !failed || !strings.Contains(text, w.want) {
				t.Errorf("%s %v: got %q, want a refusal with %q", tool.Name, w.arguments, text, w.want)
			}
		}
	}
	if n := none.requests.Load(); n != 0 {
		t.Errorf("%d requests reached Perses", n)
	}
}

// TestNoBadNameReachesPerses checks that invalid names are refused. The client of Perses normalizes the paths of its requests, so
// that deleting the dashboard ".." would delete its project.
func TestNoBadNameReachesPerses(t *testing.T) {
	none := record(t, "")
	host := servertest.Connect(t, servertest.New(t, none.URL, servertest.Options{}))
	refuse := func(tool tools.Tool, arguments object) {
		text, failed := host.Call(tool.Name, arguments)
		if !failed || !strings.Contains(text, "is not a name") {
			t.Errorf("%s %s: got %q, want a refusal", tool.Name, describe(arguments), text)
		}
	}
	for _, tool := range tools.All(tools.Options{}) {
		arguments := samplesFor(t, tool)
		for _, p := range tool.Params {
			for _, bad := range badNames {
				switch {
				case p.Type == tools.Name:
					refuse(tool, with(arguments, p.Name, bad))
				case p.Type == tools.Document && p.Required:
					document := object{"kind": "Dashboard", "metadata": object{"name": bad, "project": sample}, "spec": object{}}
					refuse(tool, with(arguments, p.Name, document))
				}
			}
		}
	}
	for _, kind := range tools.Kinds() {
		for _, bad := range badNames[1:] { // an empty project is a missing one
			document := documentOf(kind, sample, bad)
			document["metadata"].(object)["project"] = bad
			refuse(applyResource(t), object{"resource": document})
		}
	}
	for _, bad := range []string{".", "..", "%2e%2e", "%2E", "a%2Fb", "a%20b", strings.Repeat("x", 76)} {
		for _, uri := range []string{"perses://projects/" + bad, "perses://projects/" + bad + "/dashboards", "perses://projects/" + bad + "/dashboards/x", "perses://projects/x/dashboards/" + bad} {
			if text, err := host.Read(uri); err == nil {
				t.Errorf("%s: got %q, want a refusal", uri, text)
			}
		}
	}
	if n := none.requests.Load(); n != 0 {
		t.Errorf("%d requests reached Perses", n)
	}
}

func applyResource(t *testing.T) tools.Tool {
	t.Helper()
	all := tools.All(tools.Options{})
	return all[slices.IndexFunc(all, func(tool tools.Tool) bool { return tool.Name == "perses_apply_resource" })]
}

// TestToolsKeepToTheProjectScope calls each tool with a project outside of the scope, and writes documents of no project.
func TestToolsKeepToTheProjectScope(t *testing.T) {
	none := record(t, "")
	host := servertest.Connect(t, servertest.New(t, none.URL, servertest.Options{Projects: []string{"inside"}}))
	refuse := func(tool string, arguments object) {
		t.Helper()
		if text, failed := host.Call(tool, arguments); !failed || !strings.HasPrefix(text, `project "`+sample+`" is out of reach: this server is limited to the projects inside`) {
			t.Errorf("%s %s: got %q, want a refusal", tool, describe(arguments), text)
		}
	}
	for _, tool := range tools.All(tools.Options{}) {
		arguments := samplesFor(t, tool)
		checked := arguments["resource"] != nil
		for _, p := range tool.Params {
			if p.Name == "project" || strings.HasSuffix(p.Name, "_project") {
				checked = true
				refuse(tool.Name, with(arguments, p.Name, sample))
			}
		}
		global := regexp.MustCompile(`_global_|_list_projects|_plugins$|_plugin_schema$|_server_info$`).MatchString(tool.Name)
		if checked == global {
			t.Errorf("%s: checked %t, for all projects %t", tool.Name, checked, global)
		}
	}
	for _, kind := range tools.Kinds() {
		name := object{"kind": kind.Kind, "name": sample}
		document := object{"resource": documentOf(kind, sample, sample)}
		switch _, scoped := document["resource"].(object)["metadata"].(object)["project"]; {
		case scoped:
			name["project"] = sample
			refuse("perses_list_resources", object{"kind": kind.Kind, "project": sample})
		case kind.Kind != "Project": // refused by the transport
			if text, failed := host.Call("perses_apply_resource", document); !failed || !strings.Contains(text, "can only be read: this server is limited to the projects inside") {
				t.Errorf("%s: got %q, want a refusal", kind.Kind, text)
			}
			continue
		}
		for _, tool := range []string{"perses_get_resource", "perses_delete_resource"} {
			refuse(tool, name)
		}
		refuse("perses_apply_resource", document)
	}
	if n := none.writes.Load(); n != 0 {
		t.Errorf("%d requests that write reached Perses", n)
	}
	for _, path := range none.paths() {
		if !strings.HasPrefix(path, "/api/v1/global") && !strings.HasPrefix(path, "/api/v1/users/") {
			t.Errorf("%s was asked for", path)
		}
	}
	for _, uri := range []string{"perses://projects/" + sample, "perses://projects/" + sample + "/dashboards", "perses://projects/" + sample + "/dashboards/x"} {
		if text, err := host.Read(uri); err == nil || !strings.Contains(err.Error(), "is out of reach") {
			t.Errorf("%s: got %q, %v", uri, text, err)
		}
	}
	if _, err := host.GetPrompt(t.Context(), prompt("review_dashboard", map[string]string{"project": sample, "dashboard": "x"})); err == nil || !strings.Contains(err.Error(), "is out of reach") {
		t.Errorf("a prompt: %v", err)
	}
	var complete mcp.CompleteRequest
	complete.Params.Ref = mcp.PromptReference{Type: "ref/prompt", Name: "review_dashboard"}
	complete.Params.Argument.Name = "dashboard"
	complete.Params.Context.Arguments = map[string]string{"project": sample}
	if _, err := host.Complete(t.Context(), complete); err == nil || !strings.Contains(err.Error(), "is out of reach") {
		t.Errorf("a completion: %v", err)
	}
}

func prompt(name string, arguments map[string]string) (request mcp.GetPromptRequest) {
	request.Params.Name, request.Params.Arguments = name, arguments
	return request
}

func TestToolsReportThatPersesIsDown(t *testing.T) {
	gone := record(t, "")
	gone.Close()
	host := servertest.Connect(t, servertest.New(t, gone.URL, servertest.Options{Timeout: time.Second}))
	for _, tool := range tools.All(tools.Options{}) {
		text, failed := host.Call(tool.Name, samplesFor(t, tool))
		if !failed || !strings.Contains(text, "Perses at "+gone.URL+" cannot be reached") || !strings.Contains(text, "--perses-server-url") {
			t.Errorf("%s: got %q", tool.Name, text)
		}
	}
}

func TestDryRunDoesNotWrite(t *testing.T) {
	p, token := seeded(t)
	watched := record(t, p.URL)
	host := servertest.Connect(t, servertest.New(t, watched.URL, servertest.Options{Token: token}))
	for _, tool := range tools.All(tools.Options{}) {
		if tool.Effect == tools.Reads {
			continue
		}
		arguments := with(samplesFor(t, tool), "dry_run", true)
		if tool.Effect == tools.Creates {
			for _, name := range []string{"name", "dashboard", "project"} { // the one that is new
				if _, ok := arguments[name].(string); ok {
					arguments[name] = sample + "-new"
					break
				}
			}
			if document, ok := arguments["dashboard"].(object); ok {
				document["metadata"].(object)["name"] = sample + "-new"
				arguments["project"] = sample
			}
		}
		text, failed := host.Call(tool.Name, arguments)
		if failed || !strings.Contains(text, `"would_be":`) || strings.Contains(text, `"effect":`) {
			t.Errorf("%s: got %q, want what would be", tool.Name, text)
		}
	}
	if n := watched.writes.Load(); n != 0 {
		t.Errorf("%d requests that write reached Perses", n)
	}
}

func TestReadOnly(t *testing.T) {
	for _, tool := range tools.All(tools.Options{ReadOnly: true}) {
		if !*tool.MCP().Annotations.ReadOnlyHint {
			t.Errorf("%s is offered", tool.Name)
		}
	}
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{Tools: tools.Options{ReadOnly: true}}))
	var request mcp.CallToolRequest
	request.Params.Name = "perses_create_project"
	if _, err := host.CallTool(t.Context(), request); err == nil {
		t.Error("perses_create_project can be called")
	}
}

func TestToolsets(t *testing.T) {
	some := tools.All(tools.Options{Toolsets: []string{"dashboard", "plugin"}})
	var names []string
	for _, tool := range some {
		names = append(names, tool.Name)
	}
	slices.Sort(names)
	want := []string{"perses_apply_resource", "perses_create_dashboard", "perses_delete_resource", "perses_get_dashboard_by_name",
		"perses_get_plugin_schema", "perses_get_resource", "perses_get_server_info", "perses_list_dashboards", "perses_list_plugins", "perses_list_resources"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	none := record(t, "")
	host := servertest.Connect(t, servertest.New(t, none.URL, servertest.Options{Tools: tools.Options{Toolsets: []string{"dashboard"}}}))
	for tool, arguments := range map[string]object{
		"perses_list_resources":  {"kind": "User"},
		"perses_get_resource":    {"kind": "User", "name": "x"},
		"perses_delete_resource": {"kind": "User", "name": "x"},
		"perses_apply_resource":  {"resource": object{"kind": "User", "metadata": object{"name": "x"}, "spec": object{}}},
	} {
		if text, failed := host.Call(tool, arguments); !failed || !strings.Contains(text, "Dashboard") {
			t.Errorf("%s: got %q, want a refusal that names what there is", tool, text)
		}
	}
	if n := none.requests.Load(); n != 0 {
		t.Errorf("%d requests reached Perses", n)
	}
}

// maxToolsList is the maximum size in bytes of the declarations of all tools, which fill the context of every model.
const maxToolsList = 34_000

func TestToolsListIsPinned(t *testing.T) {
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{}))
	list, err := host.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole) > maxToolsList {
		t.Errorf("tools/list has %d bytes, want at most %d", len(whole), maxToolsList)
	}
	readable, err := json.MarshalIndent(list.Tools, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	readable = append(readable, '\n')
	const golden = "testdata/tools-list.json"
	if *update {
		if err := os.WriteFile(golden, readable, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if changes := diff.Diff(golden, want, "tools/list", readable); changes != nil {
		t.Errorf("tools/list has changed. If that is intended, run: go test ./tools -run ToolsListIsPinned -update\n%s", changes)
	}
}
