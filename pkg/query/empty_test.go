package query_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/value"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

// TestWhyAQueryIsEmpty asks a real Prometheus, in which a series has samples for ten minutes and then ends.
func TestWhyAQueryIsEmpty(t *testing.T) {
	p := persestest.SharedPrometheus(t)
	start := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	samples := persestest.Samples(start, time.Minute, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, math.Float64frombits(value.StaleNaN))
	if err := p.Write(t.Context(), persestest.Series{Name: "empty_test_total", Labels: map[string]string{"job": "a", "zone": "eu"}, Samples: samples},
		persestest.Series{Name: "empty_test_total", Labels: map[string]string{"job": "b", "zone": "us"}, Samples: samples}); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.add("prom", spec(query.Prometheus, p.URL, true, nil))
	b.add("silent", object{"plugin": object{"kind": query.Prometheus, "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{
		"url": p.URL, "allowedEndpoints": []object{{"endpointPattern": "^/api/v1/query$", "method": "POST"}}}}}}})
	const samplesAreThere = "The series that it selects have samples at this time, but the expression leaves none"
	for _, c := range []struct {
		datasource, query string
		at                time.Duration // after start
		want              string
	}{
		{"prom", "empty_tests_total", 5 * time.Minute, "There is no metric empty_tests_total. Nearest names: empty_test_total."},
		{"prom", "empty_test_total_bucket", 5 * time.Minute, "There is no metric empty_test_total_bucket, but empty_test_total, most likely a native histogram: leave out _bucket and le."},
		{"prom", `empty_test_total{job="c"}`, 5 * time.Minute, `No series of empty_test_total has job="c". Its job has the values "a", "b".`},
		{"prom", `empty_test_total{cluster="c"}`, 5 * time.Minute, "No series of empty_test_total has a label cluster."},
		{"prom", `empty_test_total{job="a",zone="us"}`, 5 * time.Minute, `empty_test_total has series for each of the matchers of empty_test_total{job="a",zone="us"}, but none for all of them together.`},
		{"prom", "empty_test_total > 100", 5 * time.Minute, samplesAreThere},
		{"prom", "(empty_test_total)", 12 * time.Minute, "The series that it selects have no sample at this time, but have some before"},
		{"prom", "empty_test_total", 10 * time.Hour, "The metric empty_test_total exists, but has no samples at this time."},
		// Where an expression reaches: its ranges and offsets add up.
		{"prom", "rate(empty_test_total[1h] offset 1d) > 100", 25 * time.Hour, samplesAreThere},
		{"prom", "rate(empty_test_total[1h] offset 1d)", 26 * time.Hour, "The metric empty_test_total exists, but has no samples at this time."},
		{"prom", "max_over_time(rate(empty_test_total[10m])[1h:1m] offset 1h) > 100", 2 * time.Hour, samplesAreThere},
		{"prom", "empty_test_total offset -1h > 100", -55 * time.Minute, samplesAreThere},
		{"prom", "empty_test_total @ 1769904300 > 100", 50 * time.Hour, samplesAreThere},
		{"prom", "vector(1) == 2", 0, "The query gives nothing at this time."},
		// Nothing is claimed that is not known.
		{"silent", "empty_tests_total", 5 * time.Minute, "The query gives nothing at this time; why is not known"},
	} {
		source := b.find(query.Selector{Name: c.datasource})
		at := start.Add(c.at)
		if answer, err := source.Instant(t.Context(), c.query, at); err != nil || len(answer.Series) > 0 {
			t.Errorf("%s: got %+v, %v, want nothing", c.query, answer, err)
		}
		if got := source.WhyEmpty(t.Context(), c.query, at, at).String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s at %s:\n got %s\nwant %s", c.query, c.at, got, c.want)
		}
	}
}

// TestNearValuesArePaidFor has as many values of a label as are read.
func TestNearValuesArePaidFor(t *testing.T) {
	values := make([]string, 300_000)
	for i := range values {
		values[i] = strconv.Itoa(i * 7919 % len(values))
	}
	budget := work.New(t.Context(), work.Max)
	if got := query.Quoted(budget, "value", values); !strings.HasSuffix(got, "and 299992 more") || budget.Used() < int64(len(values)) {
		t.Errorf("got %s for %d units", got, budget.Used())
	}
	spent := work.New(t.Context(), 1000)
	if got := query.Quoted(spent, "value", values); !strings.HasSuffix(got, "and 299992 more") || spent.Used() > 10_000 {
		t.Errorf("got %s for %d units of a spent budget", got, spent.Used())
	}
}
