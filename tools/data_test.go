package tools_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"

	"github.com/perses/mcp-server/pkg/persestest"
)

// talkTime is the time of the first samples.
var talkTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var talkOnce sync.Once

// withSamples returns the shared Prometheus of the tests with samples of known values.
func withSamples(t testing.TB) *persestest.Prometheus {
	t.Helper()
	p := persestest.SharedPrometheus(t)
	talkOnce.Do(func() {
		if err := p.Write(t.Context(), talkSamples()...); err != nil {
			t.Fatal(err)
		}
		if err := p.WaitFor(t.Context(), `prometheus_build_info`); err != nil {
			t.Fatal(err)
		}
	})
	return p
}

// talkSamples returns series with samples every 15 seconds for an hour from talkTime on. Each has a sample now, too, because labels
// are searched in recent data.
func talkSamples() []persestest.Series {
	const step = 15 * time.Second
	var all []persestest.Series
	add := func(name string, labels map[string]string, value func(i int) float64) {
		var values []float64
		for i := range 241 {
			values = append(values, value(i))
		}
		samples := append(persestest.Samples(talkTime, step, values...), persestest.Sample{Time: time.Now(), Value: value(240)})
		all = append(all, persestest.Series{Name: name, Labels: labels, Samples: samples})
	}
	for i, instance := range []string{"a", "b", "c"} {
		// The first counter increases by 1 per second, the second by 2, the third by 3.
		add("talk_requests_total", map[string]string{"job": "web", "instance": instance}, func(n int) float64 { return float64(15 * n * (i + 1)) })
		add("talk_memory_bytes", map[string]string{"job": "web", "instance": instance}, func(int) float64 { return float64(uint64(1<<30) << i) })
	}
	add("talk_up", map[string]string{"job": "web", "instance": "a"}, func(n int) float64 { return float64(n % 2) })
	add("talk_odd", map[string]string{"what": "nan"}, func(int) float64 { return math.NaN() })
	add("talk_odd", map[string]string{"what": "up"}, func(int) float64 { return math.Inf(1) })
	add("talk_odd", map[string]string{"what": "down"}, func(int) float64 { return math.Inf(-1) })
	add("talk_long", map[string]string{"path": strings.Repeat("x", 10_000), "name": "naïve 🙂 日本"}, func(int) float64 { return 1 })
	// Series with recent samples, for queries of a range until now.
	var recent []float64
	for i := range 121 {
		recent = append(recent, float64(i%7))
	}
	now := time.Now().Add(-120 * step)
	for _, instance := range []string{"a", "b"} {
		all = append(all,
			persestest.Series{Name: "checkout_memory_bytes", Labels: map[string]string{"job": "web", "instance": instance}, Samples: persestest.Samples(now, step, recent...)},
			persestest.Series{Name: "checkout_requests_total", Labels: map[string]string{"job": "web", "code": "200", "instance": instance}, Samples: persestest.Samples(now, step, recent...)},
			persestest.Series{Name: "checkout_received_bytes_total", Labels: map[string]string{"instance": instance}, Samples: persestest.Samples(now, step, recent...)},
			persestest.Series{Name: "checkout_seconds_bucket", Labels: map[string]string{"le": "+Inf", "instance": instance}, Samples: persestest.Samples(now, step, recent...)},
			persestest.Series{Name: "checkout_seconds_sum", Labels: map[string]string{"instance": instance}, Samples: persestest.Samples(now, step, recent...)},
			persestest.Series{Name: "checkout_seconds_count", Labels: map[string]string{"instance": instance}, Samples: persestest.Samples(now, step, recent...)})
	}
	all = append(all, persestest.Series{Name: "talk_gap", Samples: []persestest.Sample{
		{Time: talkTime, Value: 1}, {Time: talkTime.Add(step), Value: math.Float64frombits(0x7ff0000000000002)}, {Time: talkTime.Add(30 * time.Minute), Value: 2}}})
	all = append(all, persestest.Series{Name: "talk_seconds", Samples: []persestest.Sample{{Time: time.Now(), Histogram: &histogram.FloatHistogram{
		Schema: 0, Count: 10, Sum: 25, PositiveSpans: []histogram.Span{{Offset: 0, Length: 3}}, PositiveBuckets: []float64{5, 3, 2}}}}})
	return all
}
