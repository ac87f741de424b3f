package summary_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/summary"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

const fourKilobytes = 4 << 10

// encoded returns the summary as JSON.
func encoded(t testing.TB, document string, limit int) string {
	t.Helper()
	o, err := summary.Of(worktest.Budget(), json.RawMessage(document), limit)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withPanels returns a dashboard with n panels of 1 KB each, ten per row.
func withPanels(n int) string {
	var panels, rows []string
	for i := range n {
		query := fmt.Sprintf(`{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"sum by (job, instance) (rate(http_requests_%d_total{job=~\"$job\",code!~\"5..\"}[$__rate_interval])) / on (job) up"}}}}`, i)
		panels = append(panels, fmt.Sprintf(`"requests%d":{"kind":"Panel","spec":{"display":{"name":"Requests of service %d","description":%q},"plugin":{"kind":"TimeSeriesChart","spec":{"yAxis":{"format":{"unit":"requests/sec"}}}},"queries":[%s]}}`,
			i, i, strings.Repeat("words ", 90), query))
		if i%10 == 0 {
			rows = append(rows, "")
		}
		rows[i/10] += fmt.Sprintf(`,{"x":0,"y":%d,"width":8,"height":6,"content":{"$ref":"#/spec/panels/requests%d"}}`, i, i)
	}
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"kind":"Grid","spec":{"display":{"title":"Row %d"},"items":[%s]}}`, i, rows[i][1:])
	}
	return `{"kind":"Dashboard","metadata":{"name":"d","tags":["a","b"]},"spec":{"display":{"name":"Many panels"},"panels":{` + strings.Join(panels, ",") + `},"layouts":[` + strings.Join(rows, ",") + `]}}`
}

// TestFit checks that all panels are shown or counted, and that the hint says what is missing.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		panels  int
		has     []string
		hasNot  []string
		allKeys bool
	}{
		{8, []string{"requests7 (Requests of service 7) timeseries [requests/sec]: sum by (job, instance) (rate(http_requests_7_total{"}, []string{"hint"}, true},
		{50, []string{"requests49 (Requests of service 49) timeseries: … http_requests…", "hint"}, nil, true},
		{100, []string{"requests99 (Requests", "hint"}, []string{"timeseries"}, true},
		{150, []string{"requests149", `"row":"Row 14"`, "hint"}, nil, true},
		{1000, []string{`"panel_count":1000`, `"row_count":100`, "more", "hint"}, nil, false},
	} {
		text := encoded(t, withPanels(c.panels), fourKilobytes)
		if len(text) > fourKilobytes || len(text) < fourKilobytes/2 && strings.Contains(text, "hint") {
			t.Errorf("%d panels: %d bytes", c.panels, len(text))
		}
		for _, part := range c.has {
			if !strings.Contains(text, part) {
				t.Errorf("%d panels: no %s in %s", c.panels, part, text)
			}
		}
		for _, part := range c.hasNot {
			if strings.Contains(text, part) {
				t.Errorf("%d panels: %s is in %s", c.panels, part, text)
			}
		}
		for i := 0; c.allKeys && i < c.panels; i++ {
			if key := fmt.Sprintf("requests%d", i); !strings.Contains(text, key+" ") && !strings.Contains(text, key+`"`) {
				t.Errorf("%d panels: %s is missing", c.panels, key)
			}
		}
	}
}

// TestRealDashboards summarizes the dashboards in the Perses module.
func TestRealDashboards(t *testing.T) {
	for _, document := range persestest.Dashboards(t) {
		text := encoded(t, string(document), fourKilobytes)
		var d struct {
			Spec struct {
				Panels map[string]json.RawMessage
			}
		}
		if err := json.Unmarshal(document, &d); err != nil {
			t.Fatal(err)
		}
		for key := range d.Spec.Panels {
			if !strings.Contains(text, `"`+key+" ") && !strings.Contains(text, `"`+key+`"`) {
				t.Errorf("panel %s is missing in %s", key, text)
			}
		}
		if len(text) > fourKilobytes {
			t.Errorf("%d bytes", len(text))
		}
	}
}

// TestWorkIsLinear summarizes a dashboard with more links than fit. Links that are not shown must not cost work at every scale.
func TestWorkIsLinear(t *testing.T) {
	const links, perLink = 50_000, 250 // units: 200 for its bytes
	document := `{"kind":"Dashboard","spec":{"links":[` + strings.TrimSuffix(strings.Repeat(`{"url":"https://example.org/some/where","name":"x"},`, links), ",") + `]}}`
	budget := worktest.Budget()
	o, err := summary.Of(budget, json.RawMessage(document), fourKilobytes)
	if err != nil || len(o.Links) == 0 || budget.Used() > links*perLink {
		t.Errorf("%d lines in %d units, %v", len(o.Links), budget.Used(), err)
	}
}

func FuzzOf(f *testing.F) {
	f.Add(withPanels(3), 900)
	f.Add(`{"spec":{"display":{"name":"\u0000\u2028"},"links":[7,{"url":"x"}],"variables":[{"kind":"ListVariable","spec":{"name":"v","plugin":{"kind":"StaticListVariable","spec":{"values":7}}}}],"panels":{"":{},"p":null},"layouts":[{"spec":{"items":[null]}}]}}`, 100)
	f.Fuzz(func(t *testing.T, document string, limit int) {
		budget := worktest.Budget()
		o, err := summary.Of(budget, json.RawMessage(document), limit)
		if used := budget.Used(); used > int64(50_000+1000*len(document)) {
			t.Errorf("%d units for %d bytes", used, len(document))
		}
		if err != nil {
			return
		}
		// The minimum takes a few hundred bytes; characters of the fuzzer may take six bytes each in JSON.
		if text := encoded(t, document, 0); len(text) > 3000 {
			t.Errorf("%d bytes: %s", len(text), text)
		}
		if limit >= 3000 && len(encoded(t, document, limit)) > limit {
			t.Errorf("%d bytes, want %d: %+v", len(encoded(t, document, limit)), limit, o)
		}
	})
}

// BenchmarkOf summarizes a dashboard of 1 MB.
func BenchmarkOf(b *testing.B) {
	document := json.RawMessage(withPanels(1150))
	b.Logf("%d bytes", len(document))
	for b.Loop() {
		if _, err := summary.Of(worktest.Budget(), document, fourKilobytes); err != nil {
			b.Fatal(err)
		}
	}
}
