package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/pkg/telemetry/telemetrytest"
	"github.com/perses/mcp-server/resources"
)

// watched is a server with metrics and traces, for the Perses of cfg. The collector has all spans after flush.
type watched struct {
	*server.Server
	collector *telemetrytest.Collector
	flush     func()
}

// watch makes a server with metrics and traces.
func watch(t *testing.T, cfg clientconfig.RestConfigClient, change ...func(*server.Options)) watched {
	t.Helper()
	return watchThrough(t, cfg, func(next http.RoundTripper) http.RoundTripper { return next }, change...)
}

// watchThrough is watch with one more observer of the requests to Perses.
func watchThrough(t *testing.T, cfg clientconfig.RestConfigClient, observer func(http.RoundTripper) http.RoundTripper, change ...func(*server.Options)) watched {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
	collector := telemetrytest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	tracing, err := telemetry.NewTracing(t.Context(), server.Name, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	metrics := telemetry.NewMetrics()
	backend, err := perses.Connect(cfg, perses.Trust{"global", "project"}, observer, metrics.Transport, tracing.Transport)
	if err != nil {
		t.Fatal(err)
	}
	watching := func(o *server.Options) { o.Perses, o.Metrics, o.Tracing = backend, metrics, tracing }
	return watched{newServer(t, never, nil, append(change, watching)...), collector, func() {
		t.Helper()
		if err := tracing.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}}
}

// at returns the configuration of a client without an identity.
func at(url string) clientconfig.RestConfigClient {
	return clientconfig.RestConfigClient{URL: common.MustParseURL(url)}
}

// scrape returns the metrics.
func (w *web) scrape(t *testing.T) string {
	t.Helper()
	got := w.send(t, http.MethodGet, server.MetricsPath, nil, nil)
	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Fatalf("got %d, media type %q: %s", got.status, got.header.Get("Content-Type"), got.body)
	}
	return got.body
}

func TestMetricsOfCalls(t *testing.T) {
	w := serveHTTP(t, watch(t, at(persestest.Shared(t).URL)).Server)
	text, _ := w.call(t, "perses_list_projects", `{"prefix":"no-such-project"}`)
	w.call(t, "perses_get_project_by_name", `{"project":"no-such-project"}`)
	w.call(t, "perses_list_projects", `{"no-such-argument":1}`)
	w.post(t, eras[0].request("1", "resources/list", "", ""))
	prompt := resources.Prompts()[0].Name
	w.post(t, eras[0].request("1", "prompts/get", fmt.Sprintf(`"name":%q`, prompt), ""))
	got := w.scrape(t)
	for _, line := range []string{
		`perses_mcp_calls_total{call="perses_list_projects"} 2`,
		`perses_mcp_call_errors_total{call="perses_list_projects"} 1`,
		`perses_mcp_call_errors_total{call="perses_get_project_by_name"} 1`,
		`perses_mcp_call_duration_seconds_count{call="resources/list"} 1`,
		fmt.Sprintf(`perses_mcp_call_answer_bytes_sum{call="perses_list_projects"} %d`, len(text)),
		`perses_mcp_calls_total{call="prompts/get ` + prompt + `"} 1`,
		`perses_mcp_calls_in_flight 0`,
		`perses_mcp_http_requests_total{code="200"} 5`,
		`perses_mcp_perses_requests_total{code="404",method="GET"} 1`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("missing: %s", line)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

// Names that callers make up create no series.
func TestNumberOfSeriesIsLimited(t *testing.T) {
	w := serveHTTP(t, watch(t, at(never)).Server)
	ask := func(i int) {
		w.post(t, eras[0].call("1", fmt.Sprintf("made-up-%d", i), "{}"))
		w.post(t, eras[0].request("1", fmt.Sprintf("made/up%d", i), "", ""))
		w.call(t, "perses_get_project_by_name", fmt.Sprintf(`{"project":"made-up-%d"}`, i))
		for _, uri := range []string{"perses://projects/made-up-%d", "perses://made-up-%d", "made-up-%d"} {
			w.post(t, eras[0].request("1", "resources/read", fmt.Sprintf(`"uri":"`+uri+`"`, i), ""))
		}
		w.send(t, fmt.Sprintf("MADE-UP-%d", i), server.Endpoint, nil, http.Header{"X-Request-Id": {fmt.Sprint("made-up-", i)}, "Origin": {"https://made-up.example"}})
	}
	ours := func() []string { return regexp.MustCompile(`(?m)^perses_mcp_[^ ]*`).FindAllString(w.scrape(t), -1) }
	ask(0)
	before := ours()
	for i := range 10 {
		ask(1 + i)
	}
	if after := ours(); len(after) != len(before) || strings.Contains(strings.Join(after, "\n"), "made") {
		t.Errorf("there were %d series, now %d: %s", len(before), len(after), strings.Join(after, "\n"))
	}
}

// Requests for unknown names leave one log line of limited length.
func TestUnknownNamesAreLogged(t *testing.T) {
	var l log
	w := serveHTTP(t, newServer(t, never, nil, logTo(&l)))
	name := "no-such-" + strings.Repeat("x", 10_000)
	for method, params := range map[string]string{
		"tools/call":     fmt.Sprintf(`"name":%q,"arguments":{}`, name),
		"prompts/get":    fmt.Sprintf(`"name":%q,"arguments":{}`, name),
		"resources/read": fmt.Sprintf(`"uri":"perses://%s"`, name),
	} {
		m := eras[0].request("1", method, params, "")
		m.headers.Set("X-Request-Id", "of-"+strings.ReplaceAll(method, "/", "-"))
		w.post(t, m)
	}
	for _, id := range []string{"of-tools-call", "of-prompts-get", "of-resources-read"} {
		lines := regexp.MustCompile(`(?m)^.*request_id=`+id+`$`).FindAllString(l.String(), -1)
		if len(lines) != 1 || !strings.Contains(lines[0], "msg=refused") || !strings.Contains(lines[0], "no-such-xxx") || len(lines[0]) > 600 {
			t.Errorf("%s: got %.1000q", id, lines)
		}
	}
}

// Web pages cannot read the metrics. Without metrics, there is no endpoint.
func TestMetricsAreNotForWebPages(t *testing.T) {
	w := serveHTTP(t, watch(t, at(never)).Server)
	for header, value := range map[string]string{"Origin": "https://evil.example", "Host": "evil.example"} {
		if got := w.send(t, http.MethodGet, server.MetricsPath, nil, http.Header{header: {value}}); got.status != http.StatusForbidden {
			t.Errorf("%s %s: got %d", header, value, got.status)
		}
	}
	w = serveHTTP(t, newServer(t, never, nil))
	if got := w.send(t, http.MethodGet, server.MetricsPath, nil, nil); got.status != http.StatusNotFound {
		t.Errorf("without metrics: got %d", got.status)
	}
}

const (
	traceOfHeader = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	traceInMeta   = "00-11111111111111111111111111111111-2222222222222222-01"
)

// A call is a span in the caller's trace. Its requests to Perses are child spans, which are propagated to Perses.
func TestTracesOfCalls(t *testing.T) {
	for _, c := range []struct{ name, header, meta, want string }{
		{"no trace", "", "", ""},
		{"in the headers", traceOfHeader, "", traceOfHeader},
		{"in the message", "", traceInMeta, traceInMeta},
		{"in both", traceOfHeader, traceInMeta, traceInMeta},
		{"invalid", "00-garbage", `ab","x":"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inEachEra(t, func(t *testing.T, e era) {
				var l log
				f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte("[]"))
				})
				s := watch(t, at(f.url), logTo(&l))
				w := serveHTTP(t, s.Server)
				m := e.call("1", "perses_list_projects", "{}")
				if c.meta != "" {
					m.body = withTrace(m.body, c.meta)
				}
				if c.header != "" {
					m.headers.Set("Traceparent", c.header)
				}
				if text, failed := textOf(t, w.post(t, m)); failed {
					t.Fatal(text)
				}
				s.flush()
				checkTrace(t, s.collector.Spans(), c.want, persestest.Receive(t, "the request to Perses", f.asked).Header.Get("Traceparent"), l.String())
			})
		})
	}
}

// Over stdio, the trace is in the message.
func TestTraceOverStdio(t *testing.T) {
	var l log
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	})
	s := watch(t, at(f.url), logTo(&l))
	p := serveStdio(t, s.Server)
	p.write(t, withTrace(eras[0].call("1", "perses_list_projects", "{}").body, traceInMeta)+"\n")
	p.next(t)
	s.flush()
	checkTrace(t, s.collector.Spans(), traceInMeta, persestest.Receive(t, "the request to Perses", f.asked).Header.Get("Traceparent"), l.String())
}

// withTrace adds a trace to the _meta of a message.
func withTrace(body, trace string) string {
	field := `"traceparent":"` + trace + `"`
	if strings.Contains(body, `"_meta":{`) {
		return strings.Replace(body, `"_meta":{`, `"_meta":{`+field+`,`, 1)
	}
	return strings.Replace(body, `"params":{`, `"params":{"_meta":{`+field+`},`, 1)
}

// checkTrace checks the spans of a call with one request to Perses against the caller's trace and the one that Perses received.
func checkTrace(t *testing.T, spans []telemetrytest.Span, caller, perses, logged string) {
	t.Helper()
	if len(spans) != 2 {
		t.Fatalf("got %d spans: %+v", len(spans), spans)
	}
	request, call := spans[0], spans[1]
	if call.Name != "tools/call perses_list_projects" || request.ParentID != call.ID || request.TraceID != call.TraceID || call.Status != "STATUS_CODE_UNSET" {
		t.Errorf("the call %+v\nhas the request %+v", call, request)
	}
	if parent := "00-" + call.TraceID + "-" + call.ParentID + "-01"; caller != "" && parent != caller || caller == "" && call.ParentID != "" {
		t.Errorf("the parent of the call is %s, want %s", parent, caller)
	}
	if want := "00-" + request.TraceID + "-" + request.ID + "-01"; perses != want {
		t.Errorf("Perses received %q, want %q", perses, want)
	}
	if !strings.Contains(logged, "request_id="+call.Attributes["perses_mcp.request_id"]+" trace_id="+call.TraceID+"\n") {
		t.Errorf("the log has another request ID or trace ID: %s", logged)
	}
}
