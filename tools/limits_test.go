package tools_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/tools"
)

// smallLimit is a result limit with which a list of a few documents needs several pages.
const smallLimit = 1000

// TestEveryAnswerFits calls each tool that reads, and reads all pages of lists. No answer exceeds the limit, and the pages together
// have each item once, sorted by name.
func TestEveryAnswerFits(t *testing.T) {
	p, token := seeded(t)
	filler := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	for _, kind := range tools.Kinds() {
		for i := range 12 {
			document := documentOf(kind, fmt.Sprintf("%s-%d", sample, i), sample)
			if text, failed := filler.Call("perses_apply_resource", object{"resource": document}); failed {
				t.Fatal(text)
			}
		}
	}
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token, ResultLimit: smallLimit}))
	for _, tool := range tools.All(tools.Options{ReadOnly: true}) {
		calls := []object{samplesFor(t, tool)}
		if tool.Name == "perses_list_resources" {
			calls = append(calls, object{"kind": "Folder"}, object{"kind": "User"})
		}
		for _, arguments := range calls {
			readAllPages(t, host, tool, arguments)
		}
	}
}

func readAllPages(t *testing.T, host servertest.Host, tool tools.Tool, arguments object) {
	t.Helper()
	var seen []string
	for pages := 0; pages < 100; pages++ {
		text, failed := host.Call(tool.Name, arguments)
		if failed || len(text) > smallLimit {
			t.Errorf("%s: %d bytes: %s", tool.Name, len(text), text)
			return
		}
		if !has(tool, "cursor") {
			return
		}
		var page struct {
			Items []struct{ Project, Name string }
			Total int
			Next  string
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			t.Errorf("%s: %v in %s", tool.Name, err, text)
			return
		}
		for _, it := range page.Items {
			seen = append(seen, strings.TrimPrefix(it.Project+"/"+it.Name, "/"))
		}
		if page.Next == "" {
			if len(seen) != page.Total || !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) {
				t.Errorf("%s: got %d of %d items: %q", tool.Name, len(seen), page.Total, seen)
			}
			if strings.Contains(tool.Name, "_list_") && pages == 0 && page.Total > 12 {
				t.Errorf("%s: %d items came on one page of %d bytes", tool.Name, page.Total, len(text))
			}
			return
		}
		arguments = with(arguments, "cursor", page.Next)
	}
	t.Errorf("%s: its pages do not end", tool.Name)
}

func TestNoAnswerHoldsASecret(t *testing.T) {
	p, token := seeded(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	hidden := func(what, text string) {
		t.Helper()
		if strings.Contains(text, secretValue) || strings.Contains(text, token) {
			t.Errorf("%s: %s", what, text)
		}
	}
	for _, tool := range tools.All(tools.Options{ReadOnly: true}) {
		text, failed := host.Call(tool.Name, samplesFor(t, tool))
		if failed {
			t.Errorf("%s: %s", tool.Name, text)
		}
		hidden(tool.Name, text)
	}
	for _, kind := range tools.Kinds() {
		document := documentOf(kind, sample, sample)
		arguments := object{"kind": kind.Kind, "name": sample}
		if in, ok := document["metadata"].(object)["project"]; ok {
			arguments["project"] = in
		}
		text, failed := host.Call("perses_get_resource", arguments)
		if failed {
			t.Errorf("%s: %s", kind.Kind, text)
		}
		hidden("get "+string(kind.Kind), text)

		// A document with masked secrets cannot be written back.
		var answer struct{ Document json.RawMessage }
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		again, failed := host.Call("perses_apply_resource", object{"resource": answer.Document})
		if masked := strings.Contains(text, "<secret>"); masked != failed || masked && !strings.Contains(again, "stands for a secret") || !masked && !strings.Contains(again, `"effect":"unchanged"`) {
			t.Errorf("%s: got %s for writing back %s", kind.Kind, again, text)
		}
		arguments["dry_run"], arguments["cascade"] = true, kind.Kind == "Project"
		text, _ = host.Call("perses_delete_resource", arguments)
		hidden("delete "+string(kind.Kind), text)
	}
	resources, err := host.ListResources(t.Context(), mcp.ListResourcesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	uris := []string{"perses://projects/" + sample + "/dashboards/" + sample, "perses://projects/" + sample}
	for _, r := range resources.Resources {
		uris = append(uris, r.URI)
	}
	for _, uri := range uris {
		text, err := host.Read(uri)
		if err != nil {
			t.Error(err)
		}
		hidden(uri, text)
	}
}

// TestPagesWithOddItems lists plugins of the same name, and a document that is too large for any page.
func TestPagesWithOddItems(t *testing.T) {
	plugin := object{"kind": "Panel", "spec": object{"name": "Same", "display": object{"name": "Same"}}}
	subjects := []any{}
	for range 200 {
		subjects = append(subjects, object{"kind": "User", "name": "somebody"})
	}
	binding := func(name string, subjects []any) object {
		return object{"kind": "GlobalRoleBinding", "metadata": object{"name": name}, "spec": object{"role": "r", "subjects": subjects}}
	}
	modules := []any{}
	for i := range 12 {
		modules = append(modules, object{"metadata": object{"name": "Module", "version": fmt.Sprintf("1.0.%02d", i)}, "spec": object{"plugins": []any{plugin}}})
	}
	odd := answering(t, map[string]any{
		"/api/v1/plugins":            modules,
		"/api/v1/globalrolebindings": []any{binding("a", nil), binding("b", subjects), binding("c", nil)},
	})
	host := servertest.Connect(t, servertest.New(t, odd.URL, servertest.Options{ResultLimit: smallLimit}))
	seen, next := 0, ""
	for pages := 0; pages < 12; pages++ {
		text, _ := host.Call("perses_list_plugins", object{"cursor": next})
		var page struct {
			Items []any
			Next  string
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil || len(text) > smallLimit {
			t.Fatalf("%d bytes: %s", len(text), text)
		}
		seen += len(page.Items)
		if next = page.Next; next == "" {
			break
		}
	}
	if seen != len(modules) {
		t.Errorf("the pages have %d plugins of one name, want %d", seen, len(modules))
	}
	text, failed := host.Call("perses_list_global_role_bindings", object{})
	for _, want := range []string{`{"name":"a"`, `{"name":"c"`, `"total":3`, `"hint":"too large for a list, get these by name: b"`} {
		if failed || !strings.Contains(text, want) || len(text) > smallLimit {
			t.Errorf("got %s, want %s in it", text, want)
		}
	}
}

// TestUpdateReadsOnce checks that an update reads the document once: another caller could write between two reads.
func TestUpdateReadsOnce(t *testing.T) {
	document := object{"kind": "GlobalDatasource", "metadata": object{"name": "d", "version": 5},
		"spec": object{"default": true, "plugin": object{"kind": "PrometheusDatasource", "spec": object{"directUrl": "http://old.example"}}}}
	fake := answering(t, map[string]any{"/api/v1/globaldatasources/d": document})
	host := servertest.Connect(t, servertest.New(t, fake.URL, servertest.Options{}))
	host.Call("perses_update_global_datasource", object{"name": "d", "type": "PrometheusDatasource", "url": "http://new.example", "expected_version": 5})
	if got := fake.requests.Load(); got != 2 {
		t.Errorf("%d requests, want one that reads and one that writes", got)
	}
}

func TestLargeDocumentIsReadInParts(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	panels := object{}
	for i := range 40 {
		panels[fmt.Sprintf("panel-%d", i)] = object{"kind": "Panel", "spec": object{"display": object{"name": strings.Repeat("x", 40)}, "plugin": object{"kind": "TimeSeriesChart", "spec": object{}}}}
	}
	document := object{"metadata": object{"name": "large"}, "spec": object{"duration": "1h", "panels": panels}}
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{ResultLimit: 1500}))
	if text, failed := host.Call("perses_create_dashboard", object{"project": project, "dashboard": document}); failed {
		t.Fatal(text)
	}
	arguments := object{"project": project, "dashboard": "large"}
	outline := func(path string) map[string]any {
		t.Helper()
		text, failed := host.Call("perses_get_dashboard_by_name", with(arguments, "path", path))
		var answer struct {
			Outline map[string]any
			Bytes   int
			Hint    string
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || failed || len(text) > 1500 || answer.Bytes < 1500 || answer.Hint == "" {
			t.Fatalf("%d bytes: %s", len(text), text)
		}
		return answer.Outline
	}
	if spec, ok := outline("")["spec"].(object); !ok || spec["panels"] == nil {
		t.Error("the outline has no /spec/panels")
	}
	if got := len(outline("/spec/panels")); got != 40 {
		t.Errorf("the outline of the panels has %d keys, want 40", got)
	}
	text, failed := host.Call("perses_get_dashboard_by_name", with(arguments, "path", "/spec/panels/panel-7/spec/plugin/kind"))
	if failed || !strings.Contains(text, `"value":"TimeSeriesChart"`) {
		t.Error(text)
	}
}
