// Package telemetrytest provides a fake trace collector.
package telemetrytest

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// Path is the path at which a collector accepts traces.
const Path = "/v1/traces"

// Span is a received span.
type Span struct {
	Name, Kind            string
	TraceID, ID, ParentID string // hexadecimal; ParentID is empty for a root span
	Status, StatusText    string
	Attributes            map[string]string
	Resource              map[string]string // attributes of the service
}

// Collector stores the spans that it receives.
type Collector struct {
	URL string

	mu       sync.Mutex
	received []byte
	spans    []Span
	headers  http.Header
}

// Start starts a collector that runs until the test ends. A request that is not an export of traces in protobuf fails the test.
func Start(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != Path || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("the collector received %s %s of type %q: %v", r.Method, r.URL, r.Header.Get("Content-Type"), err)
		}
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			t.Errorf("the collector received an invalid request: %v", err)
		}
		c.add(body, &request, r.Header)
		w.Header().Set("Content-Type", "application/x-protobuf") // an empty body means that all spans were accepted
	}))
	t.Cleanup(s.Close)
	c.URL = s.URL
	return c
}

func (c *Collector) add(body []byte, request *collector.ExportTraceServiceRequest, headers http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received = append(c.received, body...)
	c.headers = headers
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans = append(c.spans, Span{
					Name: span.GetName(), Kind: span.GetKind().String(),
					TraceID: hex.EncodeToString(span.GetTraceId()), ID: hex.EncodeToString(span.GetSpanId()), ParentID: hex.EncodeToString(span.GetParentSpanId()),
					Status: span.GetStatus().GetCode().String(), StatusText: span.GetStatus().GetMessage(),
					Attributes: textsOf(span.GetAttributes()), Resource: textsOf(resource.GetResource().GetAttributes()),
				})
			}
		}
	}
}

func textsOf(attributes []*common.KeyValue) map[string]string {
	texts := map[string]string{}
	for _, a := range attributes {
		if _, isText := a.GetValue().GetValue().(*common.AnyValue_StringValue); isText {
			texts[a.GetKey()] = a.GetValue().GetStringValue()
			continue
		}
		texts[a.GetKey()] = a.GetValue().String()
	}
	return texts
}

// Spans returns the received spans in the order in which they ended.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// Received returns the raw requests.
func (c *Collector) Received() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.received)
}

// Headers returns the headers of the last request.
func (c *Collector) Headers() http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.headers.Clone()
}
