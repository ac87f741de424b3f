// Package telemetry provides Prometheus metrics and OTLP traces for operators. A nil *Metrics or *Tracing is off: its methods do nothing.
//
// Labels and attributes contain no values that callers choose, unless the number of possible values is limited.
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

// namespace is the prefix of the server's own metrics.
const namespace = "perses_mcp"

// Metrics are the metrics of a server.
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

// NewMetrics returns the metrics of a server, including those of its process and build.
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
		calls:          counter("calls_total", "Tool calls, and other MCP requests that reach Perses.", "call"),
		callErrors:     counter("call_errors_total", "Calls that were answered with an error.", "call"),
		callDuration:   prometheus.NewHistogramVec(histogram("call_duration_seconds", "Duration of calls.", seconds), []string{"call"}),
		answerBytes:    prometheus.NewHistogramVec(histogram("call_answer_bytes", "Size of successful answers: text, and pictures as PNG in base64.", prometheus.ExponentialBuckets(256, 4, 8)), []string{"call"}),
		inFlight:       prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "calls_in_flight", Help: "Calls in progress."}),
		httpRequests:   counter("http_requests_total", "Requests to the MCP endpoint by status code.", "code"),
		persesRequests: counter("perses_requests_total", "Requests to Perses, and for tokens, by method and status code; code is \"error\" if there was no response.", "method", "code"),
		persesDuration: prometheus.NewHistogram(histogram("perses_request_duration_seconds", "Time from a request to Perses to the start of the response.", seconds)),
		persesRetries:  prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "perses_retries_total", Help: "Read requests to Perses that were retried because it was unavailable."}),
	}
	m.registry.MustRegister(
		m.calls, m.callErrors, m.callDuration, m.answerBytes, m.inFlight, m.httpRequests, m.persesRequests, m.persesDuration, m.persesRetries,
		version.NewCollector(namespace), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler returns the handler that serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Begin starts the measurement of a call. The name becomes a label. end takes the size of the answer in bytes, or -1 if it is not
// measured, and whether the call failed.
func (m *Metrics) Begin(name string) (end func(size int, failed bool)) {
	if m == nil {
		return func(int, bool) {}
	}
	m.inFlight.Inc()
	began := time.Now()
	return func(size int, failed bool) {
		m.inFlight.Dec()
		m.calls.WithLabelValues(name).Inc()
		m.callDuration.WithLabelValues(name).Observe(time.Since(began).Seconds())
		errors := m.callErrors.WithLabelValues(name) // also creates the series with value 0, which rate() needs
		if failed {
			errors.Inc()
		} else if size >= 0 {
			m.answerBytes.WithLabelValues(name).Observe(float64(size))
		}
	}
}

// Answered counts a request to the MCP endpoint.
func (m *Metrics) Answered(status int) {
	if m != nil {
		m.httpRequests.WithLabelValues(strconv.Itoa(status)).Inc()
	}
}

// Retried counts a retried request to Perses.
func (m *Metrics) Retried() {
	if m != nil {
		m.persesRetries.Inc()
	}
}

// Transport returns a RoundTripper that counts the requests to Perses and passes them to next.
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
			code = "unknown" // limits the values of the label
		}
	}
	t.persesRequests.WithLabelValues(r.Method, code).Inc()
	return response, err
}
