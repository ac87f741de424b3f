package panel_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	prom "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/panel"
)

func TestRun(t *testing.T) {
	r := newRoom(t)
	r.write("run_requests_total", map[string]string{"job": "api"}, 0, 60)
	r.write("run_requests_total", map[string]string{"job": "web"}, 0, 120)
	r.datasource("PrometheusDatasource", "other", r.prom.URL)
	d := r.dashboard(`{"display":{"name":"Shop"},"duration":"1h",
		"variables":[{"kind":"TextVariable","spec":{"name":"ds","value":"other"}},{"kind":"TextVariable","spec":{"name":"who","value":"world"}},
			{"kind":"ListVariable","spec":{"name":"job","allowMultiple":true,"allowAllValue":true,"defaultValue":"$__all","plugin":{"kind":"StaticListVariable","spec":{"values":["api","web"]}}}}],
		"panels":{
			"rate":` + panelJSON("TimeSeriesChart", "Rate", `{"query":"sum by (job) (rate(run_requests_total[$__rate_interval]))","minStep":"1m"}`) + `,
			"named":` + panelJSON("TimeSeriesChart", "Of $who", `{"query":"run_requests_total","seriesNameFormat":"{{job}} of $who","minStep":"5m","datasource":"$ds"}`, "sum(run_requests_total)") + `,
			"table":` + panelJSON("TimeSeriesTable", "Table", `run_requests_total`) + `,
			"one":` + panelJSON("StatChart", "Of $job", `sum(run_requests_total{job=~"$job"}) + 0 * $__range_s`) + `,
			"half":` + panelJSON("StatChart", "Half", "1", "sum(") + `,
			"broken":` + panelJSON("StatChart", "Broken", "sum(") + `,
			"nothing":` + panelJSON("StatChart", "Nothing", "run_request_total", "") + `,
			"absent":` + panelJSON("StatChart", "Absent", `{"query":"up","datasource":{"kind":"PrometheusDatasource","name":"nowhere"}}`) + `,
			"bare":{"kind":"Panel","spec":{"plugin":{"kind":"StatChart","spec":{}}}},
			"strange":{"kind":"Panel","spec":{"plugin":{"kind":"FlameChart","spec":{}},"queries":[{"kind":"ProfileQuery","spec":{"plugin":{"kind":"PyroscopeProfileQuery","spec":{}}}}]}},
			"text":{"kind":"Panel","spec":{"display":{"name":"Notes"},"plugin":{"kind":"Markdown","spec":{"text":"# Hello $who from $__project"}}}},
			"lonely":` + panelJSON("StatChart", "Lonely", "1") + `},
		"layouts":[{"kind":"Grid","spec":{"display":{"title":"First of $who"},"items":[
			{"x":0,"y":0,"width":12,"height":8,"content":{"$ref":"#/spec/panels/rate"}},{"x":12,"y":0,"width":12,"height":8,"content":{"$ref":"#/spec/panels/named"}},
			{"x":0,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/table"}},{"x":3,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/half"}},
			{"x":6,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/broken"}},{"x":9,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/nothing"}},
			{"x":12,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/absent"}},{"x":15,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/bare"}},
			{"x":18,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/strange"}},{"x":21,"y":8,"width":3,"height":1,"content":{"$ref":"#/spec/panels/text"}},
			{"x":0,"y":9,"width":24,"height":1,"content":{"$ref":"#/spec/panels/gone"}}]}},
			{"kind":"Grid","spec":{"display":{"title":"$job"},"repeatVariable":"job","items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/one"}}]}}]}`)

	var mu sync.Mutex
	var progress []string
	result := r.run(d, panel.Options{Progress: func(done, total int, title string) {
		mu.Lock()
		defer mu.Unlock()
		progress = append(progress, fmt.Sprintf("%d/%d", done, total))
	}})
	var got []string
	for _, p := range result.Panels {
		text, _, _ := strings.Cut(summary(p), " There are: ") // in no order
		got = append(got, p.Key+" ("+p.Title+"): "+text)
	}
	want := []string{
		`rate (Rate): data {job="api"}=1 {job="web"}=2`,
		`named (Of world): data api of world=%d web of world=%d {}=10800`,
		`table (Table): data run_requests_total{job="api"}=3600 run_requests_total{job="web"}=7200`,
		`half (Half): data {}=1; 1 of 2 queries failed: Datasource "prom" (project): it refuses the query: invalid parameter "query": 1:5: parse error: unclosed left parenthesis.`,
		`broken (Broken): failed; Datasource "prom" (project): it refuses the query: invalid parameter "query": 1:5: parse error: unclosed left parenthesis.`,
		`nothing (Nothing): empty; There is no metric run_request_total. Nearest names: run_requests_total.`,
		`absent (Absent): failed; There is no PrometheusDatasource named "nowhere" in project "` + r.project + `" and globally.`,
		`bare (bare): empty; It has no queries.`,
		`strange (strange): failed; A query of the plugin "PyroscopeProfileQuery" cannot be run here; these can: LokiLogQuery, LokiTimeSeriesQuery, PrometheusTimeSeriesQuery, TempoTraceQuery.`,
		`text (Notes): data`,
		`one (Of api): data {}=3600`,
		`one (Of web): data {}=7200`,
		`lonely (Lonely): data {}=1; It is in no layout, so the page does not show it.`,
	}
	named := find(t, result, "named").Queries[0]
	last := named.Series[0].Points[len(named.Series[0].Points)-1]
	minutes := last.Timestamp.Time().Sub(r.start).Minutes() // aligned to five
	want[1] = fmt.Sprintf(want[1], int(60*minutes), int(120*minutes))
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if text, want := find(t, result, "text").Text, "# Hello world from "+r.project; text != want {
		t.Errorf("the text is %q, want %q", text, want)
	}
	if len(progress) != len(want) || !strings.Contains(strings.Join(progress, " "), fmt.Sprintf("%d/%[1]d", len(want))) {
		t.Errorf("the progress was %v", progress)
	}
	if named.Datasource != "other" || named.Range.Step != 5*time.Minute {
		t.Errorf("named was asked of %s in steps of %v", named.Datasource, named.Range.Step)
	}
	if table := find(t, result, "table").Queries[0]; !table.Instant || len(table.Series[0].Points) != 1 {
		t.Errorf("the table has %+v", table)
	}

	var rows []string
	for _, row := range result.Rows {
		line := row.Title
		for _, it := range row.Items {
			key := "nothing"
			if it.Panel != nil {
				key = it.Panel.Key
			}
			line += fmt.Sprintf(" %s@%d,%d", key, it.X, it.Y)
		}
		rows = append(rows, line)
	}
	if want := []string{
		"First of world rate@0,0 named@12,0 table@0,8 half@3,8 broken@6,8 nothing@9,8 absent@12,8 bare@15,8 strange@18,8 text@21,8 nothing@0,9",
		"api one@0,0", "web one@0,0",
	}; !reflect.DeepEqual(rows, want) {
		t.Errorf("got the rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}

	rate := find(t, result, "rate").Queries[0]
	if rate.Text != "sum by (job) (rate(run_requests_total[4m]))" || rate.Range.Step != time.Minute {
		t.Errorf("asked %s in steps of %v", rate.Text, rate.Range.Step)
	}
	value, _, err := r.byHand().QueryRange(t.Context(), rate.Text, prom.Range{Start: rate.Range.Start, End: rate.Range.End, Step: rate.Range.Step})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range value.(model.Matrix) {
		if !reflect.DeepEqual(s.Metric, rate.Series[i].Labels) || !reflect.DeepEqual(s.Values, rate.Series[i].Points) {
			t.Errorf("asked by hand, Prometheus gives %v, not %v", s, rate.Series[i])
		}
	}
}

func TestRunOnePanel(t *testing.T) {
	r := newRoom(t)
	d := r.dashboard(`{"variables":[{"kind":"ListVariable","spec":{"name":"broken","plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":"((","labelName":"x"}}}}],
		"panels":{"a":` + panelJSON("StatChart", "A", "1") + `,"b":` + panelJSON("StatChart", "B", "$broken") + `}}`)
	result := r.run(d, panel.Options{Panel: "a"})
	if len(result.Panels) != 1 || len(result.Rows) != 0 || len(result.Variables) != 0 || summary(result.Panels[0]) != "data {}=1" {
		t.Errorf("got %+v", result)
	}
	if _, err := r.try(t.Context(), d, panel.Options{Panel: "c"}); err == nil || err.Error() != `dashboard "board" has no panel with the key "c"` {
		t.Error(err)
	}
}

// through returns a server in front of Prometheus. It calls pass for each request, which forwards it by calling its argument.
func (r room) through(pass func(request *http.Request, on func())) string {
	r.Helper()
	target, err := url.Parse(r.prom.URL)
	if err != nil {
		r.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		pass(request, func() { proxy.ServeHTTP(w, request) })
	}))
	r.Cleanup(server.Close)
	return server.URL
}

// many returns a dashboard of n panels, each with a query made by query.
func (r room) many(panels int, query func(i int) string) string {
	var list []string
	for i := range panels {
		list = append(list, fmt.Sprintf(`"p%d":%s`, i, panelJSON("StatChart", fmt.Sprint("Panel ", i), query(i))))
	}
	return `{"panels":{` + strings.Join(list, ",") + `}}`
}

// TestQueriesRunConcurrently delays each query until the maximum number of concurrent queries has arrived, or all that are left. With
// fewer concurrent queries, it would never end.
func TestQueriesRunConcurrently(t *testing.T) {
	const queries, atOnce, patience = 30, 8, 30 * time.Second
	const more = 50 * time.Millisecond // for one too many to come, if there is one
	r := newRoom(t)
	var mu sync.Mutex
	total, under, most := 0, 0, 0
	round := make(chan struct{}) // closed when the queries that are held back go on
	r.datasource("PrometheusDatasource", "slow", r.through(func(_ *http.Request, on func()) {
		mu.Lock()
		total++
		under++
		most = max(most, under)
		mine, full := round, total%atOnce == 0 || total == queries
		if full {
			round = make(chan struct{})
		}
		mu.Unlock()
		if full {
			time.Sleep(more)
			close(mine)
		}
		select {
		case <-mine:
		case <-time.After(patience):
			t.Errorf("fewer than %d queries are under way at once", atOnce)
		}
		mu.Lock()
		under--
		mu.Unlock()
		on()
	}))
	d := r.dashboard(r.many(queries, func(i int) string {
		return fmt.Sprintf(`{"query":"%d","datasource":{"kind":"PrometheusDatasource","name":"slow"}}`, i)
	}))
	for i, p := range r.run(d, panel.Options{}).Panels {
		if p.Status != panel.Data {
			t.Errorf("panel %d: %s", i, summary(p))
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if total != queries || most != atOnce {
		t.Errorf("%d queries, %d at once; want %d, %d at once", total, most, queries, atOnce)
	}
}

func TestTheSameQueryRunsOnce(t *testing.T) {
	r := newRoom(t)
	var total atomic.Int64
	r.datasource("PrometheusDatasource", "counted", r.through(func(_ *http.Request, on func()) {
		total.Add(1)
		on()
	}))
	d := r.dashboard(r.many(10, func(i int) string {
		return fmt.Sprintf(`{"query":"%d","seriesNameFormat":"name %d","datasource":{"kind":"PrometheusDatasource","name":"counted"}}`, i%2, i)
	}))
	for i, p := range r.run(d, panel.Options{}).Panels {
		if got, want := summary(p), fmt.Sprintf("data name %d=%d; It is in no layout, so the page does not show it.", i, i%2); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if total.Load() != 2 {
		t.Errorf("%d requests for two different queries", total.Load())
	}
}

func TestHangingDatasourceDoesNotBlockOthers(t *testing.T) {
	r := newRoom(t)
	over := make(chan struct{})
	r.datasource("PrometheusDatasource", "hangs", r.through(func(*http.Request, func()) { <-over }))
	t.Cleanup(func() { close(over) }) // before the server is closed, which waits for its requests
	var hanging, working []string
	for i := range 20 {
		hanging = append(hanging, fmt.Sprintf(`"h%d":%s`, i, panelJSON("StatChart", "Hangs", fmt.Sprintf(`{"query":"%d","datasource":{"kind":"PrometheusDatasource","name":"hangs"}}`, i))))
		working = append(working, fmt.Sprintf(`"w%d":%s`, i, panelJSON("StatChart", "Works", fmt.Sprint(i))))
	}
	d := r.dashboard(`{"variables":[{"kind":"ListVariable","spec":{"name":"late","plugin":{"kind":"PrometheusLabelValuesVariable",
			"spec":{"labelName":"job","datasource":{"kind":"PrometheusDatasource","name":"hangs"}}}}}],
		"panels":{` + strings.Join(append(hanging, working...), ",") + `,"needs":` + panelJSON("StatChart", "Needs", "1 + $late") + `}}`)
	const limit = 3 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	result, err := r.try(ctx, d, panel.Options{})
	if err != nil || ctx.Err() != nil {
		t.Fatal(err, ctx.Err())
	}
	for _, p := range result.Panels {
		switch {
		case p.Title == "Works" && p.Status != panel.Data:
			t.Errorf("%s: %s", p.Key, summary(p))
		case p.Title == "Hangs" && (p.Status != panel.Failed || !strings.Contains(p.Why, `atasource "hangs" did not answer within 2.`)):
			t.Errorf("%s: %s", p.Key, summary(p))
		case p.Key == "needs" && (p.Status != panel.Failed || !strings.HasPrefix(p.Why, `It needs the variable late: its values could not be listed: datasource "hangs" did not answer within 1.`)):
			t.Errorf("%s: %s", p.Key, summary(p))
		}
	}
}

func TestRunEndsWithTheCall(t *testing.T) {
	r := newRoom(t)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	r.datasource("PrometheusDatasource", "cancels", r.through(func(*http.Request, func()) {
		cancel()
		<-over
	}))
	t.Cleanup(func() { close(over) })
	d := r.dashboard(r.many(1, func(int) string { return `{"query":"1","datasource":{"kind":"PrometheusDatasource","name":"cancels"}}` }))
	if _, err := r.try(ctx, d, panel.Options{}); err == nil {
		t.Error("a run whose call is over has a result")
	}
}

func TestFailingVariables(t *testing.T) {
	r := newRoom(t)
	variable := func(name, more, spec string) string { return list(name, more, "PrometheusPromQLVariable", spec) }
	d := r.dashboard(`{"variables":[` + strings.Join([]string{
		variable("a", "", `{"expr":"$b","labelName":"x"}`), variable("b", "", `{"expr":"$c","labelName":"x"}`), variable("c", "", `{"expr":"$a","labelName":"x"}`),
		variable("after", "", `{"expr":"$a","labelName":"x"}`), variable("self", "", `{"expr":"$self","labelName":"x"}`),
		variable("broken", "", `{"expr":"((","labelName":"x"}`), variable("kept", `"defaultValue":"5"`, `{"expr":"((","labelName":"x"}`),
		variable("lookahead", `"capturingRegexp":"(?=x)"`, `{"expr":"1","labelName":"x"}`), list("strange", "", "DatasourceVariable", `{}`),
	}, ",") + `],"panels":{
		"cycle":` + panelJSON("StatChart", "Cycle", "$a") + `,"after":` + panelJSON("StatChart", "After", "$after") + `,
		"broken":` + panelJSON("StatChart", "Broken", "$broken") + `,"kept":` + panelJSON("StatChart", "Kept", "$kept") + `,
		"strange":` + panelJSON("StatChart", "Strange", "$strange") + `,"lookahead":` + panelJSON("StatChart", "Lookahead", "$lookahead") + `,
		"unknown":` + panelJSON("StatChart", "Unknown", `persestest_start{job="$jbo"}`) + `,
		"fine":` + panelJSON("StatChart", "Fine", "7") + `}}`)
	const refused = `datasource "prom" (project): it refuses the query: invalid parameter "query": 1:3: parse error: unclosed left parenthesis`
	const cycle = "it depends on itself: $a needs $b needs $c needs $a."
	for key, want := range map[string]string{
		"cycle":     "failed; It needs the variable a: " + cycle,
		"after":     "failed; It needs the variable after: its values could not be listed: it needs $a, which has no value: " + cycle,
		"broken":    "failed; It needs the variable broken: its values could not be listed: " + refused + ".",
		"kept":      "data {}=5",
		"strange":   `failed; It needs the variable strange: its values could not be listed: the values of a DatasourceVariable cannot be listed here, only those of PrometheusLabelNamesVariable, PrometheusLabelValuesVariable, PrometheusPromQLVariable and StaticListVariable: set its value.`,
		"lookahead": "failed; It needs the variable lookahead: its values could not be listed: its capturingRegexp cannot be used: error parsing regexp: invalid or unsupported Perl syntax: `(?=`.",
		"unknown":   "empty; No series of persestest_start has a label job.; It refers to $jbo, but there is no such variable, so the text is not replaced.",
		"fine":      "data {}=7",
	} {
		if got := summary(r.run(d, panel.Options{Panel: key}).Panels[0]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", key, got, want)
		}
	}
	if got, want := shown(r.run(d, panel.Options{Panel: "kept"}).Variables), "kept=5 (it has its default because its values could not be listed: "+refused+")"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// A value for one of them breaks the cycle.
	if got := summary(r.run(d, panel.Options{Panel: "after", Variables: map[string][]string{"a": {"3"}, "after": {"4"}}}).Panels[0]); got != "data {}=4" {
		t.Error(got)
	}
	if got := summary(r.run(d, panel.Options{Panel: "strange", Variables: map[string][]string{"strange": {"8"}}}).Panels[0]); got != "data {}=8" {
		t.Error(got)
	}
	for _, c := range []struct {
		set  map[string][]string
		want string
	}{
		{map[string][]string{"strnge": {"x"}}, `dashboard "board" has no variable "strnge". Nearest: strange. It has: a, b, c, after, self, broken, kept, lookahead, strange`},
		{map[string][]string{"kept": {"x", "y"}}, `variable "kept" takes one value, not a list of 2`},
	} {
		if _, err := r.try(t.Context(), d, panel.Options{Variables: c.set}); err == nil || err.Error() != c.want {
			t.Errorf("\n got %v\nwant %s", err, c.want)
		}
	}
	if _, err := r.try(t.Context(), r.dashboard(`{}`), panel.Options{Variables: map[string][]string{"x": {"y"}}}); err == nil || !strings.Contains(err.Error(), `so none is called "x"`) && !strings.Contains(err.Error(), `has no variable "x"`) {
		t.Error(err)
	}
}

// answering is a datasource of another kind than Prometheus. It has a response for each path and records the requests.
func answering(t *testing.T, answers map[string]string) (address string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var requests []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r.URL.Path+" "+r.URL.Query().Get("query")+r.URL.Query().Get("q")+" "+r.URL.Query().Get("step")+" "+r.URL.Query().Get("limit"))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answers[r.URL.Path]))
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string { mu.Lock(); defer mu.Unlock(); return requests }
}

func TestLogs(t *testing.T) {
	r := newRoom(t)
	logs, asked := answering(t, map[string]string{"/loki/api/v1/query_range": `{"data":{"resultType":"streams","result":[{"stream":{"app":"a"},"values":[["1700000000000000000","older"],["1700000001000000000","newer"]]}]}}`})
	metrics, askedMetrics := answering(t, map[string]string{"/loki/api/v1/query_range": `{"data":{"resultType":"matrix","result":[{"metric":{"app":"a","env":"b"},"values":[[1700000000,"3"]]}]}}`})
	r.datasource("LokiDatasource", "logs", logs)
	r.datasource("LokiDatasource", "metrics", metrics)
	one := func(kind, plugin, spec string) string {
		return fmt.Sprintf(`{"kind":"Panel","spec":{"plugin":{"kind":"LogsTable","spec":{}},"queries":[{"kind":%q,"spec":{"plugin":{"kind":%q,"spec":%s}}}]}}`, kind, plugin, spec)
	}
	d := r.dashboard(`{"variables":[{"kind":"TextVariable","spec":{"name":"app","value":"a"}}],"panels":{
		"logs":` + one("LogQuery", "LokiLogQuery", `{"query":"{app=\"$app\"}","datasource":{"kind":"LokiDatasource","name":"logs"}}`) + `,
		"metrics":` + one("TimeSeriesQuery", "LokiTimeSeriesQuery", `{"query":"rate({app=\"$app\"}[1m])","step":"30s","datasource":{"kind":"LokiDatasource","name":"metrics"}}`) + `}}`)
	result := r.run(d, panel.Options{})
	var lines []string
	for _, l := range find(t, result, "logs").Queries[0].Entries {
		lines = append(lines, l.Text())
	}
	if got := strings.Join(lines, " "); got != "newer older" {
		t.Errorf("the lines are %s", got)
	}
	if got := find(t, result, "metrics").Queries[0].Series; len(got) != 1 || got[0].Name != "app=a, env=b" {
		t.Errorf("the series are %+v", got)
	}
	for want, got := range map[string][]string{
		`/loki/api/v1/query_range {app="a"}  `: asked(), `/loki/api/v1/query_range rate({app="a"}[1m]) 30 `: askedMetrics(),
	} {
		if len(got) != 1 || got[0] != want {
			t.Errorf("asked %q, want %q", got, want)
		}
	}
}
