package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/perses/mcp-server/pkg/telemetry"
)

func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	m := telemetry.NewMetrics()
	m.Begin("perses_list_projects")(1000, false)
	m.Begin("perses_list_projects")(0, true)
	m.Begin("resources/list")(-1, false)
	m.Begin("perses_query") // still in progress
	m.Answered(http.StatusTooManyRequests)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(map[string]int{"/none": 404, "/odd": 799}[r.URL.Path])
	}))
	client := &http.Client{Transport: m.Transport(&http.Transport{})}
	for _, path := range []string{"/none", "/odd"} {
		response, err := client.Get(backend.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	backend.Close()
	if response, err := client.Post(backend.URL, "", nil); err == nil {
		_ = response.Body.Close()
		t.Error("a closed server answers")
	}
	got := scrape(t, m)
	for _, line := range []string{
		`perses_mcp_calls_total{call="perses_list_projects"} 2`,
		`perses_mcp_call_errors_total{call="perses_list_projects"} 1`,
		`perses_mcp_call_errors_total{call="resources/list"} 0`,
		`perses_mcp_call_duration_seconds_count{call="perses_list_projects"} 2`,
		`perses_mcp_call_answer_bytes_sum{call="perses_list_projects"} 1000`,
		`perses_mcp_call_answer_bytes_count{call="perses_list_projects"} 1`,
		`perses_mcp_calls_in_flight 1`,
		`perses_mcp_http_requests_total{code="429"} 1`,
		`perses_mcp_perses_requests_total{code="404",method="GET"} 1`,
		`perses_mcp_perses_requests_total{code="unknown",method="GET"} 1`,
		`perses_mcp_perses_requests_total{code="error",method="POST"} 1`,
		`perses_mcp_perses_request_duration_seconds_count 2`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("missing: %s", line)
		}
	}
	for _, name := range []string{"perses_mcp_build_info{", "go_goroutines ", `perses_mcp_call_answer_bytes_count{call="resources/list"}`} {
		if strings.Contains(got, name) == strings.Contains(name, "resources/list") {
			t.Errorf("%s: present: %t", name, strings.Contains(got, name))
		}
	}
	problems, err := promlint.New(strings.NewReader(got)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "perses_mcp_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestNoMetrics(t *testing.T) {
	var none *telemetry.Metrics
	none.Begin("x")(1, true)
	none.Answered(200)
	if none.Transport(http.DefaultTransport) != http.DefaultTransport {
		t.Error("Transport wraps the RoundTripper")
	}
}
