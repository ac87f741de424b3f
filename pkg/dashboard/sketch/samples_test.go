package sketch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// sample returns a sketch from testdata without spaces, as a model writes it.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "sketches", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return compact(t, raw)
}

func compact(t testing.TB, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSamples checks that Perses accepts the expanded samples, and that Of returns the same sketch, because the samples are
// written as Of writes them. A datasource variable is removed for Perses, because its plugin is not available as a Go
// module.
func TestSamples(t *testing.T) {
	for _, name := range []string{"service", "node", "logs"} {
		t.Run(name, func(t *testing.T) {
			raw := sample(t, name)
			document := expand(t, raw, sketch.Env{})
			if again := expand(t, raw, sketch.Env{}); !bytes.Equal(document, again) {
				t.Error("the same sketch has given another document")
			}
			known := bytes.Replace(raw, []byte(`"plugin":"DatasourceVariable","options":{"datasourcePluginKind":"PrometheusDatasource"}`), []byte(`"text":"prom"`), 1)
			if refusal := persestest.Refusal(t, expand(t, known, sketch.Env{})); refusal != "" {
				t.Errorf("%s\n%s", refusal, document)
			}
			s, rest := roundTrip(t, document)
			written, err := json.Marshal(s)
			if err != nil || len(rest) > 0 {
				t.Fatal(rest, err)
			}
			if bytes.Contains(raw, []byte(`"each"`)) {
				return // Of never uses each
			}
			for _, d := range persestest.Differences(t, raw, written) {
				t.Error(d)
			}
		})
	}
}

// TestSketchIsShort checks that a sketch of twelve panels takes at most a fifth of the bytes of the document, both without
// spaces.
func TestSketchIsShort(t *testing.T) {
	raw := sample(t, "service")
	document := expand(t, raw, sketch.Env{})
	if panels := bytes.Count(document, []byte(`"kind":"Panel"`)); panels != 12 {
		t.Errorf("it has %d panels", panels)
	}
	t.Logf("%d bytes of a sketch, %d of a dashboard, 1 to %.2f", len(raw), len(document), float64(len(document))/float64(len(raw)))
	if len(raw)*5 > len(document) {
		t.Error("the sketch is more than a fifth of the dashboard")
	}
}

// big returns a sketch with a number of panels.
func big(panels int) sketch.Sketch {
	s := sketch.Sketch{Title: "Big", Datasource: "prom"}
	for i := range panels {
		if i%20 == 0 {
			s.Rows = append(s.Rows, sketch.Row{Title: fmt.Sprint("Row ", i)})
		}
		row := &s.Rows[len(s.Rows)-1]
		row.Panels = append(row.Panels, sketch.Panel{
			Title: "CPU usage", Description: strings.Repeat("What it is and what to do. ", 30), Unit: "percent-decimal", Thresholds: sketch.Thresholds{{Value: 0.7}, {Value: 0.9}},
			Queries: []sketch.Query{
				{Query: "sum by (job) (rate(process_cpu_seconds_total{job=~\"$job\",instance=~\"$instance\"}[$__rate_interval]))", Legend: "{{job}}", MinStep: "15s"},
				{Query: "sum by (job) (rate(process_cpu_seconds_total{job=~\"$job\"}[$__rate_interval] offset 1d))", Legend: "{{job}} a day ago"},
			},
		})
	}
	return s
}

func TestManyPanels(t *testing.T) {
	document := func(s sketch.Sketch) []byte {
		raw, err := s.Expand(worktest.Budget(), "shop", "big", sketch.Env{})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}(big(500))
	if _, rest := roundTrip(t, document); len(rest) > 0 {
		t.Error(rest)
	}
	if _, err := big(1001).Expand(worktest.Budget(), "shop", "big", sketch.Env{}); err == nil || err.Error() != "the sketch has 1001 panels; the maximum is 1000: split the dashboard" {
		t.Error(err)
	}
}

func BenchmarkExpand(b *testing.B) {
	s := big(600)
	var bytes int
	for b.Loop() {
		document, err := s.Expand(worktest.Budget(), "shop", "big", sketch.Env{})
		if err != nil {
			b.Fatal(err)
		}
		bytes = len(document)
	}
	b.ReportMetric(float64(bytes), "bytes")
}

func BenchmarkParse(b *testing.B) {
	raw, err := json.Marshal(big(600))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := sketch.Parse(worktest.Budget(), raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	document, err := big(600).Expand(worktest.Budget(), "shop", "big", sketch.Env{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := sketch.Of(worktest.Budget(), document); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(document)), "bytes")
}
