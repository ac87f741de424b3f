package robustness_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/perses/mcp-server/tools"
)

// ofDashboard is the start of the arguments of tools that work on the dashboard.
const ofDashboard = `{"project":"p","dashboard":"d"`

// callsWithDashboard returns the calls that work on a dashboard, stored in Perses or sent by the caller.
func callsWithDashboard(document string) []hostileCase {
	copied := `{"kind":"Dashboard","from_project":"p","name":"d","to_name":"e","dry_run":true}`
	return []hostileCase{
		{tool: "perses_check_dashboard", arguments: ofDashboard + `}`},
		{tool: "perses_summarize_dashboard", arguments: ofDashboard + `}`},
		{tool: "perses_get_dashboard_by_name", arguments: ofDashboard + `}`},
		{tool: "perses_get_dashboard_by_name", arguments: ofDashboard + `,"as_sketch":true}`},
		{tool: "perses_list_dashboards", arguments: `{"project":"p"}`},
		{tool: "perses_search_dashboards", arguments: `{"project":"p","query":"a b c d e","metric":"up"}`},
		{tool: "perses_run_panel", arguments: ofDashboard + `}`},
		{tool: "perses_render_dashboard", arguments: ofDashboard + `}`},
		{tool: "perses_edit_dashboard", arguments: ofDashboard + `,"dry_run":true,"edits":[{"op":"move_panel","panel":"p","row":0,"x":0,"y":0,"width":24,"height":9},{"op":"set","title":"x"}]}`},
		{tool: "perses_edit_dashboard", arguments: ofDashboard + `,"dry_run":true,"edits":[{"op":"rename_variable","variable":"a","to":"b"},{"op":"replace_datasource","from":"prometheus-1","to":"prom"},{"op":"clone_panel","panel":"p"}]}`},
		{tool: "perses_copy_resource", arguments: copied},
		{tool: "perses_rename_resource", arguments: `{"kind":"Dashboard","project":"p","name":"d","new_name":"e","dry_run":true}`},
		{tool: "perses_apply_resource", arguments: applied(document)},
	}
}

// applied returns the arguments that apply a document.
func applied(document string) string { return `{"dry_run":true,"resource":` + document + `}` }

// callsOfEveryTool returns a call of every tool with valid arguments. document is used for arguments that are documents.
func callsOfEveryTool(t testing.TB, document string) []hostileCase {
	t.Helper()
	var cases []hostileCase
	for _, tool := range tools.All(tools.Options{}) {
		var arguments []string
		for _, p := range tool.Params {
			value := ""
			switch {
			case p.Name == "kind" && tool.Name == "perses_get_plugin_schema":
				value = `"TimeSeriesChart"`
			case p.Name == "kind" && tool.Name != "perses_list_plugins":
				value = `"Dashboard"`
			case p.Name == "project" || p.Name == "from_project":
				value = `"p"`
			case p.Name == "edits":
				value = `[{"op":"replace","path":"/spec/x","value":1}]`
			case p.Name == "dry_run":
				value = "true"
			case p.Name == "path" || p.Name == "file" || p.Name == "datasources" || p.Name == "variables" || !p.Required && p.Name != "name" && p.Type != tools.Document && p.Type != tools.Object:
				continue
			case p.Type == tools.Document || p.Type == tools.Object:
				value = document
			case p.Name == "panel":
				value = `"p"`
			case p.Name == "type":
				value = `"PrometheusDatasource"`
			case p.Name == "url":
				value = `"http://127.0.0.1:1"`
			case p.Name == "query":
				value = `"up"`
			case p.Type == tools.Name:
				value = `"d"`
			default:
				t.Fatalf("%s: no value for %s", tool.Name, p.Name)
			}
			arguments = append(arguments, fmt.Sprintf("%q:%s", p.Name, value))
		}
		cases = append(cases, hostileCase{tool: tool.Name, arguments: "{" + strings.Join(arguments, ",") + "}"})
	}
	return cases
}

// callsWithData returns the calls that query datasources, and those that draw the answer of one in each panel kind.
func callsWithData() (querying, drawing []hostileCase) {
	querying = []hostileCase{
		{name: "instant", tool: "perses_query", arguments: `{"project":"p","datasource":"prom","query":"up"}`},
		{name: "range", tool: "perses_query", arguments: `{"project":"p","datasource":"prom","query":"up","start":"now-1h"}`},
		{name: "logs", tool: "perses_query", arguments: `{"project":"p","datasource":"loki","query":"{a=\"b\"}","start":"now-1h"}`},
		{name: "traces", tool: "perses_query", arguments: `{"project":"p","datasource":"tempo","query":"{}","start":"now-1h"}`},
		{name: "all", tool: "perses_find_metrics", arguments: `{"project":"p","datasource":"prom"}`},
		{name: "some", tool: "perses_find_metrics", arguments: `{"project":"p","datasource":"prom","match":"a.*a.*a.*l"}`},
		{name: "names", tool: "perses_find_labels", arguments: `{"project":"p","datasource":"prom"}`},
		{name: "names of a metric", tool: "perses_find_labels", arguments: `{"project":"p","datasource":"prom","metric":"up"}`},
		{name: "values", tool: "perses_find_labels", arguments: `{"project":"p","datasource":"prom","label":"instance","metric":"up"}`},
		{name: "Loki", tool: "perses_find_labels", arguments: `{"project":"p","datasource":"loki"}`},
		{name: "all", tool: "perses_run_panel", arguments: ofDashboard + `}`},
		{name: "all", tool: "perses_check_dashboard", arguments: ofDashboard + `}`},
		{name: "all", tool: "perses_render_dashboard", arguments: ofDashboard + `}`},
		{name: "built", tool: "perses_build_dashboard", arguments: `{"project":"p","name":"e","dry_run":true,"sketch":{"title":"x","panels":[{"title":"a","query":"no_such_metric"},{"title":"b","query":"sum(rate(nor_this_total{x=\"y\"}[5m]))"}]}}`},
	}
	for i, kind := range drawnKinds {
		key := "p"
		if i > 0 {
			key = fmt.Sprintf("p%d", i)
		}
		drawing = append(drawing, hostileCase{name: kind, tool: "perses_render_panel", arguments: ofDashboard + fmt.Sprintf(`,"panel":%q}`, key)})
	}
	return querying, drawing
}

// hostileArguments returns calls with arguments that make the server do a lot of work.
func hostileArguments() []hostileCase {
	doubling := func(n int) string {
		return sent(n, func(i int) string {
			return fmt.Sprintf(`{"op":"copy","from":"/spec/panels","path":"/spec/panels/p/spec/x%d"}`, i)
		})
	}
	onePanel := boardOf(markdown)
	manyPanels := board(`"panels":{` + list(10_000, func(i int) string {
		return fmt.Sprintf(`"p%d":%s`, i, panelWith("StatChart", "{}", promQL("up")))
	}) + `}`)
	numbered := func(format string) func(i int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	panelsSent := board(`"panels":{` + sent(14_000, numbered(`"p%d":`+panelWith("StatChart", "{}", promQL("up")))) + `}`)
	edits := func(n int, edit func(i int) string) string {
		return ofDashboard + `,"dry_run":true,"edits":[` + sent(n, edit) + `]}`
	}
	metrics := func(url string) string {
		switch {
		case strings.HasSuffix(url, "/metadata"):
			return success(`{}`)
		case strings.Contains(url, "query"):
			return matrix("")
		}
		return success("[" + names(100_000, `"kube_pod_container_status_of_usual_length_%d_total"`) + "]")
	}
	manyMetrics := func(n int, format string) func(url string) string {
		listed := sync.OnceValue(func() string { return success("[" + names(n, `"`+format+`"`) + "]") })
		return func(url string) string {
			if strings.HasSuffix(url, "values") {
				return listed()
			}
			return metrics(url)
		}
	}
	longMetrics := manyMetrics(200_000, strings.Repeat("container_memory_of_", 3)+"%d")
	var missing []string
	for i := range 60 {
		missing = append(missing, fmt.Sprintf("sum(rate(kube_pod_containr_status_of_usual_length_%d_totl[5m]))", i*997))
	}
	var missingLong []string
	for i := range 60 {
		missingLong = append(missingLong, fmt.Sprintf("%s%d_x", strings.Repeat("container_memory_if_", 3), i*997))
	}
	const grafana = `{"project":"p","name":"e","dry_run":true,"grafana_dashboard":{"title":"x",`
	const sketch = `{"project":"p","name":"e","dry_run":true,"sketch":{"title":"x",`
	return []hostileCase{
		{name: "20 copies that double", tool: "perses_edit_dashboard", document: onePanel, arguments: ofDashboard + `,"dry_run":true,"edits":[` + doubling(20) + `]}`},
		{name: "25 copies that double", tool: "perses_edit_dashboard", document: onePanel, arguments: ofDashboard + `,"dry_run":true,"edits":[` + doubling(25) + `]}`},
		{name: "500 edits of a large document", tool: "perses_edit_dashboard", document: manyPanels, arguments: edits(500, func(i int) string {
			return fmt.Sprintf(`{"op":"change_panel","panel":"p%d","set":{"title":"x%d"}}`, i, i)
		})},
		{name: "500 clones in a large document", tool: "perses_edit_dashboard", document: manyPanels, arguments: edits(500, func(i int) string { return fmt.Sprintf(`{"op":"clone_panel","panel":"p%d","title":"x%d"}`, i, i) })},
		{name: "500 patches of a large document", tool: "perses_edit_dashboard", document: manyPanels, arguments: edits(500, func(i int) string {
			return fmt.Sprintf(`{"op":"move","from":"/spec/panels/p%d","path":"/spec/panels/q%d"}`, i, i)
		})},
		{name: "500 tests of a large document", tool: "perses_edit_dashboard", document: manyPanels, arguments: edits(500, func(int) string { return `{"op":"test","path":"/spec/panels","value":{"a":1}}` })},
		{name: "renamed variables", tool: "perses_edit_dashboard", document: manyPanels, arguments: edits(500, func(i int) string { return fmt.Sprintf(`{"op":"rename_variable","variable":"v%d","to":"w%d"}`, i, i) })},
		{name: "many edits", tool: "perses_edit_dashboard", document: onePanel, arguments: edits(60_000, func(int) string { return `{"op":"set","title":"x"}` })},
		{name: "an edit with many panels", tool: "perses_edit_dashboard", document: onePanel, arguments: edits(1, func(int) string {
			return `{"op":"add_row","title":"x","panels":[` + sent(30_000, func(i int) string { return `{"title":"t","query":"up*100*100"}` }) + `]}`
		})},
		{name: "many panels", tool: "perses_build_dashboard", arguments: sketch + `"panels":[` + sent(30_000, func(i int) string { return fmt.Sprintf(`{"title":"t%d","query":"up*100*100"}`, i) }) + `]}}`},
		{name: "each of many", tool: "perses_build_dashboard", arguments: sketch + `"rows":[` + sent(100, func(i int) string {
			return `{"title":"r","each":{"x":[` + sent(500, numbered(`"%d"`)) + `]},"panels":[{"title":"$x","query":"up"}]}`
		}) + `]}}`},
		{name: "many unknown fields", tool: "perses_build_dashboard", arguments: sketch + sent(200_000, func(i int) string { return fmt.Sprintf(`"panel%d":1`, i) }) + `}}`},
		{name: "many variables", tool: "perses_build_dashboard", arguments: sketch + `"variables":[` + sent(40_000, func(i int) string { return fmt.Sprintf(`{"name":"v%d","values":["a","b"]}`, i) }) + `],"panels":[]}}`},
		{name: "Grafana: many panels", tool: "perses_migrate_grafana_dashboard", arguments: grafana + `"panels":[` + sent(20_000, func(i int) string {
			return fmt.Sprintf(`{"id":%d,"type":"timeseries","title":"t","gridPos":{"x":0,"y":0,"w":24,"h":8},"targets":[{"expr":"up","datasource":{"uid":"$ds"}}]}`, i)
		}) + `]}}`},
		{name: "Grafana: many targets", tool: "perses_migrate_grafana_dashboard", arguments: grafana + `"panels":[{"type":"timeseries","title":"t","targets":[` + sent(50_000, func(i int) string { return fmt.Sprintf(`{"expr":"up","refId":"A%d"}`, i) }) + `]}]}}`},
		{name: "Grafana: many variables", tool: "perses_migrate_grafana_dashboard", arguments: grafana + `"panels":[],"templating":{"list":[` + sent(30_000, func(i int) string {
			return fmt.Sprintf(`{"type":"query","name":"v%d","query":"label_values(up{a=\"$v%d\"}, job)"}`, i, i+1)
		}) + `]}}}`},
		{name: "Grafana: deep rows", tool: "perses_migrate_grafana_dashboard", arguments: grafana + `"panels":[` + strings.Repeat(`{"type":"row","panels":[`, 4000) + strings.Repeat(`]}`, 4000) + `]}}`},
		{name: "a long pattern", tool: "perses_find_metrics", answer: metrics, arguments: `{"project":"p","datasource":"prom","match":"` + strings.Repeat("a.*", 900_000) + `"}`},
		{name: "a long query", tool: "perses_query", answer: metrics, arguments: `{"project":"p","datasource":"prom","query":"` + chained("up", "+up", maxHostile-1000) + `"}`},
		{name: "a long search", tool: "perses_search_dashboards", document: manyPanels, arguments: `{"project":"p","query":"` + strings.Repeat("a b ", 900_000) + `"}`},
		{name: "60 missing metrics of 100,000", tool: "perses_check_dashboard", document: boardOfQueries(missing...), answer: metrics, arguments: ofDashboard + `}`},
		{name: "60 missing metrics of 200,000 long ones", tool: "perses_check_dashboard", document: boardOfQueries(missingLong...), answer: longMetrics, arguments: ofDashboard + `}`, large: true},
		{name: "60 missing metrics of 400,000", tool: "perses_check_dashboard", document: boardOfQueries(missing...), answer: manyMetrics(400_000, "kube_%d"), arguments: ofDashboard + `}`},
		{name: "60 missing metrics of 32 MB", tool: "perses_check_dashboard", document: boardOfQueries(missing...), answer: manyMetrics(200_000, strings.Repeat("m", 154)+"%d"), arguments: ofDashboard + `}`, large: true},
		{name: "many unknown arguments", tool: "perses_list_projects", arguments: "{" + sent(250_000, func(i int) string { return fmt.Sprintf(`"prefi%d":1`, i) }) + "}"},
		{name: "many variables for a run", tool: "perses_run_panel", document: onePanel, arguments: ofDashboard + `,"variables":{` + sent(100_000, func(i int) string { return fmt.Sprintf(`"v%d":["a","b"]`, i) }) + `}}`},
		{name: "deep JSON", tool: "perses_apply_resource", arguments: `{"resource":` + strings.Repeat(`{"a":`, 600_000) + "1" + strings.Repeat("}", 600_000) + "}"},
		{name: "JSON in a string", tool: "perses_apply_resource", arguments: applied(quoted(panelsSent))},
		{name: "panels", tool: "perses_apply_resource", arguments: applied(panelsSent)},
		{name: "panels in rows", tool: "perses_apply_resource", arguments: applied(board(panelsOfOne + `,"layouts":[` + sent(14_000, func(int) string { return `{"kind":"Grid","spec":{"items":[` + placed + `]}}` }) + `]`))},
		{name: "items", tool: "perses_apply_resource", arguments: applied(board(panelsOfOne + `,"layouts":[{"kind":"Grid","spec":{"items":[` + sent(30_000, numbered(`{"x":%d,"y":0,"width":1,"height":1000000000,"content":{"$ref":"#/spec/panels/p"}}`)) + `]}}]`))},
		{name: "text variables", tool: "perses_apply_resource", arguments: applied(board(panelsOfOne + `,"variables":[` + sent(30_000, numbered(`{"kind":"TextVariable","spec":{"name":"v%d","value":"x"}}`)) + `]`))},
		{name: "list variables", tool: "perses_apply_resource", arguments: applied(board(panelsOfOne + `,"variables":[` + sent(30_000, numbered(`{"kind":"ListVariable","spec":{"name":"v%d","plugin":{"kind":"StaticListVariable","spec":{"values":["a","b"]}}}}`)) + `]`))},
		{name: "a list variable", tool: "perses_apply_resource", arguments: applied(board(panelsOfOne + `,"variables":[` + staticVariable("a", 120_000, 25) + `]`))},
		{name: "a long map", tool: "perses_apply_resource", arguments: applied(board(sent(maxSent, numbered(`"k%d":"http://u:p@h"`))))},
		{name: "a plugin of many values", tool: "perses_apply_resource", arguments: applied(boardOf(panelWith("Markdown", `{"text":"x","x":{`+sent(maxSent, numbered(`"k%d":1.5`))+`}}`, "")))},
	}
}

func quoted(text string) string {
	written, _ := json.Marshal(text)
	return string(written)
}
