package tools_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// maxMoved is the maximum number of bytes that a model sends or receives to edit one panel.
const maxMoved = 2 << 10

// largeDashboard returns a dashboard of at least size bytes. It has escaped characters and numbers that Go would encode
// differently.
func largeDashboard(project string, size int) json.RawMessage {
	var panels, items []string
	for length := 0; length < size; {
		i := len(panels)
		panels = append(panels, fmt.Sprintf(`"p%d":{"kind":"Panel","spec":{"display":{"name":"Panel %d","description":"\u003cb\u003e ä"},"plugin":{"kind":"TimeSeriesChart","spec":{"visual":{"lineWidth":1.50},"yAxis":{"format":{"unit":"bytes"}}}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"rate(http_requests_total{code=~\"5..\"}[5m]) \u003e 0"}}}}]}}`, i, i))
		items = append(items, fmt.Sprintf(`{"x":%d,"y":%d,"width":12,"height":8,"content":{"$ref":"#/spec/panels/p%d"}}`, i%2*12, i/2*8, i))
		length += len(panels[i]) + len(items[i])
	}
	return json.RawMessage(`{"kind":"Dashboard","metadata":{"name":"large","project":"` + project + `","version":3},"spec":{"duration":"1h","panels":{` + strings.Join(panels, ",") +
		`},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.Join(items, ",") + `]}}]}}`)
}

// answersWith returns the answers of a Perses that has one dashboard and a plugin for its queries.
func answersWith(document json.RawMessage) map[string]any {
	return map[string]any{
		"/api/v1/projects/shop/dashboards/large": document,
		"/api/v1/globaldatasources":              []any{},
		"/api/v1/projects/shop/datasources":      []any{},
		"/api/v1/plugins":                        json.RawMessage(`[{"metadata":{"name":"Prometheus"},"spec":{"plugins":[{"kind":"TimeSeriesQuery","spec":{"name":"PrometheusTimeSeriesQuery"}}]}}]`),
	}
}

// editOne makes one edit and returns the answer and the number of bytes sent and received.
func editOne(t *testing.T, host servertest.Host, project, edit string) (answer string, sent, received int) {
	t.Helper()
	arguments := json.RawMessage(`{"project":"` + project + `","dashboard":"large","edits":[` + edit + `]}`)
	text, failed := host.Call("perses_edit_dashboard", arguments)
	if failed {
		t.Fatal(text)
	}
	return text, len("perses_edit_dashboard") + len(arguments), len(text)
}

// TestEditOfLargeDashboard edits one panel of a dashboard of 1 MB, which the model need not read. It does not use a real Perses,
// which takes seconds to validate such a dashboard.
func TestEditOfLargeDashboard(t *testing.T) {
	document := largeDashboard("shop", 1<<20)
	fake := answering(t, answersWith(document))
	host := servertest.Connect(t, servertest.New(t, fake.URL, servertest.Options{}))
	answer, sent, received := editOne(t, host, "shop", `{"op":"change_panel","panel":"Panel 700","set":{"title":"Errors","unit":"requests/sec","query":"sum by (job) (rate(http_requests_total[$__rate_interval]))"}}`)
	if sent > maxMoved || received > maxMoved {
		t.Errorf("%d bytes sent, %d received for %d bytes of a dashboard: %s", sent, received, len(document), answer)
	}
	changed := bytes.Replace(document, []byte(`"name":"Panel 700"`), []byte(`"name":"Errors"`), 1)
	begin := bytes.Index(changed, []byte(`"name":"Errors"`))
	for old, new := range map[string]string{`"unit":"bytes"`: `"unit":"requests/sec"`, `rate(http_requests_total{code=~\"5..\"}[5m]) \u003e 0`: `sum by (job) (rate(http_requests_total[$__rate_interval]))`} {
		changed = append(changed[:begin:begin], bytes.Replace(changed[begin:], []byte(old), []byte(new), 1)...)
	}
	if body := fake.written(); !bytes.Equal(body, changed) {
		t.Errorf("the document sent is wrong:\n%s", firstDifference(body, changed))
	}
}

// TestEditKeepsTheRest edits a dashboard in a real Perses. All bytes that the edit does not concern are sent back unchanged.
func TestEditKeepsTheRest(t *testing.T) {
	p := persestest.Shared(t)
	in := persestest.NewProject(t, p)
	recorded := record(t, p.URL)
	host := servertest.Connect(t, servertest.New(t, recorded.URL, servertest.Options{}))
	if text, failed := host.Call("perses_apply_resource", object{"resource": largeDashboard(in, 20<<10)}); failed {
		t.Fatal(text)
	}
	gave := func() []byte {
		response, err := http.Get(p.URL + "/api/v1/projects/" + in + "/dashboards/large")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		document, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.TrimSpace(document)
	}
	for _, of := range []struct{ edit, old, new string }{
		{`{"op":"change_panel","panel":"Panel 7","set":{"title":"Errors"}}`, `"name":"Panel 7"`, `"name":"Errors"`},
		{`{"op":"set","duration":"6h"}`, `"duration":"1h"`, `"duration":"6h"`},
		{`{"op":"rename_panel","panel":"Errors","key":"errors"}`, `p7"`, `errors"`}, // in $ref and "p7":
	} {
		before := gave()
		editOne(t, host, in, of.edit)
		want := bytes.ReplaceAll(before, []byte(of.old), []byte(of.new))
		if body := recorded.written(); !bytes.Equal(body, want) {
			t.Errorf("%s: sent is another document:\n%s", of.edit, firstDifference(body, want))
		}
	}
}

// TestFailedEditChangesNothing checks that nothing is sent if the last of several edits fails.
func TestFailedEditChangesNothing(t *testing.T) {
	fake := answering(t, answersWith(largeDashboard("shop", 1<<10)))
	host := servertest.Connect(t, servertest.New(t, fake.URL, servertest.Options{}))
	for _, edits := range []string{
		`{"op":"set","title":"a"},{"op":"remove_panel","panel":"nope"}`, // the last fails
		`{"op":"set","title":"a"},{"op":"set","title":null}`,            // nothing is left of it
		`{"op":"set","duration":"1h"}`,                                  // as it is
		`{"op":"add","path":"/Spec","value":{"duration":"9h"}}`,         // which Perses would take for the spec
	} {
		host.Call("perses_edit_dashboard", json.RawMessage(`{"project":"shop","dashboard":"large","edits":[`+edits+`]}`))
		if writes := fake.writes.Load(); writes != 0 {
			t.Errorf("%s: %d writes", edits, writes)
		}
	}
}

// firstDifference shows the first difference between two texts.
func firstDifference(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-60)
	return fmt.Sprintf("at %d:\n%.160s\n%.160s", i, a[min(from, len(a)):], b[min(from, len(b)):])
}
