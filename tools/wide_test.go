package tools_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// TestQueryOfAMillionPoints queries a million points with long numbers and fractional times: 42 MB, which must still lead to an
// answer within the limit.
func TestQueryOfAMillionPoints(t *testing.T) {
	const wide, step = 1000, 250 * time.Millisecond // so that one sample of each series is behind all of its points
	var all []persestest.Series
	for i := range wide {
		all = append(all, persestest.Series{Name: "wide_seconds", Labels: map[string]string{"n": strconv.Itoa(i)},
			Samples: persestest.Samples(talkTime, 0, float64(i+1))})
	}
	prometheus := withSamples(t)
	if err := prometheus.Write(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	datasource := object{"kind": "Datasource", "metadata": object{"name": "prom", "project": project}, "spec": prometheus.Datasource()}
	if text, failed := host.Call("perses_apply_resource", object{"resource": datasource}); failed {
		t.Fatal(text)
	}
	start := talkTime.Add(time.Millisecond)
	text, failed := host.Call("perses_query", object{"project": project, "query": "-wide_seconds / 7e9", "step": step.String(),
		"start": start.Format(time.RFC3339Nano), "end": start.Add((wide - 1) * step).Format(time.RFC3339Nano)})
	if failed || len(text) > 40_000 || !strings.Contains(text, `"total":1000`) || !strings.Contains(text, `"left_out":"980 more series`) {
		t.Errorf("got %d bytes: %.500s", len(text), text)
	}
}
