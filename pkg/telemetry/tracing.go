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

// scope is the instrumentation scope of spans.
const scope = "github.com/perses/mcp-server/pkg/telemetry"

// propagator propagates traces from callers to Perses. It leaves out baggage, which may contain data that is not meant for Perses.
var propagator propagation.TextMapPropagator = propagation.TraceContext{}

// Tracing exports a span for each call, with child spans for its requests to Perses.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTracing returns a Tracing configured by the standard OpenTelemetry variables, or nil if they don't set the endpoint of a collector.
// See https://opentelemetry.io/docs/specs/otel/protocol/exporter/. Later failures go to the log.
//
// name and version describe the service unless the variables override them.
func NewTracing(ctx context.Context, name, version string, log *slog.Logger) (*Tracing, error) {
	if on, err := isTracingEnabled(); err != nil || !on {
		return nil, err
	}
	log = log.With("component", "otel")
	// By default, the library writes to stderr, including values of invalid variables, which may be secrets. isTracingEnabled has
	// checked the variables.
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces were lost", "err", err) }))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot export traces: %w", err)
	}
	// Without attributes of the host and the command line, which may contain secrets.
	attributes, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", name), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: want key=value, separated by commas")
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(attributes))
	return &Tracing{provider, provider.Tracer(scope)}, nil
}

// Shutdown sends the remaining spans, at most until ctx is done.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Extract returns ctx with the caller's trace. get returns the value that the caller has sent for traceparent or tracestate (W3C Trace
// Context), or "".
func (t *Tracing) Extract(ctx context.Context, get func(name string) string) context.Context {
	if t == nil {
		return ctx
	}
	return propagator.Extract(ctx, carrier(get))
}

// carrier is a read-only propagation.TextMapCarrier.
type carrier func(name string) string

func (c carrier) Get(name string) string { return c(name) }
func (carrier) Set(string, string)       {}
func (carrier) Keys() []string           { return nil }

// maxStatus is the maximum length of the error in a span, in bytes.
const maxStatus = 500

// Begin starts the span of a call of an MCP method. name is the name of the tool or prompt, or "". The returned context is for
// everything that belongs to the call.
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

// TraceID returns the ID of the trace in ctx, or "".
func (t *Tracing) TraceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); t != nil && span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}

// Transport returns a RoundTripper that creates a span for each request of a call and propagates it. The span ends at the start of the
// response.
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
		return t.next.RoundTrip(r) // a login for many calls, or a readiness check
	}
	ctx, span := t.tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", r.Method),
		attribute.String("server.address", r.URL.Hostname()),
		attribute.String("url.path", r.URL.Path), // the query may contain data of the caller
	))
	defer span.End()
	r = r.Clone(ctx)
	propagator.Inject(ctx, propagation.HeaderCarrier(r.Header))
	response, err := t.next.RoundTrip(r)
	if err != nil {
		span.SetStatus(codes.Error, "no response") // the error may contain the URL with its query
		return nil, err
	}
	span.SetAttributes(attribute.Int("http.response.status_code", response.StatusCode))
	if response.StatusCode >= http.StatusBadRequest {
		span.SetStatus(codes.Error, "")
	}
	return response, nil
}
