package grafana_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/grafana"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// many repeats a format string with the index for %d.
func many(times int, one string) string {
	all := make([]string, times)
	for i := range all {
		all[i] = strings.ReplaceAll(one, "%d", fmt.Sprint(i))
	}
	return strings.Join(all, ",")
}

// TestConstantsAreBounded checks long constants with many uses.
func TestConstantsAreBounded(t *testing.T) {
	_, err := grafana.Read(worktest.Budget(), json.RawMessage(`{"__inputs":[{"type":"constant","name":"VAR_X","value":"`+strings.Repeat("x", 100_000)+`"}],"panels":[{"title":"`+strings.Repeat("${VAR_X}", 1000)+`"}]}`))
	if want := "the values of its constants (__inputs) take more than 1048576 bytes in total; replace them before the migration"; err == nil || err.Error() != want {
		t.Error(err)
	}
}

// TestMigrationIsLinear migrates a dashboard with many panels, variables and datasources within the budget of a call.
func TestMigrationIsLinear(t *testing.T) {
	const times = 20_000
	budget := worktest.Budget()
	document := `{"panels":[` + many(times, `{"type":"t%d","title":"p%d","targets":[{"expr":"up","datasource":"d%d"}]}`) + `],"templating":{"list":[` + many(times, `{"type":"adhoc","name":"v%d"}`) + `]}}`
	s, err := grafana.Read(budget, json.RawMessage(document))
	if err != nil {
		t.Fatal(err)
	}
	mapping := map[string]string{}
	for i := range times {
		mapping[fmt.Sprintf("D%d", i)] = "prom"
	}
	chosen, _, err := s.MapDatasources(budget, mapping, []grafana.Target{{Kind: "PrometheusDatasource", Name: "prom"}})
	if err != nil {
		t.Fatal(err)
	}
	migrated := `{"spec":{"panels":{` + many(times, `"%d":{"spec":{"plugin":{"kind":"Markdown","spec":{"text":"**Migration from Grafana not supported !**"}}}}`) + `},"variables":[` + many(times, `{"spec":{"name":"v%d","plugin":{"spec":{"values":["grafana","migration","not","supported"]}}}}`) + `]}}`
	_, report, err := s.Fix(budget, json.RawMessage(migrated), chosen, grafana.Available{})
	if err != nil || len(report.NotMigrated) != times || len(report.Lost) != 1 {
		t.Fatal(err, len(report.NotMigrated), report.Lost)
	}
	if used := budget.Used(); used > int64(20*(len(document)+len(migrated))) {
		t.Errorf("%d units for %d bytes", used, len(document)+len(migrated))
	}
}
