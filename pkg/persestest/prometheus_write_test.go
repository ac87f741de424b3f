package persestest

import (
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
)

// longAgo is a time at which no other test has samples.
var longAgo = time.Date(2020, 1, 2, 3, 4, 0, 0, time.UTC)

// queryResult returns the result of a request to Prometheus as JSON.
func queryResult(t *testing.T, p *Prometheus, path string, parameters url.Values) string {
	t.Helper()
	var answer struct {
		Data struct{ Result json.RawMessage }
	}
	if err := p.get(t.Context(), path, parameters, &answer); err != nil {
		t.Fatal(err)
	}
	return string(answer.Data.Result)
}

func write(t *testing.T, p *Prometheus, series ...Series) {
	t.Helper()
	if err := p.Write(t.Context(), series...); err != nil {
		t.Fatal(err)
	}
}

// isOld reports whether Prometheus, which may be one on the PATH, is older than 3.0.
func isOld(t *testing.T, p *Prometheus) bool {
	t.Helper()
	var build struct{ Data struct{ Version string } }
	if err := p.get(t.Context(), "/api/v1/status/buildinfo", nil, &build); err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(build.Data.Version, "2.")
}

func TestSamples(t *testing.T) {
	p := SharedPrometheus(t)
	write(t, p, Series{
		Name: "write_values", Labels: map[string]string{"zone": "b", "app": "a"},
		Samples: Samples(longAgo, time.Minute, 1, -2.5, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, math.Float64frombits(value.StaleNaN)),
	})
	got := queryResult(t, p, "/api/v1/query_range", url.Values{
		"query": {"write_values"}, "start": {longAgo.Format(time.RFC3339)}, "end": {longAgo.Add(time.Hour).Format(time.RFC3339)}, "step": {"60"},
	})
	want := `[{"metric":{"__name__":"write_values","app":"a","zone":"b"},"values":[[1577934240,"1"],[1577934300,"-2.5"],` +
		`[1577934360,"NaN"],[1577934420,"+Inf"],[1577934480,"-Inf"],[1577934540,"1e+300"]]}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSamplesInAnyOrder(t *testing.T) {
	p := SharedPrometheus(t)
	for _, minute := range []int{2, 0, 3, 1} {
		at := longAgo.Add(time.Duration(minute) * time.Minute)
		write(t, p, Series{Name: "write_order", Samples: Samples(at, 0, float64(minute))})
	}
	got := queryResult(t, p, "/api/v1/query", url.Values{"query": {"write_order[1h]"}, "time": {longAgo.Add(30 * time.Minute).Format(time.RFC3339)}})
	want := `[{"metric":{"__name__":"write_order"},"values":[[1577934240,"0"],[1577934300,"1"],[1577934360,"2"],[1577934420,"3"]]}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHistograms(t *testing.T) {
	p := SharedPrometheus(t)
	written := &histogram.FloatHistogram{
		Count: 7, Sum: 20, ZeroThreshold: 0.001, ZeroCount: 1,
		PositiveSpans: []histogram.Span{{Offset: 0, Length: 2}}, PositiveBuckets: []float64{2, 4}, // (0.5,1] and (1,2]
	}
	for name, start := range map[string]time.Time{
		"write_histogram_new": time.Now().Add(-30 * time.Minute).Truncate(time.Second),
		"write_histogram_old": longAgo,
	} {
		t.Run(name, func(t *testing.T) {
			if start.Equal(longAgo) && isOld(t, p) {
				t.Skip("this Prometheus does not accept histograms out of order")
			}
			write(t, p, Series{Name: name, Samples: []Sample{{Time: start, Histogram: written}, {Time: start.Add(time.Minute), Histogram: written}}})
			for query, want := range map[string]string{
				name:                            `"histogram":`,
				`histogram_count(` + name + `)`: `"7"]`,
				`histogram_sum(` + name + `)`:   `"20"]`,
				`histogram_fraction(1, 2, ` + name + `) * 7`: `"4"]`,
				`count_over_time(` + name + `[5m])`:          `"2"]`,
			} {
				got := queryResult(t, p, "/api/v1/query", url.Values{"query": {query}, "time": {start.Add(time.Minute).Format(time.RFC3339)}})
				if !strings.Contains(got, want) {
					t.Errorf("%s: got %s, want %s", query, got, want)
				}
			}
		})
	}
}

func TestWriteReportsRefusedSamples(t *testing.T) {
	tooOld := Series{Name: "write_refused", Samples: Samples(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), 0, 1)}
	if err := SharedPrometheus(t).Write(t.Context(), tooOld); err == nil || !strings.Contains(err.Error(), "too old") {
		t.Errorf("got error %v, want too old", err)
	}
}
