package edit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// large returns a dashboard of about size bytes, formatted like a response from Perses, with rows of 20 panels.
func large(size int) json.RawMessage {
	var panels, layouts []string
	for length := 0; length < size; {
		var items []string
		for range 20 {
			i := len(panels)
			panel := fmt.Sprintf(`"p%d":{"kind":"Panel","spec":{"display":{"name":"Panel %d","description":"of $job \u003cb\u003e"},"plugin":{"kind":"TimeSeriesChart","spec":{"legend":{"mode":"table","position":"bottom","values":["mean","max"]},"thresholds":{"steps":[{"color":"#ff0000","value":0.8}]},"visual":{"lineWidth":1.5,"areaOpacity":0.3},"yAxis":{"format":{"unit":"bytes","decimalPlaces":2},"min":0}}},"queries":[%s]}}`,
				i, i, strings.TrimSuffix(strings.Repeat(`{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"datasource":{"kind":"PrometheusDatasource","name":"prom"},"minStep":"15s","query":"sum by (job, instance) (rate(process_cpu_seconds_total{job=~\"$job\", instance=~\"$instance\"}[$__rate_interval])) \u003e 0","seriesNameFormat":"{{job}} {{instance}}"}}}},`, 3), ","))
			panels = append(panels, panel)
			length += len(panel) + 100
			items = append(items, fmt.Sprintf(`{"x":%d,"y":%d,"width":12,"height":8,"content":{"$ref":"#/spec/panels/p%d"}}`, i%2*12, i%20/2*8, i))
		}
		layouts = append(layouts, fmt.Sprintf(`{"kind":"Grid","spec":{"display":{"title":"Row %d","collapse":{"open":true}},"items":[%s]}}`, len(layouts), strings.Join(items, ",")))
	}
	return json.RawMessage(`{"kind":"Dashboard","metadata":{"name":"large","project":"shop","version":3},"spec":{"display":{"name":"Large"},"duration":"1h","variables":[{"kind":"ListVariable","spec":{"name":"job","allowAllValue":true,"allowMultiple":true,"plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"job"}}}},{"kind":"ListVariable","spec":{"name":"instance","plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"instance","matchers":["up{job=~\"$job\"}"]}}}}],"panels":{` +
		strings.Join(panels, ",") + `},"layouts":[` + strings.Join(layouts, ",") + `]}}`)
}

// BenchmarkEdit measures edits of a dashboard of 1 MB. An edit of one panel must take at most 50 ms.
func BenchmarkEdit(b *testing.B) {
	document := large(1 << 20)
	hundred := make([]string, 100)
	for i := range hundred {
		hundred[i] = fmt.Sprintf(`{"op":"change_panel","panel":"Panel %d","set":{"unit":"seconds"}}`, i)
	}
	for _, of := range []struct{ name, edits string }{
		{"change", `{"op":"change_panel","panel":"Panel 300","set":{"unit":"seconds"}}`},
		{"add", `{"op":"add_panel","panel":{"title":"New","query":"up"},"after":"Panel 300"}`},
		{"rename", `{"op":"rename_variable","variable":"job","to":"service"}`},
		{"replace", `{"op":"replace_datasource","from":"prom","to":"thanos"}`},
		{"patch", `{"op":"replace","path":"/spec/panels/p300/spec/display/name","value":"New"}`},
		{"hundred", strings.Join(hundred, ",")},
	} {
		b.Run(of.name, func(b *testing.B) {
			var edits []json.RawMessage
			if err := json.Unmarshal([]byte("["+of.edits+"]"), &edits); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(document)))
			for b.Loop() {
				if _, diff, err := edit.Apply(worktest.Budget(), document, edits, env, secrets); err != nil || diff == nil {
					b.Fatal(diff, err)
				}
			}
		})
	}
}
