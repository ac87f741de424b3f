package panel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// TestRunIsLimited lays out a dashboard with more panels, and more queries, than one call can run.
func TestRunIsLimited(t *testing.T) {
	d := dashboard.Dashboard{Panels: map[string]dashboard.Panel{}}
	for i := range 10_000 {
		key := fmt.Sprintf("p%05d", i)
		d.Panels[key] = dashboard.Panel{Key: key, Queries: make([]dashboard.Query, i%5)}
	}
	d.Panels["a"] = dashboard.Panel{Key: "a", Queries: make([]dashboard.Query, 50_000)}
	r := &run{dashboard: d, client: &perses.Client{Work: work.New(t.Context(), work.Max)}}
	r.variables = &variables{run: r}
	var result Result
	jobs, err := r.layOut(&result)
	if err != nil || len(jobs) != maxPanels || len(result.Notes) != 1 || !strings.HasPrefix(result.Notes[0], "9501 panels that are in no layout are omitted") {
		t.Fatalf("got %d jobs, %q, %v", len(jobs), result.Notes, err)
	}
	asked := 0
	for _, j := range jobs {
		if j.skipped == "" {
			asked += len(j.result.Panel.Queries)
		}
	}
	if want := "It was not run: its 50000 queries would exceed the maximum of 1000 queries in one call."; jobs[0].skipped != want || asked > maxQueries || asked < maxQueries-4 {
		t.Errorf("got %q, and %d queries", jobs[0].skipped, asked)
	}
}

// TestQueryLengthIsLimited refers to a variable with many values so often that no datasource would accept the query.
func TestQueryLengthIsLimited(t *testing.T) {
	values := dashboard.Value{IsList: true}
	for i := range 10_000 {
		values.Values = append(values.Values, fmt.Sprint("instance-", i))
	}
	for _, plugin := range dashboard.QueryPlugins() {
		c := conditions{spec: gjson.Parse(`{"query":"` + strings.Repeat("$a ", 8000) + `"}`), start: time.Unix(0, 0), end: time.Unix(3600, 0), budget: work.New(t.Context(), work.Max)}
		c.values = dashboard.Values{"a": values}
		_, err := prepare(plugin, c)
		if err == nil || !strings.HasPrefix(err.Error(), "its query cannot be run with these values of variables: with the values of $a the text would exceed 1048576 bytes") {
			t.Errorf("%s: got %v", plugin.Name, err)
		}
	}
}
