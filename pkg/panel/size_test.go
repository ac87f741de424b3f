package panel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/panel"
)

// TestManySeriesAreBounded runs panels whose answers together exceed the maximum size of a run. Queries beyond it are not sent, and
// panels with the same query share the memory of the names.
func TestManySeriesAreBounded(t *testing.T) {
	r := newRoom(t)
	long := strings.Repeat("x", 200)
	var series []string
	for i := range 8000 {
		series = append(series, fmt.Sprintf(`{"metric":{"a":"%d %s","b":%q},"values":[[1700000000,"3"]]}`, i, long, long))
	}
	address, asked := answering(t, map[string]string{"/loki/api/v1/query_range": `{"data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`})
	r.datasource("LokiDatasource", "many", address)
	const panels = 30
	run := func(query func(i int) string) (data, failed int) {
		var all []string
		for i := range panels {
			all = append(all, fmt.Sprintf(`"p%d":{"kind":"Panel","spec":{"plugin":{"kind":"TimeSeriesChart","spec":{}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"LokiTimeSeriesQuery","spec":{"query":%q,"datasource":{"kind":"LokiDatasource","name":"many"}}}}}]}}`, i, query(i)))
		}
		for _, p := range r.run(r.dashboard(`{"panels":{`+strings.Join(all, ",")+`}}`), panel.Options{}).Panels {
			if p.Status == panel.Data {
				data++
			} else if strings.Contains(p.Why, "more data than one call can hold") {
				failed++
			}
		}
		return data, failed
	}
	data, failed := run(func(i int) string { return fmt.Sprintf("rate({a=\"%d\"}[1m])", i) })
	if data == 0 || data > 4 || data+failed != panels || len(asked()) > 16 {
		t.Errorf("of different queries %d panels have data, %d have no room, and %d were asked", data, failed, len(asked()))
	}
	before := len(asked())
	data, _ = run(func(int) string { return `rate({a="b"}[1m])` })
	if data < 20 || len(asked())-before != 1 {
		t.Errorf("of one query %d panels have data, and %d were asked", data, len(asked())-before)
	}
}
