package linttest

// Case is a dashboard with one mistake.
type Case struct {
	Name     string
	Document object
	Finding  string // how the finding starts, such as "error panel a, queries[0]: There is no field expr"
	HasEdit  bool
}

// Cases returns dashboards with one mistake each.
func Cases() []Case {
	good := DashboardWith(object{"a": PanelWith("up")})
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
	using := Set(good, asked+"/query", `up{job=~"$job"}`)
	variable := func(more object) object { return Set(using, "spec/variables", list("job", more)) }
	both := DashboardWith(object{"a": PanelWith("up"), "b": Set(PanelWith("up"), "spec/display/name", "Another")})
	return []Case{
		{"duration with a space", Set(good, "spec/duration", "1 hour"), `error dashboard: spec.duration is "1 hour", which is not a duration; write "1h".`, true},
		{"duration as a number", Set(good, "spec/duration", 5400), `error dashboard: spec.duration is 5400, which is not a duration; write "1h30m".`, true},
		{"invalid duration", Set(good, "spec/refreshInterval", "often"), `error dashboard: spec.refreshInterval is "often", which is not a duration; write it like`, false},
		{"panels as a list", Set(Set(good, "spec/panels", []any{PanelWith("up")}), "spec/layouts", nil), "error dashboard: spec.panels is a list", false},
		{"title in the wrong place", Set(good, "spec/display", object{"title": "x"}), "warning dashboard: spec.display.title is ignored", true},
		{"no layouts", Set(good, "spec/layouts", nil), "error dashboard: It has no layouts", true},
		{"unknown layout kind", Set(good, "spec/layouts/0/kind", "Row"), `error layouts[0]: "Row" is not a layout kind`, true},
		{"incomplete reference", Set(good, item+"/content", object{"$ref": "#/panels/a"}), `error layouts[0], items[0]: The $ref "#/panels/a" points to nothing; write "#/spec/panels/a".`, true},
		{"repeatVariable as string", Set(variable(nil), item+"/repeatVariable", "$job"), `error layouts[0], items[0]: repeatVariable is a string; write {"value":"job"}.`, true},
		{"width as string", Set(good, item+"/width", "12"), `error layouts[0], items[0]: width is "12"; it must be a whole number.`, true},
		{"beyond the grid", Set(good, item+"/x", 20), "warning layouts[0], items[0]: It extends to column 32, but the grid has 24.", true},
		{"wider than the grid", Set(good, item+"/width", 30), "warning layouts[0], items[0]: It is 30 columns wide, but the grid has 24.", true},
		{"without width", Set(good, item+"/width", nil), "warning layouts[0], items[0]: It has no width.", true},
		{"overlap", Set(both, "spec/layouts/0/spec/items/1/y", 3), "warning layouts[0], items[1]: It overlaps another item, so the page moves it down; y 8 is free.", true},
		{"panel without item", Set(both, "spec/layouts/0/spec/items", both["spec"].(object)["layouts"].([]any)[0].(object)["spec"].(object)["items"].([]any)[:1]), "warning panel b: No layout shows it.", true},
		{"item without content", Set(both, "spec/layouts/0/spec/items", append(both["spec"].(object)["layouts"].([]any)[0].(object)["spec"].(object)["items"].([]any), object{"x": 12})), "error layouts[0], items[2]: It has no content", true},
		{"unknown variable kind", Set(variable(nil), "spec/variables/0/kind", "QueryVariable"), `error variable job: "QueryVariable" is not a variable kind`, true},
		{"unknown variable plugin", Set(variable(nil), "spec/variables/0/spec/plugin/kind", "PrometheusPromQL"), `error variable job: There is no Variable plugin "PrometheusPromQL". Nearest: PrometheusPromQLVariable.`, true},
		{"list as default value", variable(object{"defaultValue": []any{"a"}}), "error variable job: Its defaultValue is a list", true},
		{"customAllValue without allowAllValue", variable(object{"customAllValue": ".*"}), "error variable job: It has customAllValue, which requires allowAllValue: true.", true},
		{"unknown order", variable(object{"sort": "asc"}), `error variable job: sort is "asc"; it must be one of: none`, true},
		{"unused variable", Set(good, "spec/variables", list("job", nil)), "info variable job: Nothing uses it.", true},
		{"variable name with a space", Set(Set(good, asked+"/query", "up"), "spec/variables", list("my job", nil)), `error variable my job: "my job" cannot be a variable name`, true},
		{"cycle of variables", Set(Set(using, "spec/variables", append(list("job", object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$b"}}}),
			list("b", object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$job"}}})...)), panel+"/kind", "Panel"), "error variable job: Variables form a cycle: $job needs $b needs $job.", false},
		{"undefined in a variable", variable(object{"plugin": object{"kind": "PrometheusPromQLVariable", "spec": object{"expr": "$taem"}}}), "error variable job: $taem is not defined. Nearest: $team.", false},
		{"= with several values", Set(Set(using, asked+"/query", `up{job="$job"}`), "spec/variables", list("job", object{"allowMultiple": true})), `error panel a, queries[0]: job="$job" compares with $job, which can have several values`, true},
		{"!= with all values", Set(Set(using, asked+"/query", `up{job!="$job"}`), "spec/variables", list("job", object{"allowAllValue": true})), `warning panel a, queries[0]: job!="$job" compares with $job`, true},
		{"key with a dot", DashboardWith(object{"a.b": PanelWith("up")}), `error panel a.b: "a.b" cannot be a panel key; use "a-b"`, true},
		{"key with a space", DashboardWith(object{"my panel": PanelWith("up")}), `error panel my panel: "my panel" cannot be a panel key; use "my-panel"`, true},
		{"wrong kind of panel document", Set(good, panel+"/kind", "TimeSeriesChart"), `warning panel a: Its kind is "TimeSeriesChart"; it must be Panel`, true},
		{"unknown panel kind", Set(good, plugin+"/kind", "TimeSeries"), `error panel a: There is no Panel plugin "TimeSeries". Nearest: TimeSeriesChart.`, true},
		{"unknown unit", Set(good, plugin+"/spec/yAxis/format/unit", "Percent"), `error panel a: spec.plugin.spec.yAxis.format.unit: "Percent" is not a unit; nearest: "percent".`, true},
		{"unknown calculation", Set(good, plugin, object{"kind": "StatChart", "spec": object{"calculation": "avg"}}), `error panel a: spec.plugin.spec.calculation: "avg" is not a calculation; nearest: "mean".`, true},
		{"no title", Set(good, panel+"/spec/display", nil), "info panel a: It has no title.", false},
		{"the same title", DashboardWith(object{"a": PanelWith("up"), "b": PanelWith("up")}), `info panel b: It has the same title as the panel a: "A panel".`, false},
		{"no queries", Set(good, panel+"/spec/queries", nil), "warning panel a: It has no queries.", false},
		{"no unit", Set(Set(good, plugin+"/spec", object{}), asked+"/query", "sum(a_bytes)"), "info panel a: It has no unit; the names of its metrics suggest bytes.", true},
		{"expr", Set(good, asked, object{"expr": "up"}), "error panel a, queries[0]: There is no field expr; it is called query.", true},
		{"legendFormat", Set(good, asked, object{"query": "up", "legendFormat": "{{job}}"}), "error panel a, queries[0]: There is no field legendFormat; it is called seriesNameFormat.", true},
		{"legend with a dropped label", Set(good, asked, object{"query": "sum by (job) (up)", "seriesNameFormat": "{{ instance }}"}), "warning panel a, queries[0]: The legend uses {{instance}}, but the result of the query has only the labels job.", false},
		{"no query", Set(good, asked, object{}), "error panel a, queries[0]: It has no query.", false},
		{"unknown query plugin", Set(good, query+"/spec/plugin/kind", "PrometheusQuery"), `error panel a, queries[0]: There is no query plugin "PrometheusQuery". Nearest: PrometheusTimeSeriesQuery.`, true},
		{"wrong query kind", Set(good, query+"/kind", "PrometheusTimeSeriesQuery"), `error panel a, queries[0]: Its kind is "PrometheusTimeSeriesQuery"; a PrometheusTimeSeriesQuery is a TimeSeriesQuery.`, true},
		{"query kind that the panel cannot show", Set(good, plugin+"/kind", "LogsTable"), "error panel a, queries[0]: A LogsTable does not show a TimeSeriesQuery", false},
		{"query of a Markdown panel", Set(good, plugin, object{"kind": "Markdown", "spec": object{"text": "x"}}), "warning panel a, queries[0]: A Markdown shows no queries.", true},
		{"datasource as string", Set(good, asked+"/datasource", "prom"), `error panel a, queries[0]: datasource is the string "prom"; write {"kind":"PrometheusDatasource","name":"prom"}.`, true},
		{"datasource of a variable in braces", Set(good, asked+"/datasource", "${team}"), `error panel a, queries[0]: datasource is the string "${team}"; write the variable as "$team".`, true},
		{"unknown datasource", Set(good, asked+"/datasource", object{"kind": "PrometheusDatasource", "name": "porm"}), `error panel a, queries[0]: There is no PrometheusDatasource "porm". Nearest: prom.`, true},
		{"datasource of another kind", Set(good, asked+"/datasource", object{"kind": "prometheus", "name": "prom"}), `error panel a, queries[0]: The kind of its datasource is "prometheus", but its plugin queries a PrometheusDatasource.`, true},
		{"undefined in a query", Set(good, asked+"/query", `up{job="$jop"}`), "error panel a, queries[0]: $jop is not defined.", false},
		{"undefined in a title", Set(good, panel+"/spec/display/name", "Of $taem"), "warning panel a: $taem in its title is not defined. Nearest: $team.", false},
		{"undefined in a text", Set(Set(good, plugin, object{"kind": "Markdown", "spec": object{"text": "Of $taem"}}), panel+"/spec/queries", nil), "info panel a: $taem in its text is not defined. Nearest: $team.", false},
		{"undefined in the title of a row", Set(good, "spec/layouts/0/spec/display", object{"title": "Of $taem"}), "warning layouts[0]: $taem in its title is not defined.", false},
		{"undefined in repeatVariable", Set(good, item+"/repeatVariable", object{"value": "taem"}), "warning layouts[0], items[0]: $taem in repeatVariable is not defined.", false},
		{"irate", Set(Set(good, asked+"/query", "irate(a_total[$__rate_interval])"), "spec/duration", "1d"), "info panel a, queries[0]: irate uses only the last two samples", true},
		{"short range", Set(Set(good, asked+"/query", "rate(a_total[5m])"), "spec/duration", "30d"), "info panel a, queries[0]: [5m] is shorter than the step", true},
	}
}
