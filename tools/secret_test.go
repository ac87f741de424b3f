package tools_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestGuessesOfSecretsAreNotConfirmed writes documents with hidden values, once unchanged and once with others. Apart from the
// version the answers are the same, as are those of dry runs.
func TestGuessesOfSecretsAreNotConfirmed(t *testing.T) {
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
		if text := call("perses_edit_dashboard", strings.Replace(edits, "EDIT", one, 1)); !strings.Contains(text, "hidden values") && !strings.Contains(text, "unknown field") {
			t.Errorf("%s: %s", one, text)
		}
	}
	if text := call("perses_edit_dashboard", strings.Replace(edits, "EDIT", `{"op":"set","duration":"1h"}`, 1)); !strings.Contains(text, `"unchanged"`) {
		t.Errorf("an edit that changes nothing: %s", text)
	}
}

// TestNoPartOfAPasswordIsShown calls all tools that describe a dashboard. Texts of the dashboard hold passwords that contain what
// looks like a variable, also in fields that are checked and in fields that Perses refuses.
func TestNoPartOfAPasswordIsShown(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	const text = "http://user:pa$Zebra1Zebra@host"
	plugin := `{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://127.0.0.1:1","headers":{"Authorization":"Bearer Zebra2Zebra","X-Api-Key":"Zebra3Zebra"}}}}}`
	dashboard := `{"kind":"Dashboard","metadata":{"name":"d","project":"` + project + `"},"spec":{"duration":"1h","display":{"name":"` + text + `"},"datasources":{"x":{"default":true,"plugin":` + plugin + `}},` +
		`"panels":{"p":{"kind":"Panel","spec":{"display":{"name":"` + text + `","description":"` + text + `"},"plugin":{"kind":"Markdown","spec":{"text":"` + text + `"}}}},` +
		`"q":{"kind":"Panel","spec":{"display":{"name":"Q"},"plugin":{"kind":"TimeSeriesChart","spec":{}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"up{job=\"` + text + `\"}","seriesNameFormat":"` + text + `"}}}}]}}},` +
		`"layouts":[{"kind":"Grid","spec":{"display":{"title":"` + text + `"},"items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/p"}}]}}]}}`
	edit := func(edits string) string {
		return `{"project":"` + project + `","dashboard":"d","dry_run":true,"edits":[` + edits + `]}`
	}
	of := `{"project":"` + project + `","dashboard":"d"}`
	for _, c := range [][2]string{
		{"perses_apply_resource", `{"resource":` + dashboard + `}`},
		{"perses_check_dashboard", of}, {"perses_check_dashboard", `{"project":"` + project + `","document":` + dashboard + `}`}, {"perses_run_panel", of}, {"perses_run_panel", `{"project":"` + project + `","dashboard":"d","panel":"q"}`},
		{"perses_summarize_dashboard", of}, {"perses_search_dashboards", `{"project":"` + project + `","variable":"zebra"}`},
		{"perses_edit_dashboard", edit(`{"op":"clone_panel","panel":"p"}`)},
		{"perses_edit_dashboard", edit(`{"op":"replace","path":"/spec/panels/p/spec/plugin/kind","value":"TimeSeriesChart"}`)},
		{"perses_edit_dashboard", edit(`{"op":"replace","path":"/spec/datasources/x/plugin/kind","value":"TempoDatasource"}`)},
		{"perses_edit_dashboard", edit(`{"op":"copy","from":"/spec/datasources/x/plugin/spec/proxy/spec/headers","path":"/spec/panels/p/spec/plugin/spec/text"}`)},
		{"perses_edit_dashboard", edit(`{"op":"replace","path":"/spec/panels/q/spec/queries/0/spec/plugin/spec/seriesNameFormat","value":1}`)},
		{"perses_build_dashboard", `{"project":"` + project + `","name":"b","dry_run":true,"sketch":{"title":"B","panels":[{"title":"` + text + `","text":"x"}]}}`},
		{"perses_migrate_grafana_dashboard", `{"project":"` + project + `","dry_run":true,"grafana_dashboard":{"title":"` + text + `","panels":[{"type":"text","title":"x","options":{"content":"` + text + `"}}]}}`},
		// Headers in the place of a text: the value is hidden, but not because of its key.
		{"perses_apply_resource", `{"resource":` + strings.Replace(dashboard, `"text":"`+text+`"`, `"text":{"Authorization":"Bearer Zebra2Zebra","X-Api-Key":"Zebra3Zebra"}`, 1) + `,"dry_run":true}`},
	} {
		if answer, _ := host.Call(c[0], json.RawMessage(c[1])); strings.Contains(strings.ToLower(answer), "zebra") && c[0] != "perses_search_dashboards" || strings.Contains(answer, "Zebra") {
			t.Errorf("%s %s: %s", c[0], c[1], answer)
		}
	}
}

// TestHeadersAreSentToNoOtherServer changes the URL of a global datasource, with hidden headers and without.
func TestHeadersAreSentToNoOtherServer(t *testing.T) {
	p := persestest.Shared(t)
	name := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	write := func(headers string) {
		text, failed := host.Call("perses_apply_resource", json.RawMessage(`{"resource":{"kind":"GlobalDatasource","metadata":{"name":"`+name+`"},"spec":{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://prom:9090"`+headers+`}}}}}}}`))
		if failed {
			t.Fatal(text)
		}
	}
	defer host.Call("perses_delete_resource", object{"kind": "GlobalDatasource", "name": name})
	for _, c := range []struct {
		headers, url string
		goes         bool
	}{
		{`,"headers":{"X-Api-Key":"HEADER"}`, "http://elsewhere:9090", false},
		{`,"headers":{"X-Api-Key":"HEADER"}`, "http://prom:9091", false},
		{`,"headers":{"X-Api-Key":"HEADER"}`, "http://prom:9090/prefix", true},
		{`,"headers":{"X-Scope":"a"}`, "http://elsewhere:9090", true},
		{"", "http://user:password@elsewhere:9090", true},
	} {
		write(c.headers)
		text, failed := host.Call("perses_update_global_datasource", object{"name": name, "type": "PrometheusDatasource", "url": c.url})
		if failed == c.goes || failed && !strings.Contains(text, "would send them to another server than http://prom:9090: change it with perses_apply_resource") {
			t.Errorf("%s %s: %s", c.headers, c.url, text)
		}
	}
}

// TestSearchDoesNotFindHiddenText searches for the beginning of a password in a title, which could reveal it letter by letter.
func TestSearchDoesNotFindHiddenText(t *testing.T) {
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
	if text, failed := host.Call("perses_search_dashboards", object{"query": long}); !failed || !strings.Contains(text, "it has 1001 bytes, more than the maximum of 1000") {
		t.Error(text)
	}
}
