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

// step is one call of the conversation, and what is expected of its answer.
type step struct {
	why     string   // what it is about
	tool    string   // to call ...
	with    string   // ... with these arguments, in JSON
	read    string   // or the resource to read
	from    string   // where what matters begins, in the arguments or in the answer
	refused bool     // the answer is an error
	wants   []string // in the answer
	picture string   // the file for the picture that is in the answer
}

// answer is what a call came to.
type answer struct {
	text    string
	refused bool
	picture []byte // a PNG
}

// steps is the conversation: what may be said when somebody wants one more dashboard beside those that are there, and then
// asks what is to be seen on it.
func steps() []step {
	build := `{"project":"demo","name":"perses-at-work","sketch":` + sketch + `}`
	all := fmt.Sprintf(`"statuses":{"data":%d}`, strings.Count(sketch, `{"title"`)-strings.Count(sketch, `"panels"`)) // none of them empty or failed
	return []step{
		{
			why:  "Which projects are there?",
			tool: "perses_list_projects", with: `{}`,
			wants: []string{`"name":"demo"`, `"total":1`},
		}, {
			why:  "A slip in the name of an argument is answered with the one that was meant.",
			tool: "perses_list_dashboards", with: `{"projct":"demo"}`,
			refused: true, wants: []string{"projct", "did you mean project?"},
		}, {
			why:  "Which dashboards does the project have?",
			tool: "perses_list_dashboards", with: `{"project":"demo"}`,
			wants: []string{`"total":2`, `"nodeexporter"`, `"benchmark"`},
		}, {
			why:  "One of them is too large for one answer, so it comes as an outline, in bytes ...",
			tool: "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter"}`, from: `"bytes":`,
			wants: []string{`"outline":`, `"panels":`, "read a part with path"},
		}, {
			why:  "... but one of them comes as it is.",
			tool: "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter","path":"/spec/panels/0_0"}`, from: `"value":`,
			wants: []string{`"GaugeChart"`, `"PrometheusTimeSeriesQuery"`},
		}, {
			why:  "A new dashboard from a sketch, with a slip in it: the answer says what was meant.",
			tool: "perses_build_dashboard", with: strings.Replace(build, `"chart": "gauge"`, `"chart": "gaugs"`, 1), from: `"chart": "gaugs"`,
			refused: true, wants: []string{`there is no "gaugs". Nearest: gauge`},
		}, {
			why:  "The same with the slip put right: it is checked, saved and run.",
			tool: "perses_build_dashboard", with: build, from: `{"title": "Is it up?"`,
			wants: []string{`"effect":"created"`, `"name":"perses-at-work"`, all},
		}, {
			why:  "Changes go by the names of panels. Nobody has to read or write the document for them.",
			tool: "perses_edit_dashboard", with: `{"project":"demo","dashboard":"perses-at-work","edits":[{"op":"change_panel","panel":"CPU","set":{"title":"CPU, of one core","description":null}},{"op":"set","add_tags":["live"]}]}`, from: `"edits":`,
			wants: []string{`"effect":"updated"`, `"changes":[`},
		}, {
			why:  "Is anything wrong with it?",
			tool: "perses_check_dashboard", with: `{"project":"demo","dashboard":"perses-at-work"}`,
			wants: []string{`"ok":true`},
		}, {
			why:  "Hosts can browse it, too, as a resource.",
			read: "perses://projects/demo/dashboards/perses-at-work", from: `"spec":`,
			wants: []string{`"kind":"Dashboard"`, `"name":"Perses at work"`},
		}, {
			why:  "Which metrics are there of the requests that Perses answers?",
			tool: "perses_find_metrics", with: `{"match":"perses_http"}`,
			wants: []string{`"name":"perses_http_request_total","type":"counter"`},
		}, {
			why:  "How many a second were there in the last fifteen seconds?",
			tool: "perses_query", with: `{"query":"sum(rate(perses_http_request_total[4s]))","start":"now-15s","step":"1s"}`, from: `"items":`,
			wants: []string{`"mean":`, `"points":[`, `"total":1`},
		}, {
			why:  "What do the panels of the new dashboard say?",
			tool: "perses_run_panel", with: `{"project":"demo","dashboard":"perses-at-work"}`, from: `"statuses":`,
			wants: []string{all},
		}, {
			why:  "Show me what Perses is asked for.",
			tool: "perses_render_panel", with: `{"project":"demo","dashboard":"perses-at-work","panel":"Requests per second, by what is asked for"}`, from: `"panels":`,
			wants: []string{`"status":"data"`}, picture: "demo.png",
		}, {
			why:  "And now the whole dashboard.",
			tool: "perses_render_dashboard", with: `{"project":"demo","dashboard":"perses-at-work"}`, from: `"statuses":`,
			wants: []string{all}, picture: "demo-dashboard.png",
		},
	}
}
