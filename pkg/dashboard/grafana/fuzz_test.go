package grafana_test

import (
	"encoding/json"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/grafana"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// FuzzMigration checks that no dashboard of Grafana and no result of Perses' migration causes a panic, and that the output is
// JSON.
func FuzzMigration(f *testing.F) {
	for _, seed := range [][2]string{
		{shop, migratedShop},
		{`{"panels":[{"type":"row","panels":[{"type":"logs","targets":[{"expr":"{a=\"b\"}","datasource":{"type":"loki"}}]}]}]}`, `{"spec":{"panels":{"0_0":{"spec":{"plugin":{"spec":{"text":"**Migration from Grafana not supported !**"}}}}}}}`},
		{`{"dashboard":{"dashboard":{"panels":[{}]}}}`, `{"spec":{"panels":{"0":{"spec":{"queries":[1]}}},"layouts":[{"spec":{"items":[{"content":{}}]}}]}}`},
		{`{"panels":[{"targets":[{"datasource":7,"interval":7}],"gridPos":{"x":1e300},"links":7}],"templating":{"list":[{"type":"query","query":7,"regex":"/(/x"}]}}`, `{"spec":{"variables":[{"spec":7}]}}`},
		{`{"panels":[{"gridPos":[]}],"time":7,"tags":7,"annotations":[],"__inputs":[{"type":"constant","name":"VAR_X"}]}`, `[]`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, document, migrated []byte) {
		budget := worktest.Budget()
		s, err := grafana.Read(budget, document)
		if err != nil {
			return
		}
		if !json.Valid(s.Prepared()) {
			t.Errorf("prepared: %s", s.Prepared())
		}
		chosen, _, err := s.MapDatasources(budget, nil, []grafana.Target{{Kind: "LokiDatasource", Name: "loki"}})
		if err != nil {
			t.Error(err)
		}
		fixed, report, err := s.Fix(budget, migrated, chosen, lokiPlugins)
		if err == nil && (!json.Valid(fixed) || report.Panels > s.Panels()) {
			t.Errorf("got %s, %v", fixed, report)
		}
		if used := budget.Used(); used > int64(2000+50*(len(document)+len(migrated))) {
			t.Errorf("%d units for %d and %d bytes", used, len(document), len(migrated))
		}
	})
}
