package main

import (
	_ "embed" // for sketch
	"fmt"
	"strings"
)

// sketch is a dashboard as a model would write it.
//
//go:embed sketch.json
var sketch string

// step is one call of the conversation and what its answer must be.
type step struct {
	title    string   // printed above the call
	tool     string   // the tool to call, unless the step reads a resource
	with     string   // its arguments, in JSON
	read     string   // the resource to read
	from     string   // the text at which arguments and answer are printed from
	fails    bool     // the answer must be an error
	contains []string // texts that the answer must contain
	picture  string   // the file for the picture in the answer
}

// answer is the result of a call.
type answer struct {
	text    string
	failed  bool
	picture []byte // a PNG
}

// steps returns the conversation: someone adds a dashboard to those of a project, and asks what it shows.
func steps() []step {
	build := `{"project":"demo","name":"perses-at-work","sketch":` + sketch + `}`
	all := fmt.Sprintf(`"statuses":{"data":%d}`, strings.Count(sketch, `{"title"`)-strings.Count(sketch, `"panels"`)) // no panel is empty or fails
	return []step{
		{
			title: "Which projects are there?",
			tool:  "perses_list_projects", with: `{}`,
			contains: []string{`"name":"demo"`, `"total":1`},
		}, {
			title: "A misspelt argument: the error suggests the right name.",
			tool:  "perses_list_dashboards", with: `{"projct":"demo"}`,
			fails: true, contains: []string{"projct", "did you mean project?"},
		}, {
			title: "Which dashboards does the project have?",
			tool:  "perses_list_dashboards", with: `{"project":"demo"}`,
			contains: []string{`"total":2`, `"nodeexporter"`, `"benchmark"`},
		}, {
			title: "One of them is too large for an answer, so it is returned as an outline with sizes in bytes.",
			tool:  "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter"}`, from: `"bytes":`,
			contains: []string{`"outline":`, `"panels":`, "get a part with path"},
		}, {
			title: "A part of it fits.",
			tool:  "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter","path":"/spec/panels/0_0"}`, from: `"value":`,
			contains: []string{`"GaugeChart"`, `"PrometheusTimeSeriesQuery"`},
		}, {
			title: "A new dashboard from a sketch, with a misspelt chart: the error suggests the right one.",
			tool:  "perses_build_dashboard", with: strings.Replace(build, `"chart": "gauge"`, `"chart": "gaugs"`, 1), from: `"chart": "gaugs"`,
			fails: true, contains: []string{`there is no "gaugs". Nearest: gauge`},
		}, {
			title: "The same sketch, corrected: the dashboard is checked, saved and run.",
			tool:  "perses_build_dashboard", with: build, from: `{"title": "Is it up?"`,
			contains: []string{`"effect":"created"`, `"name":"perses-at-work"`, all},
		}, {
			title: "Edits name the panels that they change; nobody has to read or write the document.",
			tool:  "perses_edit_dashboard", with: `{"project":"demo","dashboard":"perses-at-work","edits":[{"op":"change_panel","panel":"CPU","set":{"title":"CPU, of one core","description":null}},{"op":"set","add_tags":["live"]}]}`, from: `"edits":`,
			contains: []string{`"effect":"updated"`, `"changes":[`},
		}, {
			title: "Is anything wrong with the dashboard?",
			tool:  "perses_check_dashboard", with: `{"project":"demo","dashboard":"perses-at-work"}`,
			contains: []string{`"ok":true`},
		}, {
			title: "Hosts can also browse it as a resource.",
			read:  "perses://projects/demo/dashboards/perses-at-work", from: `"spec":`,
			contains: []string{`"kind":"Dashboard"`, `"name":"Perses at work"`},
		}, {
			title: "Which metrics count the requests to Perses?",
			tool:  "perses_find_metrics", with: `{"match":"perses_http"}`,
			contains: []string{`"name":"perses_http_request_total","type":"counter"`},
		}, {
			title: "How many requests per second were there in the last 15 seconds?",
			tool:  "perses_query", with: `{"query":"sum(rate(perses_http_request_total[4s]))","start":"now-15s","step":"1s"}`, from: `"items":`,
			contains: []string{`"mean":`, `"points":[`, `"total":1`},
		}, {
			title: "What do the panels of the new dashboard show?",
			tool:  "perses_run_panel", with: `{"project":"demo","dashboard":"perses-at-work"}`, from: `"statuses":`,
			contains: []string{all},
		}, {
			title: "Show me the requests by endpoint.",
			tool:  "perses_render_panel", with: `{"project":"demo","dashboard":"perses-at-work","panel":"Requests per second, by endpoint"}`, from: `"panels":`,
			contains: []string{`"status":"data"`}, picture: "demo.png",
		}, {
			title: "And now the whole dashboard.",
			tool:  "perses_render_dashboard", with: `{"project":"demo","dashboard":"perses-at-work"}`, from: `"statuses":`,
			contains: []string{all}, picture: "demo-dashboard.png",
		},
	}
}
