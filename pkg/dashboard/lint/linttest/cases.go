package linttest

// Case is a dashboard in which one thing is wrong.
type Case struct {
	Name     string
	Document object
	Says     string // the finding begins so: "error panel a, queries[0]: There is no field expr"
	// Mends says that the finding has an edit.
	Mends bool
}

// Cases returns dashboards of which each has one thing wrong.
func Cases() []Case {
	good := Showing(object{"a": Asking("up")})
	const (
		panel  = "spec/panels/a"
		plugin = panel + "/spec/plugin"
		query  = panel + "/spec/queries/0"
		asked  = query + "/spec/plugin/spec"
		item   = "spec/layouts/0/spec/items/0"
	)
	list := func(name string, more object) []any {
		spec := object{"name": name, "plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "up", "labelName": "job"}}}
		for key, value := range more {
			spec[key] = value
		}
		return []any{object{"kind": "ListVariable", "spec": spec}}
	}
	using := At(good, asked+"/query", `up{job=~"$job"}`)
	variable := func(more object) object { return At(using, "spec/variables", list("job", more)) }
	both := Showing(object{"a": Asking("up"), "b": At(Asking("up"), "spec/display/name", "Another")})
	return []Case{
		{"duration in words", At(good, "spec/duration", "1 hour"), `error dashboard: spec.duration is "1 hour", which is no duration; write "1h".`, true},
		{"duration as a number", At(good, "spec/duration", 5400), `error dashboard: spec.duration is 5400, which is no duration; write "1h30m".`, true},
		{"no duration at all", At(good, "spec/refreshInterval", "often"), `error dashboard: spec.refreshInterval is "often", which is no duration; write it as`, false},
		{"panels as a list", At(At(good, "spec/panels", []any{Asking("up")}), "spec/layouts", nil), "error dashboard: spec.panels is a list", false},
		{"title in the wrong place", At(good, "spec/display", object{"title": "x"}), "warning dashboard: The title in spec.display.title is ignored", true},
		{"no layouts", At(good, "spec/layouts", nil), "error dashboard: It has no layouts", true},
		{"layout of no kind", At(good, "spec/layouts/0/kind", "Row"), `error layouts[0]: "Row" is no kind of layout`, true},
		{"reference that is short", At(good, item+"/content", object{"$ref": "#/panels/a"}), `error layouts[0], items[0]: The $ref "#/panels/a" leads nowhere; write "#/spec/panels/a".`, true},
		{"repeated by a text", At(variable(nil), item+"/repeatVariable", "$job"), `error layouts[0], items[0]: repeatVariable is a text; write {"value":"job"}.`, true},
		{"width as text", At(good, item+"/width", "12"), `error layouts[0], items[0]: width is "12"; it must be a whole number.`, true},
		{"beyond the grid", At(good, item+"/x", 20), "warning layouts[0], items[0]: It reaches to column 32; the grid has 24.", true},
		{"wider than the grid", At(good, item+"/width", 30), "warning layouts[0], items[0]: It is 30 columns wide; the grid has 24.", true},
		{"without width", At(good, item+"/width", nil), "warning layouts[0], items[0]: It has no width.", true},
		{"overlap", At(both, "spec/layouts/0/spec/items/1/y", 3), "warning layouts[0], items[1]: It overlaps another item; the page moves it down. y 8 is free.", true},
		{"shown nowhere", At(both, "spec/layouts/0/spec/items", both["spec"].(object)["layouts"].([]any)[0].(object)["spec"].(object)["items"].([]any)[:1]), "warning panel b: No layout shows it.", true},
		{"item without content", At(both, "spec/layouts/0/spec/items", append(both["spec"].(object)["layouts"].([]any)[0].(object)["spec"].(object)["items"].([]any), object{"x": 12})), "error layouts[0], items[2]: It has no content", true},
		{"variable of no kind", At(variable(nil), "spec/variables/0/kind", "QueryVariable"), `error variable job: "QueryVariable" is no kind of variable`, true},
		{"variable of no plugin", At(variable(nil), "spec/variables/0/spec/plugin/kind", "PrometheusPromQL"), `error variable job: There is no Variable plugin "PrometheusPromQL". Nearest: PrometheusPromQLVariable.`, true},
		{"several by default", variable(object{"defaultValue": []any{"a"}}), "error variable job: Its defaultValue is a list", true},
		{"all without all", variable(object{"customAllValue": ".*"}), "error variable job: It has customAllValue without allowAllValue: true.", true},
		{"unknown order", variable(object{"sort": "asc"}), `error variable job: "asc" is no order`, true},
		{"not used", At(good, "spec/variables", list("job", nil)), "info variable job: Nothing uses it.", true},
		{"name with a space", At(At(good, asked+"/query", "up"), "spec/variables", list("my job", nil)), `error variable my job: "my job" cannot be the name of a variable`, true},
		{"needs itself", At(At(using, "spec/variables", append(list("job", object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$b"}}}),
			list("b", object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$job"}}})...)), panel+"/kind", "Panel"), "error variable job: Variables form a cycle: $job needs $b needs $job.", false},
		{"needs what is not there", variable(object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$taem"}}}), "error variable job: $taem is not defined. Nearest: $team.", false},
		{"compared as one", At(At(using, asked+"/query", `up{job="$job"}`), "spec/variables", list("job", object{"allowMultiple": true})), `error panel a, queries[0]: job="$job" compares with $job, which can have several values`, true},
		{"compared as all", At(At(using, asked+"/query", `up{job!="$job"}`), "spec/variables", list("job", object{"allowAllValue": true})), `warning panel a, queries[0]: job!="$job" compares with $job`, true},
		{"key with a dot", Showing(object{"a.b": Asking("up")}), `error panel a.b: "a.b" cannot be the key of a panel; write "a-b"`, true},
		{"key with a space", Showing(object{"my panel": Asking("up")}), `error panel my panel: "my panel" cannot be the key of a panel; write "my-panel"`, true},
		{"kind of a panel", At(good, panel+"/kind", "TimeSeriesChart"), `warning panel a: Its kind is "TimeSeriesChart"; it must be Panel`, true},
		{"unknown chart", At(good, plugin+"/kind", "TimeSeries"), `error panel a: There is no Panel plugin "TimeSeries". Nearest: TimeSeriesChart.`, true},
		{"unknown unit", At(good, plugin+"/spec/yAxis/format/unit", "Percent"), `error panel a: spec.plugin.spec.yAxis.format.unit: "Percent" is no unit; nearest: "percent".`, true},
		{"unknown calculation", At(good, plugin, object{"kind": "StatChart", "spec": object{"calculation": "avg"}}), `error panel a: spec.plugin.spec.calculation: "avg" is no calculation; nearest: "mean".`, true},
		{"no title", At(good, panel+"/spec/display", nil), "info panel a: It has no title.", false},
		{"the same title", Showing(object{"a": Asking("up"), "b": Asking("up")}), `info panel b: It has the same title as the panel a: "A panel".`, false},
		{"no queries", At(good, panel+"/spec/queries", nil), "warning panel a: It has no queries.", false},
		{"no unit", At(At(good, plugin+"/spec", object{}), asked+"/query", "sum(a_bytes)"), "info panel a: It has no unit; by the names of its metrics it shows bytes.", true},
		{"expr", At(good, asked, object{"expr": "up"}), "error panel a, queries[0]: There is no field expr; it is called query.", true},
		{"legendFormat", At(good, asked, object{"query": "up", "legendFormat": "{{job}}"}), "error panel a, queries[0]: There is no field legendFormat; it is called seriesNameFormat.", true},
		{"a label that is gone", At(good, asked, object{"query": "sum by (job) (up)", "seriesNameFormat": "{{ instance }}"}), "warning panel a, queries[0]: The legend names {{instance}}, which the query leaves out: its result has only job.", false},
		{"no query", At(good, asked, object{}), "error panel a, queries[0]: It has no query.", false},
		{"unknown kind of query", At(good, query+"/spec/plugin/kind", "PrometheusQuery"), `error panel a, queries[0]: There is no plugin "PrometheusQuery" for queries. Nearest: PrometheusTimeSeriesQuery.`, true},
		{"kind of a query", At(good, query+"/kind", "PrometheusTimeSeriesQuery"), `error panel a, queries[0]: Its kind is "PrometheusTimeSeriesQuery"; a PrometheusTimeSeriesQuery is a TimeSeriesQuery.`, true},
		{"not shown by the chart", At(good, plugin+"/kind", "LogsTable"), "error panel a, queries[0]: A LogsTable does not show a TimeSeriesQuery", false},
		{"query of a text", At(good, plugin, object{"kind": "Markdown", "spec": object{"text": "x"}}), "warning panel a, queries[0]: A Markdown shows no query.", true},
		{"datasource as text", At(good, asked+"/datasource", "prom"), `error panel a, queries[0]: datasource is the text "prom"; write {"kind":"PrometheusDatasource","name":"prom"}.`, true},
		{"datasource of a variable in braces", At(good, asked+"/datasource", "${team}"), `error panel a, queries[0]: datasource is the text "${team}"; that of a variable is written "$team".`, true},
		{"unknown datasource", At(good, asked+"/datasource", object{"kind": "PrometheusDatasource", "name": "porm"}), `error panel a, queries[0]: There is no PrometheusDatasource "porm". Nearest: prom.`, true},
		{"datasource of another kind", At(good, asked+"/datasource", object{"kind": "prometheus", "name": "prom"}), `error panel a, queries[0]: Its datasource is a "prometheus", but it asks a PrometheusDatasource.`, true},
		{"undefined", At(good, asked+"/query", `up{job="$jop"}`), "error panel a, queries[0]: $jop is not defined.", false},
		{"undefined in a title", At(good, panel+"/spec/display/name", "Of $taem"), "warning panel a: $taem in its title is not defined. Nearest: $team.", false},
		{"undefined in a text", At(At(good, plugin, object{"kind": "Markdown", "spec": object{"text": "Of $taem"}}), panel+"/spec/queries", nil), "info panel a: $taem in its text is not defined. Nearest: $team.", false},
		{"undefined in the title of a row", At(good, "spec/layouts/0/spec/display", object{"title": "Of $taem"}), "warning layouts[0]: $taem in its title is not defined.", false},
		{"repeated for what is not there", At(good, item+"/repeatVariable", object{"value": "taem"}), "warning layouts[0], items[0]: $taem that repeats it is not defined.", false},
		{"irate", At(At(good, asked+"/query", "irate(a_total[$__rate_interval])"), "spec/duration", "1d"), "info panel a, queries[0]: irate looks at the last two samples", true},
		{"short range", At(At(good, asked+"/query", "rate(a_total[5m])"), "spec/duration", "30d"), "info panel a, queries[0]: [5m] is shorter than the distance of the points", true},
	}
}
