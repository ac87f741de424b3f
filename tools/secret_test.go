package tools_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestGuessesOfSecretsAreNotTold writes documents with values that are not shown, once the right ones and once others. But for
// the version, the answers are the same, as those of a dry run.
func TestGuessesOfSecretsAreNotTold(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	plugin := `{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://prom:9090","headers":{"Authorization":"Bearer right"}}}}}`
	dashboard := `{"kind":"Dashboard","metadata":{"name":"d","project":"` + project + `"},"spec":{"duration":"1h","panels":{},"layouts":[],"datasources":{"x":{"default":false,"plugin":` + plugin + `}}}}`
	datasource := `{"kind":"Datasource","metadata":{"name":"s","project":"` + project + `"},"spec":{"default":false,"plugin":` + plugin + `}}`
	other := strings.Replace(datasource, `"name":"s"`, `"name":"other"`, 1)
	for _, document := range []string{dashboard, datasource, other} {
		if text, failed := host.Call("perses_apply_resource", json.RawMessage(`{"resource":`+document+`}`)); failed {
			t.Fatal(text)
		}
	}
	version := regexp.MustCompile(`"version":\d+`)
	call := func(tool, arguments string) string {
		text, _ := host.Call(tool, json.RawMessage(arguments))
		if strings.Contains(text, "right") {
			t.Errorf("%s %s answers with the secret: %s", tool, arguments, text)
		}
		return version.ReplaceAllString(text, `"version":0`)
	}
	const header = "/spec/datasources/x/plugin/spec/proxy/spec/headers/Authorization"
	edits := `{"project":"` + project + `","dashboard":"d","edits":[EDIT],"dry_run":true}`
	for _, c := range []struct{ tool, right string }{
		{"perses_apply_resource", `{"resource":` + dashboard + `,"dry_run":true}`},
		{"perses_apply_resource", `{"resource":` + datasource + `,"dry_run":true}`},
		{"perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"replace","path":"`+header+`","value":"Bearer right"}`, 1)},
		{"perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"test","path":"`+header+`","value":"Bearer right"}`, 1)},
		{"perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"test","path":"/spec/datasources","value":{"x":{"default":false,"plugin":`+plugin+`}}}`, 1)},
		{"perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"add","path":"/spec/datasources/x","value":{"default":false,"plugin":`+plugin+`}}`, 1)},
		{"perses_copy_resource", `{"kind":"Datasource","from_project":"` + project + `","name":"s","to_name":"other","overwrite":true,"dry_run":true}`},
	} {
		right := call(c.tool, c.right)
		if c.tool == "perses_copy_resource" { // to guess is to write the guess, and copy it
			host.Call("perses_apply_resource", json.RawMessage(`{"resource":`+strings.ReplaceAll(other, "Bearer right", "Bearer wrong")+`}`))
		}
		wrong := call(c.tool, strings.ReplaceAll(c.right, "Bearer right", "Bearer wrong"))
		if right != wrong || strings.Contains(right, "unchanged") {
			t.Errorf("%s %s\nright: %s\nwrong: %s", c.tool, c.right, right, wrong)
		}
	}
	for _, one := range []string{
		`{"op":"copy","from":"` + header + `","path":"/spec/display","value":1}`, `{"op":"add","path":"/spec/display","value":{}},{"op":"copy","from":"` + header + `","path":"/spec/display/description"}`,
		`{"op":"set","description":"x"},{"op":"move","from":"` + header + `","path":"/spec/display/description"}`,
	} {
		if text := call("perses_edit_dashboard", strings.Replace(edits, "EDIT", one, 1)); !strings.Contains(text, "not shown") && !strings.Contains(text, "unknown field") {
			t.Errorf("%s: %s", one, text)
		}
	}
	if text := call("perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"set","duration":"1h"}`, 1)); !strings.Contains(text, `"unchanged"`) {
		t.Errorf("an edit that changes nothing: %s", text)
	}
}

// TestSearchDoesNotFindWhatIsNotShown looks for the begin of a password in a title, which would tell it letter by letter.
func TestSearchDoesNotFindWhatIsNotShown(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	dashboard := `{"kind":"Dashboard","metadata":{"name":"d","project":"` + project + `"},"spec":{"duration":"1h","display":{"name":"see https://user:zebra@host/page"},"panels":{},"layouts":[]}}`
	if text, failed := host.Call("perses_apply_resource", json.RawMessage(`{"resource":`+dashboard+`}`)); failed {
		t.Fatal(text)
	}
	for query, want := range map[string]int{"zeb": 0, "host/page": 1} {
		if found := searched(t, host, object{"project": project, "query": query}); found.Total != want {
			t.Errorf("%s: found %+v", query, found)
		}
	}
	long := strings.Repeat("x", 1001)
	if text, failed := host.Call("perses_search_dashboards", object{"query": long}); !failed || !strings.Contains(text, "it has 1001 bytes, more than the 1000 that are looked for") {
		t.Error(text)
	}
}
