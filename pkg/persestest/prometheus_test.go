package persestest

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrometheusScrapesItsTargets(t *testing.T) {
	p, err := StartPrometheus(t.Context(), PrometheusOptions{Targets: []Target{
		{Job: "perses", Address: strings.TrimPrefix(Shared(t).URL, "http://"), Labels: map[string]string{"team": "dashboards"}},
		{Job: "elsewhere", Address: strings.TrimPrefix(Shared(t).URL, "http://"), Path: "/api/v1/none"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	for _, query := range []string{
		`prometheus_tsdb_head_series > 0`,
		`up{job="perses", team="dashboards"} == 1`,
		`process_resident_memory_bytes{job="perses"} > 0`,
		`up{job="elsewhere"} == 0`,
		`count(up) == 3`,
	} {
		if err := p.WaitFor(t.Context(), query); err != nil {
			t.Error(err)
		}
	}

	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if exists(p.dir) {
		t.Errorf("%s still exists", p.dir)
	}
	if err := p.get(t.Context(), "/-/ready", nil, nil); err == nil {
		t.Errorf("%s answers after it was stopped", p.URL)
	}
}

func TestStartReportsWhyPrometheusIsNotReady(t *testing.T) {
	_, err := StartPrometheus(t.Context(), PrometheusOptions{Targets: []Target{{Job: "prometheus", Address: "127.0.0.1:1"}}})
	if want := "found multiple scrape configs with job name"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}

func TestWaitForRefusesInvalidQueries(t *testing.T) {
	err := SharedPrometheus(t).WaitFor(t.Context(), "up{")
	if err == nil || !strings.Contains(err.Error(), "parse error") {
		t.Errorf("got error %v", err)
	}
}

func TestPersesQueriesPrometheus(t *testing.T) {
	perses, prometheus := Shared(t), SharedPrometheus(t)
	project := "/projects/" + NewProject(t, perses)
	datasource := object{"kind": "Datasource", "metadata": object{"name": "prometheus"}, "spec": prometheus.Datasource()}
	if err := perses.call(t.Context(), http.MethodPost, "/api/v1"+project+"/datasources", "", datasource, nil); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Status string }
	query := "/proxy" + project + "/datasources/prometheus/api/v1/query?" + url.Values{"query": {"up"}}.Encode()
	if err := perses.call(t.Context(), http.MethodGet, query, "", nil, &answer); err != nil || answer.Status != "success" {
		t.Errorf("got status %q, error %v", answer.Status, err)
	}
}

func TestPrometheusIsBuiltOnce(t *testing.T) {
	first, err := BuildPrometheus(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var progress strings.Builder
	again, err := BuildPrometheus(t.Context(), &progress)
	if err != nil || again != first || progress.Len() > 0 {
		t.Errorf("got %s, error %v, progress %q; want %s", again, err, &progress, first)
	}
}

func TestPrometheusOnPath(t *testing.T) {
	dir := t.TempDir()
	want := filepath.Join(dir, "prometheus")
	if err := os.WriteFile(want, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if got, err := BuildPrometheus(t.Context(), io.Discard); err != nil || got != want {
		t.Errorf("got %s, error %v, want %s", got, err, want)
	}
}
