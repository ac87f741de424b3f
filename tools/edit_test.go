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

// maxMoved is how many bytes the edit of one panel may move each way between the model and the server.
const maxMoved = 2 << 10

// largeDashboard returns a dashboard of at least so many bytes, with characters that Go escapes and numbers that it would
// write otherwise, and fields that no version knows yet.
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

// around are the answers of a Perses that has one dashboard, and a plugin for its queries.
func around(document json.RawMessage) map[string]any {
	return map[string]any{
		"/api/v1/projects/shop/dashboards/large": document,
		"/api/v1/globaldatasources":              []any{},
		"/api/v1/projects/shop/datasources":      []any{},
		"/api/v1/plugins":                        json.RawMessage(`[{"metadata":{"name":"Prometheus"},"spec":{"plugins":[{"kind":"TimeSeriesQuery","spec":{"name":"PrometheusTimeSeriesQuery"}}]}}]`),
	}
}

// editOne calls the tool with one edit, and returns the answer and how many bytes went each way.
func editOne(t *testing.T, host servertest.Host, project, edit string) (answer string, sent, received int) {
	t.Helper()
	arguments := json.RawMessage(`{"project":"` + project + `","dashboard":"large","edits":[` + edit + `]}`)
	text, failed := host.Call("perses_edit_dashboard", arguments)
	if failed {
		t.Fatal(text)
	}
	return text, len("perses_edit_dashboard") + len(arguments), len(text)
}

// TestEditMovesLittle edits one panel of a dashboard of a megabyte, which no model has to read for it. Perses stands aside
// here, for it takes seconds to validate one of that size.
func TestEditMovesLittle(t *testing.T) {
	document := largeDashboard("shop", 1<<20)
	fake := answering(t, around(document))
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
		t.Errorf("sent is another document:\n%s", firstDifference(body, changed))
	}
}

// TestEditKeepsTheRest edits a dashboard of a real Perses: what is sent is byte for byte what Perses gave, but for what the
// edit names.
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

// TestEditFailsWhole has the last of several edits fail: nothing is sent.
func TestEditFailsWhole(t *testing.T) {
	fake := answering(t, around(largeDashboard("shop", 1<<10)))
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

// firstDifference shows where two texts first differ.
func firstDifference(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-60)
	return fmt.Sprintf("at %d:\n%.160s\n%.160s", i, a[min(from, len(a)):], b[min(from, len(b)):])
}
