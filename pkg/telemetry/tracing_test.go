package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/pkg/telemetry/telemetrytest"
)

// setOTEL sets OpenTelemetry variables and clears all others.
func setOTEL(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func TestTracingIsOffByDefault(t *testing.T) {
	for _, variables := range []map[string]string{
		{},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
		{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://localhost:4318"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_SDK_DISABLED": "True"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none"},
	} {
		setOTEL(t, variables)
		tracing, err := telemetry.NewTracing(t.Context(), "n", "v", slog.New(slog.DiscardHandler))
		if tracing != nil || err != nil {
			t.Errorf("%v: got %v, %v", variables, tracing, err)
		}
		ctx, end := tracing.Begin(t.Context(), "tools/call", "x", "id")
		end(errors.New("failed"))
		if ctx != t.Context() || tracing.Transport(http.DefaultTransport) != http.DefaultTransport || tracing.TraceID(ctx) != "" || tracing.Shutdown(ctx) != nil {
			t.Error("a nil Tracing has an effect")
		}
	}
}

func TestInvalidVariables(t *testing.T) {
	const endpoint, collector = "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"
	for _, c := range []struct {
		variables map[string]string
		want      string
	}{
		{map[string]string{endpoint: "s3cret:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: want an http or https URL such as http://localhost:4318"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "grpc://s3cret", endpoint: collector}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: want an http or https URL such as http://localhost:4318"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL: want http/protobuf, the only protocol that this server speaks"},
		{map[string]string{endpoint: collector, "OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER: want otlp or none"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_HEADERS": "authorization s3cret"}, "OTEL_EXPORTER_OTLP_HEADERS: want key=value, separated by commas, with values encoded as in a URL"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_HEADERS": "a=b,x=s3cret%"}, "OTEL_EXPORTER_OTLP_HEADERS: want key=value, separated by commas, with values encoded as in a URL"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_CERTIFICATE": "/s3cret"}, "OTEL_EXPORTER_OTLP_CERTIFICATE: want a file that can be read"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY": "/s3cret"}, "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: want a file that can be read"},
		{map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, "OTEL_EXPORTER_OTLP_TIMEOUT: want a number of milliseconds"},
		{map[string]string{endpoint: collector, "OTEL_TRACES_SAMPLER": "often"}, "OTEL_TRACES_SAMPLER: want one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio"},
		{map[string]string{endpoint: collector, "OTEL_RESOURCE_ATTRIBUTES": "s3cret"}, "OTEL_RESOURCE_ATTRIBUTES: want key=value, separated by commas"},
	} {
		setOTEL(t, c.variables)
		_, err := telemetry.NewTracing(t.Context(), "n", "v", slog.New(slog.DiscardHandler))
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// A call and its request to Perses are two spans of the caller's trace. The second one is propagated to Perses.
func TestSpans(t *testing.T) {
	collector := telemetrytest.Start(t)
	setOTEL(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=shop%20a", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test"})
	tracing, err := telemetry.NewTracing(t.Context(), "perses-mcp", "1.2.3", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	received := make(chan string, 2)
	perses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received <- r.Header.Get("Traceparent")
		w.WriteHeader(http.StatusNotFound)
	}))
	defer perses.Close()
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	ctx := tracing.Extract(t.Context(), func(name string) string {
		return map[string]string{"traceparent": "00-" + trace + "-" + parent + "-01"}[name]
	})
	ctx, end := tracing.Begin(ctx, "tools/call", "perses_list_projects", "id-1")
	get(t, ctx, tracing, perses.URL+"/api/v1/projects?token=s3cret")
	if got := tracing.TraceID(ctx); got != trace {
		t.Errorf("got trace %q", got)
	}
	end(errors.New(strings.Repeat("ü", 500)))
	get(t, t.Context(), tracing, perses.URL+"/login") // is not part of a call
	if err := tracing.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := collector.Spans()
	if len(spans) != 2 {
		t.Fatalf("got %+v", spans)
	}
	request, call := spans[0], spans[1]
	if call.Name != "tools/call perses_list_projects" || call.Kind != "SPAN_KIND_SERVER" || call.TraceID != trace || call.ParentID != parent ||
		call.Status != "STATUS_CODE_ERROR" || call.StatusText != strings.Repeat("ü", 250) ||
		call.Attributes["mcp.method.name"] != "tools/call" || call.Attributes["gen_ai.tool.name"] != "perses_list_projects" || call.Attributes["perses_mcp.request_id"] != "id-1" {
		t.Errorf("the call: %+v", call)
	}
	if request.Name != "GET" || request.Kind != "SPAN_KIND_CLIENT" || request.TraceID != trace || request.ParentID != call.ID || request.Status != "STATUS_CODE_ERROR" ||
		request.Attributes["url.path"] != "/api/v1/projects" || !strings.Contains(request.Attributes["http.response.status_code"], "404") {
		t.Errorf("the request: %+v", request)
	}
	if got, want := <-received, "00-"+trace+"-"+request.ID+"-01"; got != want {
		t.Errorf("Perses received %q, want %q", got, want)
	}
	if got := <-received; got != "" {
		t.Errorf("the request outside of the call has the trace %q", got)
	}
	if call.Resource["service.name"] != "perses-mcp" || call.Resource["service.version"] != "1.2.3" || call.Resource["deployment.environment"] != "test" {
		t.Errorf("the service: %v", call.Resource)
	}
	if got := collector.Headers().Get("X-Tenant"); got != "shop a" {
		t.Errorf("got header %q", got)
	}
	if strings.Contains(collector.Received(), "s3cret") {
		t.Error("a span has the query of a URL")
	}
}

func get(t *testing.T, ctx context.Context, tracing *telemetry.Tracing, url string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := tracing.Transport(http.DefaultTransport).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// If the collector is unreachable, the traces are lost, and the log says so.
func TestUnreachableCollector(t *testing.T) {
	setOTEL(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=s3cret"})
	var log bytes.Buffer
	tracing, err := telemetry.NewTracing(t.Context(), "n", "v", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, end := tracing.Begin(t.Context(), "tools/call", "x", "id")
	end(nil)
	err = tracing.Shutdown(t.Context())
	if err == nil && !strings.Contains(log.String(), "traces were lost") || strings.Contains(log.String(), "s3cret") {
		t.Errorf("got %v, logged %q", err, log.String())
	}
}
