// Package telemetry tells those who run the server what it does: metrics for Prometheus, and traces over OTLP. Both can
// be off, which a nil *Metrics and a nil *Tracing are: their methods do nothing then.
//
// Neither has a value that callers choose in a label or an attribute, unless a check has bounded it before.
package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// namespace begins the names of all metrics that are the server's own.
const namespace = "perses_mcp"

// Metrics are the metrics of one server.
type Metrics struct {
	registry       *prometheus.Registry
	calls          *prometheus.CounterVec
	callErrors     *prometheus.CounterVec
	callDuration   *prometheus.HistogramVec
	answerBytes    *prometheus.HistogramVec
	inFlight       prometheus.Gauge
	httpRequests   *prometheus.CounterVec
	persesRequests *prometheus.CounterVec
	persesDuration prometheus.Histogram
	persesRetries  prometheus.Counter
}

// NewMetrics makes the metrics of a server, with those of its process and its build.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}
	}
	seconds := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	m := &Metrics{
		registry:       prometheus.NewRegistry(),
		calls:          counter("calls_total", "Calls of tools, and other requests of MCP that reach Perses.", "call"),
		callErrors:     counter("call_errors_total", "Those of the calls that were answered with an error.", "call"),
		callDuration:   prometheus.NewHistogramVec(histogram("call_duration_seconds", "Time from the start of a call to its answer.", seconds), []string{"call"}),
		answerBytes:    prometheus.NewHistogramVec(histogram("call_answer_bytes", "Size of the answers that are no errors: text, and pictures as PNG in base64.", prometheus.ExponentialBuckets(256, 4, 8)), []string{"call"}),
		inFlight:       prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "calls_in_flight", Help: "Calls that have no answer yet."}),
		httpRequests:   counter("http_requests_total", "Requests to the MCP endpoint by the status of the answer.", "code"),
		persesRequests: counter("perses_requests_total", "Requests to Perses, and for tokens, by method and status; code is \"error\" when there was no answer.", "method", "code"),
		persesDuration: prometheus.NewHistogram(histogram("perses_request_duration_seconds", "Time from a request to Perses to the beginning of its answer.", seconds)),
		persesRetries:  prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "perses_retries_total", Help: "Readings of Perses that were tried again, since it was not there."}),
	}
	m.registry.MustRegister(
		m.calls, m.callErrors, m.callDuration, m.answerBytes, m.inFlight, m.httpRequests, m.persesRequests, m.persesDuration, m.persesRetries,
		version.NewCollector(namespace), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler serves the metrics in the formats of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Begin counts a call in. The name becomes a label. What it returns counts the call out, with the length of its answer
// in bytes, negative if that says nothing, and whether it failed.
func (m *Metrics) Begin(name string) (end func(answer int, failed bool)) {
	if m == nil {
		return func(int, bool) {}
	}
	m.inFlight.Inc()
	began := time.Now()
	return func(answer int, failed bool) {
		m.inFlight.Dec()
		m.calls.WithLabelValues(name).Inc()
		m.callDuration.WithLabelValues(name).Observe(time.Since(began).Seconds())
		errors := m.callErrors.WithLabelValues(name) // also if there are none: a rate needs the zero
		if failed {
			errors.Inc()
		} else if answer >= 0 {
			m.answerBytes.WithLabelValues(name).Observe(float64(answer))
		}
	}
}

// Answered counts a request to the MCP endpoint by the status of its answer.
func (m *Metrics) Answered(status int) {
	if m != nil {
		m.httpRequests.WithLabelValues(strconv.Itoa(status)).Inc()
	}
}

// Retried counts a reading of Perses that is tried again.
func (m *Metrics) Retried() {
	if m != nil {
		m.persesRetries.Inc()
	}
}

// Transport counts the requests to Perses that go to next.
func (m *Metrics) Transport(next http.RoundTripper) http.RoundTripper {
	if m == nil {
		return next
	}
	return countedTransport{m, next}
}

type countedTransport struct {
	*Metrics
	next http.RoundTripper
}

func (t countedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	response, err := t.next.RoundTrip(r)
	code := "error"
	if err == nil {
		t.persesDuration.Observe(time.Since(began).Seconds())
		if code = strconv.Itoa(response.StatusCode); http.StatusText(response.StatusCode) == "" {
			code = "unknown" // what answers may be anything, and so may its statuses
		}
	}
	t.persesRequests.WithLabelValues(r.Method, code).Inc()
	return response, err
}
