package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names this package as the origin of spans.
const scope = "github.com/perses/mcp-server/pkg/telemetry"

// propagator is the form in which callers say what their trace is, and Perses is told. Baggage is not passed on: what
// a caller puts into it is none of Perses' business.
var propagator propagation.TextMapPropagator = propagation.TraceContext{}

// Tracing sends a span of each call, and beneath it one of each request to Perses, to a collector.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTracing makes what the standard variables of OpenTelemetry ask for: nil unless one of them names the endpoint
// of a collector. The others say which headers go there, how spans are sampled, and so forth, see
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/. What fails while it works goes to the log.
//
// name and version are the service's own, for when the variables do not say others.
func NewTracing(ctx context.Context, name, version string, log *slog.Logger) (*Tracing, error) {
	if on, err := tracingWanted(); err != nil || !on {
		return nil, err
	}
	log = log.With("component", "otel")
	// The library would write to stderr by itself. What it says of variables that it cannot read has their values,
	// which may be secrets; those that matter are checked above.
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces were lost", "err", err) }))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces cannot be exported: %w", err)
	}
	// Nothing of the host or of the command line, in which there may be secrets.
	about, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", name), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: want key=value, separated by commas")
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return &Tracing{provider, provider.Tracer(scope)}, nil
}

// Shutdown sends what has not been sent yet, until ctx ends.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Extract returns ctx with the trace that a caller is in. get returns what the caller has sent under a name of W3C Trace
// Context: traceparent or tracestate, or "".
func (t *Tracing) Extract(ctx context.Context, get func(name string) string) context.Context {
	if t == nil {
		return ctx
	}
	return propagator.Extract(ctx, reader(get))
}

// reader is what a trace is read from.
type reader func(name string) string

func (r reader) Get(name string) string { return r(name) }
func (reader) Set(string, string)       {}
func (reader) Keys() []string           { return nil }

// maxStatus is how many bytes of an error a span has.
const maxStatus = 500

// Begin starts the span of a call: of a method of MCP, and what the method is called with, if that has a name. The
// context that it returns is the one for all that belongs to the call.
func (t *Tracing) Begin(ctx context.Context, method, name, requestID string) (_ context.Context, end func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	attributes := []attribute.KeyValue{attribute.String("mcp.method.name", method), attribute.String("perses_mcp.request_id", requestID)}
	if method == "tools/call" {
		attributes = append(attributes, attribute.String("gen_ai.tool.name", name))
	}
	ctx, span := t.tracer.Start(ctx, strings.TrimSpace(method+" "+name), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	return ctx, func(err error) {
		if err != nil {
			text := err.Error()
			span.SetStatus(codes.Error, strings.ToValidUTF8(text[:min(len(text), maxStatus)], ""))
		}
		span.End()
	}
}

// TraceID returns the id of the trace that ctx is in, "" if it is in none.
func (t *Tracing) TraceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); t != nil && span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}

// Transport gives a span of its own to each request that goes to next and belongs to a call, and tells the other side of
// it. The span lasts until the answer begins.
func (t *Tracing) Transport(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return tracedTransport{t, next}
}

type tracedTransport struct {
	*Tracing
	next http.RoundTripper
}

func (t tracedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !trace.SpanContextFromContext(r.Context()).IsValid() {
		return t.next.RoundTrip(r) // a login, which serves many calls, or a look whether Perses is there
	}
	ctx, span := t.tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", r.Method),
		attribute.String("server.address", r.URL.Hostname()),
		attribute.String("url.path", r.URL.Path), // without the query, which may hold what a caller has asked
	))
	defer span.End()
	r = r.Clone(ctx)
	propagator.Inject(ctx, propagation.HeaderCarrier(r.Header))
	response, err := t.next.RoundTrip(r)
	if err != nil {
		span.SetStatus(codes.Error, "no answer") // an error may repeat the URL
		return nil, err
	}
	span.SetAttributes(attribute.Int("http.response.status_code", response.StatusCode))
	if response.StatusCode >= http.StatusBadRequest {
		span.SetStatus(codes.Error, "")
	}
	return response, nil
}
