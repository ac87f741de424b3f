package plugin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestWhereSchemasLie holds the rules to where the modules of github.com/perses/plugins have their schemas.
func TestWhereSchemasLie(t *testing.T) {
	for _, c := range []struct{ name, kind, module, file string }{
		{"TimeSeriesChart", "Panel", "TimeSeriesChart", "time-series.cue"},
		{"BarChart", "Panel", "BarChart", "bar.cue"},
		{"Table", "Panel", "Table", "table.cue"},
		{"TimeSeriesTable", "Panel", "TimeSeriesTable", "time-series-table.cue"},
		{"HeatMapChart", "Panel", "HeatMapChart", "heatmap.cue"},
		{"StatusHistoryChart", "Panel", "StatusHistoryChart", "status-history.cue"},
		{"LogsTable", "Panel", "LogsTable", "logstable.cue"},
		{"TraceTable", "Panel", "TraceTable", "trace-table.cue"},
		{"AlertTable", "Panel", "AlertManager", "alert-table/alert-table.cue"},
		{"Canvas", "Panel", "Canvas", "panels/canvas/canvas.cue"},
		{"StaticListVariable", "Variable", "StaticListVariable", "static-list.cue"},
		{"PrometheusPromQLVariable", "Variable", "Prometheus", "prometheus-promql/prometheus-promql.cue"},
		{"LokiLogQLVariable", "Variable", "Loki", "variables/loki-logql/loki-logql.cue"},
		{"VictoriaLogsLabelNamesVariable", "Variable", "VictoriaLogs", "variables/label-names/victorialogs-label-names.cue"},
		{"CloudWatchDimensionValuesVariable", "Variable", "CloudWatch", "variables/cloudwatch-dimension-values/cloudwatch-dimension-values.cue"},
		{"TempoTraceQuery", "TraceQuery", "Tempo", "tempo-trace-query/query.cue"},
		{"ClickHouseLogQuery", "LogQuery", "ClickHouse", "queries/click-house-log-query/query.cue"},
		{"GreptimeDBTraceQuery", "TraceQuery", "GreptimeDB", "queries/greptimedb-trace-query/query.cue"},
		{"AlertManagerAlertsQuery", "AlertsQuery", "AlertManager", "alertmanager-alerts-query/alertmanager-alerts-query.cue"},
		{"SQLTimeSeriesQuery", "TimeSeriesQuery", "SQL", "sql-time-series-query/sql-time-series-query.cue"},
		{"PrometheusDatasource", "Datasource", "Prometheus", "datasource/prometheus.cue"},
		{"SplunkDatasource", "Datasource", "Splunk", "datasources/splunk.cue"},
		{"ClickHouseDatasource", "Datasource", "ClickHouse", "datasources/click-house-datasource/click-house-datasource.cue"},
		{"JSONDatasource", "Datasource", "JSON", "datasources/json-datasource/json-datasource.cue"},
	} {
		files := Plugin{Name: c.name, Kind: c.kind, Module: c.module}.candidates()
		if i := slices.Index(files, "schemas/"+c.file); i < 0 {
			t.Errorf("%s: %s is not among %q", c.name, c.file, files)
		} else if i >= 4*atOnce {
			t.Errorf("%s: %s is looked for as the %dth", c.name, c.file, i)
		}
	}
}

func TestWhereDefinitionsLie(t *testing.T) {
	p := Plugin{Module: "Prometheus", SchemasPath: "schemas"}
	for _, c := range []struct{ imported, name, file string }{
		{"github.com/perses/shared/cue/common", "#legendWithValues", "cue.mod/pkg/github.com/perses/shared/cue/common/legend.cue"},
		{"github.com/perses/shared/cue/common", "#thresholds", "cue.mod/pkg/github.com/perses/shared/cue/common/threshold.cue"},
		{"github.com/perses/shared/cue/common", "#metricLabel", "cue.mod/pkg/github.com/perses/shared/cue/common/metricLabel.cue"},
		{"github.com/perses/perses/cue/common", "#format", "cue.mod/pkg/github.com/perses/perses/cue/common/common.cue"},
		{"github.com/perses/spec/cue/common", "#DurationString", "cue.mod/pkg/github.com/perses/spec/cue/common/durationstring_patch.cue"},
		{"github.com/perses/spec/cue/datasource/proxy/http", "#Config", "cue.mod/pkg/github.com/perses/spec/cue/datasource/proxy/http/http_patch.cue"},
		{"github.com/perses/plugins/prometheus/schemas/datasource", "#selector", "schemas/datasource/prometheus.cue"},
		{"github.com/perses/plugins/loki/schemas/datasources/loki-datasource", "#selector", "schemas/datasources/loki-datasource/loki-datasource.cue"},
	} {
		var files []string
		for _, folder := range p.folders(c.imported) {
			files = append(files, p.filesOf(folder, c.name)...)
		}
		if !slices.Contains(files, c.file) {
			t.Errorf("%s of %s: %s is not among %q", c.name, c.imported, c.file, files)
		}
	}
}

// FuzzParse reads what is no CUE.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"package model\n\nkind: \"X\"\nspec: close({\n\ta?: int | *3\n})\n", "import (\n\t\"strings\"\n\tx \"a.b/c:d\"\n)\n", "#a:\n\t#b |\n\t#c\n",
		`"""`, `"\`, "@go(", "{{{{", "}}}}", "/", "//", "a: b: c: _|_", "x?", "import", "\xff", "...", ": :",
		"kind:!#", "import a \"b.c/d\"\nspec: a.\"\"\n\"\": 1\n", "import a \"b.c/../../d\"\nspec: a.#x\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := Plugin{Name: "X", Kind: "Panel", Module: "X"}
		schema := Find(p, func(paths []string) map[string]string {
			found := map[string]string{}
			for _, file := range paths {
				if !isPath(file) {
					t.Errorf("%q is asked for", file)
				}
				found[file] = text + "\n// \"X\"\n"
			}
			return found
		})
		if schema == nil {
			t.Fatal("the schema is not found")
		}
		schema.Text(func(text string) bool { return len(text) < 10 })
	})
}

// TestAnOddModuleCostsLittle reads files that each refer to hundreds of names, and embed as many packages that have none.
func TestAnOddModuleCostsLittle(t *testing.T) {
	var text strings.Builder
	text.WriteString("package model\n")
	for i := range 300 {
		fmt.Fprintf(&text, "import p%d \"a.b/p%d\"\n", i, i)
	}
	text.WriteString("kind: \"X\"\n")
	for i := range 300 {
		fmt.Fprintf(&text, "p%d\n#d%d: {a: #n%d, b: p%d.#m%d}\n", i, i, i, i, i)
	}
	text.WriteString("spec: {")
	for i := range 300 {
		fmt.Fprintf(&text, "f%d: #d%d\n", i, i)
	}
	text.WriteString("}\n")
	asked := 0
	schema := Find(Plugin{Name: "X", Kind: "Panel", Module: "X"}, func(paths []string) map[string]string {
		asked += len(paths)
		found := map[string]string{}
		for _, file := range paths {
			found[file] = text.String()
		}
		return found
	})
	if schema == nil || len(schema.units) > 2*maxUnits || asked > maxFiles+2*atOnce {
		t.Fatalf("%d files were asked for", asked)
	}
	if _, left := schema.Text(func(text string) bool { return len(text) < 1000 }); len(left) == 0 {
		t.Error("nothing is left out")
	}
}
