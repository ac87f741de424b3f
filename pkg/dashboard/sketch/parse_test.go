package sketch_test

import (
	"encoding/json"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestRefused checks the errors for mistakes that models make.
func TestRefused(t *testing.T) {
	env := sketch.Env{
		Plugins: map[string][]string{
			"Panel": {"TimeSeriesChart", "StatChart", "GaugeChart", "Markdown", "LogsTable"}, "TimeSeriesQuery": {"PrometheusTimeSeriesQuery", "LokiTimeSeriesQuery"},
			"LogQuery": {"LokiLogQuery"}, "Variable": {"StaticListVariable", "PrometheusLabelValuesVariable", "PrometheusPromQLVariable"},
		},
		Datasources: map[string]string{"prom": "PrometheusDatasource", "loki": "LokiDatasource"},
	}
	for given, want := range map[string]string{
		`[]`:          "want an object, got a list",
		`{`:           "not valid JSON",
		`{"title":7}`: "title: want a string, got 7",
		`{"kind":"Dashboard","spec":{"panels":{}}}`: `this is a full document with kind and spec: write a sketch, which has neither`,
		`{"titel":"x"}`:                                                            `unknown field "titel": did you mean title?`,
		`{"bogus":1}`:                                                              `unknown field "bogus": the fields of a sketch are title, description, tags, duration, refresh, timezone, datasource, datasources, links, variables, panels, rows, options`,
		`{"title":"a","title":"b"}`:                                                "title occurs twice",
		`{"rows":{}}`:                                                              "rows: want a list, got an object",
		`{"panels":[null]}`:                                                        "panels[0]: want an object, got null",
		`{"panels":[{"expr":"up"}]}`:                                               `panels[0]: unknown field "expr": did you mean query?`,
		`{"panels":[{"type":"stat"}]}`:                                             `panels[0]: unknown field "type": did you mean chart?`,
		`{"panels":[{"name":"CPU"}]}`:                                              `panels[0]: unknown field "name": did you mean title?`,
		`{"rows":[{},{"panels":[{"querry":"up"}]}]}`:                               `rows[1].panels[0]: unknown field "querry": did you mean query?`,
		`{"panels":[{"width":"wide"}]}`:                                            "panels[0].width: want a whole number, got a string",
		`{"panels":[{"width":1.5}]}`:                                               "panels[0].width: want a whole number, got 1.5",
		`{"panels":[{"queries":[["up"]]}]}`:                                        `panels[0].queries[0]: want a string or an object such as {"query":"up","legend":"{{job}}"}, got a list`,
		`{"panels":[{"thresholds":["high"]}]}`:                                     `panels[0].thresholds[0]: want a number or an object such as {"value":0.9,"color":"red"}, got a string`,
		`{"panels":[{"thresholds":[{"color":"red"}]}]}`:                            "panels[0].thresholds[0]: missing value",
		`{"panels":[{"options":[]}]}`:                                              "panels[0].options: want an object, got a list",
		`{"panels":[{"title":"CPU","width":30}]}`:                                  "panels[0]: width: want 1 to 24, got 30",
		`{"panels":[{"x":20,"y":0}]}`:                                              "panels[0]: x: want 0 to 12 for a width of 12, got 20",
		`{"panels":[{"x":2}]}`:                                                     "panels[0]: x and y must be given together",
		`{"panels":[{},{"x":6,"y":4}]}`:                                            "panels[1]: at x 6, y 4 it overlaps panels[0], which is at x 0, y 0 with size 24 x 8",
		`{"panels":[{"title":"CPU","chart":"timeserie"}]}`:                         `panels[0] "CPU": chart: there is no "timeserie". Nearest: timeseries, timeseriestable, TimeSeriesChart`,
		`{"panels":[{"chart":"pie"}]}`:                                             "panels[0]: chart pie: this Perses has no panel plugin PieChart; its panel plugins are TimeSeriesChart, StatChart, GaugeChart, Markdown, LogsTable",
		`{"panels":[{"chart":"stat","stack":true}]}`:                               "panels[0]: stack: chart stat does not accept it; it accepts unit, decimals, calculation, thresholds, queries, and options for the spec of its plugin",
		`{"panels":[{"chart":"markdown","query":"up"}]}`:                           "panels[0]: queries: chart markdown does not accept it; it accepts text, and options for the spec of its plugin",
		`{"panels":[{"query":"up","unit":"percnt"}]}`:                              `panels[0]: unit: there is no "percnt". Nearest: percent`,
		`{"panels":[{"query":"up","unit":"furlongs"}]}`:                            `panels[0]: unit: there is no "furlongs"; use one of percent-decimal (0-1), percent (0-100), bytes, bytes/sec, bits/sec, requests/sec, ops/sec, seconds, milliseconds, decimal and more`,
		`{"panels":[{"query":"up","chart":"stat","calculation":"p99"}]}`:           `panels[0]: calculation: there is no "p99"; use one of mean, first, first-number, last, last-number, min, max, sum`,
		`{"panels":[{"query":"up","datasource":"prometheus"}]}`:                    `panels[0]: datasource: there is no "prometheus". Nearest: prom`,
		`{"panels":[{"query":"up","datasource":"$a b"}]}`:                          `panels[0]: datasource: "$a b" does not name a variable: want $ and its name, as in $datasource`,
		`{"panels":[{"query":"{}","chart":"logs","datasource":"prom"}]}`:           `panels[0]: datasource "prom" is a PrometheusDatasource: set the plugin of the query, because chart logs has no default plugin for a LogQuery from it`,
		`{"panels":[{"legend":"x"}]}`:                                              "panels[0]: missing query",
		`{"panels":[{"query":"up","queries":[{"query":"up"}]}]}`:                   "panels[0]: query, legend and min_step of a panel cannot be combined with queries: move them into queries",
		`{"panels":[{"queries":[{"query":"up","plugin":"PromQuery"}]}]}`:           `panels[0]: queries[0]: plugin: this Perses has no TimeSeriesQuery "PromQuery"; use one of PrometheusTimeSeriesQuery, LokiTimeSeriesQuery`,
		`{"panels":[{"query":"sum(x)","legend":"y","datasource":"loki"}]}`:         "panels[0]: legend: the query plugin LokiTimeSeriesQuery does not support it",
		`{"panels":[{"key":"a b"}]}`:                                               `panels[0]: key: "a b" is not a panel key; use 1 to 75 of the characters a-z A-Z 0-9 _ -`,
		`{"panels":[{"key":"a"}],"rows":[{"panels":[{"key":"a"}]}]}`:               `rows[0].panels[0]: key: panels[0] has the same key "a"`,
		`{"datasource":"promm"}`:                                                   `datasource: there is no "promm". Nearest: prom`,
		`{"duration":"1 hour"}`:                                                    `duration: "1 hour" is no duration; write "1h"`,
		`{"duration":"soon"}`:                                                      `duration: "soon" is no duration; write it as 30s, 15m, 1h or 1d12h`,
		`{"panels":[{"query":"up","unit":"mb"}]}`:                                  `panels[0]: unit: there is no "mb"; use one of percent-decimal (0-1), percent (0-100), bytes, bytes/sec, bits/sec, requests/sec, ops/sec, seconds, milliseconds, decimal and more`,
		`{"links":[{"name":"x"}]}`:                                                 "links[0]: missing url",
		`{"variables":[{"name":"a-b","text":"x"}]}`:                                `variables[0] "a-b": name: "a-b" is not a variable name; use 1 to 75 letters, digits and _, not only digits and without __ at the start`,
		`{"variables":[{"name":"a"}]}`:                                             `variables[0] "a": missing source: set one of text, values, label (the values of a label, with metric or matchers), label_names, query (PromQL) and plugin (with options)`,
		`{"variables":[{"name":"a","text":"x"},{"name":"a","text":"y"}]}`:          `variables[1] "a": variables[0] has the same name`,
		`{"variables":[{"name":"a","text":"x","values":["y"]}]}`:                   `variables[0] "a": it has both text and values: a variable has one source, which is text, values, label (with metric or matchers), label_names, query (PromQL) or plugin`,
		`{"variables":[{"name":"a","text":"x","multiple":true}]}`:                  `variables[0] "a": text cannot be combined with multiple, all, all_value, default, sort, regex and options, which are for lists`,
		`{"variables":[{"name":"a","values":["x"],"all_value":".*"}]}`:             `variables[0] "a": all_value requires all: true`,
		`{"variables":[{"name":"a","values":["x","y"],"default":["x","y"]}]}`:      `variables[0] "a": default: several values require multiple: true`,
		`{"variables":[{"name":"a","values":["x"],"sort":"upwards"}]}`:             `variables[0] "a": sort: there is no "upwards"; use one of none, alphabetical-asc, alphabetical-desc, numerical-asc, numerical-desc, alphabetical-ci-asc, alphabetical-ci-desc`,
		`{"variables":[{"name":"a","label_names":true}]}`:                          `variables[0] "a": plugin: this Perses has no plugin "PrometheusLabelNamesVariable" for variables. Nearest: PrometheusLabelValuesVariable, PrometheusPromQLVariable`,
		`{"variables":[{"name":"a","metric":"up","datasource":"loki"}]}`:           `variables[0] "a": datasource: "loki" is a LokiDatasource, but PrometheusLabelValuesVariable needs a PrometheusDatasource, such as prom`,
		`{"variables":[{"name":"a","values":["x"],"multi":true}]}`:                 `variables[0]: unknown field "multi": did you mean multiple?`,
		`{"variables":[{"name":"a","values":["x"],"multiple":true,"default":{}}]}`: "variables[0].default: want a string or a list of strings, got an object",
	} {
		s, err := sketch.Parse(worktest.Budget(), json.RawMessage(given))
		if err == nil {
			_, err = s.Expand(worktest.Budget(), "p", "d", env)
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got: %v\nwant: %s", given, err, want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	f.Add(`{"title":"x","datasource":"prom","variables":[{"name":"job","metric":"up","all":true}],"panels":[{"query":"up","legend":"{{job}}","thresholds":[1,{"value":2}]}]}`)
	f.Add(`{"panels":[{"x":1,"y":2,"options":{"a":{"b":null}}},{"text":"hi"}],"options":{"panels":{"panel":null}},"datasources":{"a":1}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if p, err := sketch.ParsePanel(worktest.Budget(), json.RawMessage(raw)); err == nil {
			p.Size()
			_, _ = p.Expand(worktest.Budget(), "prom", sketch.Env{})
		}
		if v, err := sketch.ParseVariable(worktest.Budget(), json.RawMessage(raw)); err == nil {
			_, _ = v.Expand(worktest.Budget(), "prom", sketch.Env{})
		}
		if q, err := sketch.ParseQuery(worktest.Budget(), json.RawMessage(raw)); err == nil {
			_, _ = q.Expand(worktest.Budget(), "stat", "prom", sketch.Env{})
		}
		budget := worktest.Budget()
		s, err := sketch.Parse(budget, json.RawMessage(raw))
		if err != nil {
			return
		}
		expanded, err := s.Expand(budget, "p", "d", sketch.Env{Datasources: map[string]string{"prom": "PrometheusDatasource"}})
		if err == nil && !json.Valid(expanded) {
			t.Errorf("%s", expanded)
		}
		if used := budget.Used(); used > int64(5000+200*len(raw)) {
			t.Errorf("%d units for %d bytes", used, len(raw))
		}
	})
}
