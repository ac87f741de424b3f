package tools_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/lint/linttest"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestCheckOfWhatHangs has a datasource that does not answer: the answer says so once for all panels, in the time of the
// call, and what needs no data is found all the same.
func TestCheckOfWhatHangs(t *testing.T) {
	over := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(over) })
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Timeout: 3 * time.Second}))
	const project = "check-hangs"
	proxy := object{"kind": "HTTPProxy", "spec": object{"url": hanging.URL}}
	for _, document := range []object{
		{"kind": "Project", "metadata": object{"name": project}},
		{"kind": "Datasource", "metadata": object{"name": "hangs", "project": project}, "spec": object{"default": true, "plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": proxy}}}},
	} {
		if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
			t.Fatal(text)
		}
	}
	document := linttest.DashboardWith(object{"a": linttest.PanelWith("up"), "b": linttest.PanelWith("down"), "c": linttest.PanelWith("sum(")})
	document["metadata"] = object{"name": "d"}
	text, failed := host.Call("perses_check_dashboard", object{"project": project, "document": document})
	if failed {
		t.Fatal(text)
	}
	answer := gjson.Parse(text)
	if got := answer.Get(`findings.#(what%"*did not answer within*").where`).Str; got != "panels a, b" {
		t.Errorf("got %q in %s", got, text)
	}
	if n := strings.Count(text, "did not answer"); n != 1 {
		t.Errorf("it is said %d times: %s", n, text)
	}
	if got := answer.Get(`findings.#(where=="panel c, queries[0]").what`).Str; !strings.Contains(got, "does not parse") {
		t.Errorf("got %q in %s", got, text)
	}
}

// TestCheckOfTooManyMetrics has a datasource with more metrics than are read. That they were not compared is said, and the
// dashboard is not called good.
func TestCheckOfTooManyMetrics(t *testing.T) {
	names := `{"status":"success","data":["m0"` + strings.Repeat(`,"m"`, 300_000) + `]}`
	large := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/values"):
			_, _ = io.WriteString(w, names)
		case strings.HasSuffix(r.URL.Path, "/metadata"):
			_, _ = io.WriteString(w, `{"status":"success","data":{}}`)
		case strings.Contains(r.URL.Path, "/query"):
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
		default:
			_, _ = io.WriteString(w, `{"status":"success","data":[]}`)
		}
	}))
	t.Cleanup(large.Close)
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	project := persestest.NewProject(t, p)
	proxy := object{"kind": "HTTPProxy", "spec": object{"url": large.URL}}
	datasource := object{"kind": "Datasource", "metadata": object{"name": "large", "project": project}, "spec": object{"default": true, "plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": proxy}}}}
	if text, failed := host.Call("perses_apply_resource", object{"resource": datasource}); failed {
		t.Fatal(text)
	}
	document := linttest.DashboardWith(object{"a": linttest.PanelWith("no_such_metric")})
	document["metadata"] = object{"name": "d"}
	text, failed := host.Call("perses_check_dashboard", object{"project": project, "document": document})
	if failed {
		t.Fatal(text)
	}
	if answer := gjson.Parse(text); answer.Get("ok").Bool() || !strings.Contains(text, "metrics and labels were not compared with the data of large") {
		t.Error(text)
	}
}

// TestCheckOfAnythingIsAnswered gives the tool what is hardly a dashboard: Perses itself fails over some of it.
func TestCheckOfAnythingIsAnswered(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	const project = "check-anything"
	if text, failed := host.Call("perses_create_project", object{"project": project}); failed {
		t.Fatal(text)
	}
	for _, spec := range []string{
		`null`, `[]`, `7`, `{}`, `{"panels":null,"layouts":null,"variables":null}`, `{"panels":{"":{}}}`, `{"panels":{"a":null,"b":[],"c":{"spec":{"plugin":null,"queries":[null,7,{"spec":{"plugin":{"kind":7,"spec":[]}}}]}}}}`,
		`{"layouts":[null,7,{"kind":"Grid","spec":{"items":[null,{"content":null},{"content":{"$ref":7}}]}},{"kind":"Tabs","spec":{"tabs":[null]}}]}`,
		`{"variables":[null,7,{"kind":"ListVariable"},{"kind":"TextVariable","spec":{"name":"__x"}}]}`, `{"datasources":{"a":null,"":{}}}`, `{"duration":{},"refreshInterval":[]}`,
	} {
		text, failed := host.Call("perses_check_dashboard", json.RawMessage(`{"project":"`+project+`","document":{"metadata":{"name":"d"},"spec":`+spec+`}}`))
		if failed || !gjson.Get(text, "ok").Exists() {
			t.Errorf("%s: got %s", spec, text)
		}
	}
}

// TestCheckOfWhatIsNotCheckedIsNotOK: that nothing wrong was found in a part that was not looked at says nothing.
func TestCheckOfWhatIsNotCheckedIsNotOK(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	const project = "check-unchecked"
	prometheus := persestest.SharedPrometheus(t)
	if err := prometheus.WaitFor(t.Context(), "up"); err != nil {
		t.Fatal(err)
	}
	for _, document := range []object{
		{"kind": "Project", "metadata": object{"name": project}},
		{"kind": "Datasource", "metadata": object{"name": "prom", "project": project}, "spec": prometheus.Datasource()},
	} {
		if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
			t.Fatal(text)
		}
	}
	document := linttest.DashboardWith(object{"a": linttest.PanelWith("sum(up)" + strings.Repeat("+sum(up)", 500))})
	document["metadata"] = object{"name": "d"}
	text, failed := host.Call("perses_check_dashboard", object{"project": project, "document": document})
	if failed {
		t.Fatal(text)
	}
	answer := gjson.Parse(text)
	if answer.Get("counts.error").Exists() || answer.Get("ok").Bool() || !strings.Contains(answer.Get("notes").Raw, "1 query was not checked because it is too long or too complex") {
		t.Errorf("got %.500s", text)
	}
}

// TestCheckOfManyDatasources has each panel ask another datasource: not all are asked for what they have.
func TestCheckOfManyDatasources(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	const project = "check-datasources"
	if text, failed := host.Call("perses_create_project", object{"project": project}); failed {
		t.Fatal(text)
	}
	panels := object{}
	for i := range 25 {
		panels[fmt.Sprint("p", i)] = linttest.Set(linttest.PanelWith("up"), "spec/queries/0/spec/plugin/spec/datasource", object{"kind": "PrometheusDatasource", "name": fmt.Sprint("d", i)})
	}
	document := linttest.DashboardWith(panels)
	document["metadata"] = object{"name": "d"}
	text, failed := host.Call("perses_check_dashboard", object{"project": project, "document": document})
	if notes := gjson.Get(text, "notes").Raw; failed || !strings.Contains(notes, "the data of 5 of 25 datasources was not compared") {
		t.Errorf("got %s of %.300s", notes, text)
	}
}
