package query_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/spec/go/common"
	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/query"
)

func TestMain(m *testing.M) { persestest.Main(m) }

type object = map[string]any

// bench is a project of the shared Perses, and a client to put datasources into it.
type bench struct {
	t       *testing.T
	project string
	client  *perses.Client
}

func newBench(t *testing.T) bench {
	t.Helper()
	p := persestest.Shared(t)
	s, err := perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL(p.URL)}, perses.Trust{"global", "project"})
	if err != nil {
		t.Fatal(err)
	}
	return bench{t, persestest.NewProject(t, p), s.Client(t.Context())}
}

// spec is that of a datasource behind the proxy.
func spec(kind, address string, isDefault bool, more object) object {
	plugin := object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": address}}}
	for name, value := range more {
		plugin[name] = value
	}
	return object{"default": isDefault, "plugin": object{"kind": kind, "spec": plugin}}
}

func (b bench) add(name string, spec object) {
	b.t.Helper()
	var d modelv1.Datasource
	document := perses.Marshal(object{"kind": "Datasource", "metadata": object{"name": name, "project": b.project}, "spec": spec})
	if err := json.Unmarshal(document, &d); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.client.V1().Datasource(b.project).Create(&d); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) find(s query.Selector) *query.Source {
	b.t.Helper()
	s.Project = b.project
	source, err := query.Find(b.client, s)
	if err != nil {
		b.t.Fatal(err)
	}
	return source
}

// backend answers each path with a fixed text, and notes what it is asked.
type backend struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newBackend(t *testing.T, answers map[string]string) *backend {
	t.Helper()
	b := &backend{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		b.mu.Lock()
		b.asked = append(b.asked, r.Method+" "+r.URL.Path+"?"+r.Form.Encode())
		b.mu.Unlock()
		answer, ok := answers[r.URL.Path]
		if !ok {
			http.Error(w, "404 page not found", http.StatusNotFound)
			return
		}
		if status, rest, ok := strings.Cut(answer, " | "); ok {
			var code int
			_, _ = fmt.Sscan(status, &code)
			w.WriteHeader(code)
			answer = rest
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *backend) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

var hour = query.Range{Start: time.Unix(1767225600, 0).UTC(), End: time.Unix(1767229200, 0).UTC(), Step: time.Minute}

// TestDatasourcesAreFoundAsInTheUI is about which of several is meant.
func TestDatasourcesAreFoundAsInTheUI(t *testing.T) {
	b := newBench(t)
	b.add("plain", spec(query.Prometheus, "http://plain.example", false, nil))
	if _, err := query.Find(b.client, query.Selector{Kind: query.Prometheus, Project: b.project, Dashboard: "d"}); err == nil || !strings.Contains(err.Error(), "there is no default PrometheusDatasource in project") || !strings.Contains(err.Error(), "plain (PrometheusDatasource, project)") {
		t.Errorf("a dashboard without a default: got %v", err)
	}
	if got := b.find(query.Selector{Kind: query.Prometheus}).Name(); got != "plain" {
		t.Errorf("the only one: got %s", got)
	}
	b.add("main", spec(query.Prometheus, "http://main.example", true, object{"scrapeInterval": "30s"}))
	b.add("logs", spec(query.Loki, "http://logs.example", true, nil))
	local := map[string]json.RawMessage{
		"main":  perses.Marshal(spec(query.Loki, "http://other.example", false, nil)),
		"own":   perses.Marshal(spec(query.Prometheus, "http://own.example", false, nil)),
		"plain": perses.Marshal(spec(query.Prometheus, "http://local.example", true, nil)),
	}
	for _, c := range []struct {
		selector    query.Selector
		local       bool
		name, scope string
	}{
		{query.Selector{Kind: query.Prometheus}, false, "main", "project"},
		{query.Selector{Kind: query.Loki}, false, "logs", "project"},
		{query.Selector{Name: "plain"}, false, "plain", "project"},
		{query.Selector{Name: "PLAIN"}, false, "plain", "project"}, // as its database has it
		{query.Selector{Kind: query.Prometheus}, true, "plain", "local"},
		{query.Selector{Kind: query.Prometheus, Name: "plain"}, true, "plain", "local"},
		{query.Selector{Kind: query.Prometheus, Name: "own"}, true, "own", "local"},
		{query.Selector{Kind: query.Prometheus, Name: "main"}, true, "main", "project"}, // its own is of another kind
		{query.Selector{Kind: query.Loki}, true, "logs", "project"},
	} {
		if c.local {
			c.selector.Dashboard, c.selector.Local = "d", local
		}
		got := b.find(c.selector)
		if got.Name() != c.name || string(got.Scope()) != c.scope {
			t.Errorf("%+v: got %s (%s), want %s (%s)", c.selector, got.Name(), got.Scope(), c.name, c.scope)
		}
	}
	if got := b.find(query.Selector{Name: "main"}).ScrapeInterval(); got != 30*time.Second {
		t.Errorf("scrape interval: got %s", got)
	}
	for want, s := range map[string]query.Selector{
		`there is no LokiDatasource named "main"`:   {Kind: query.Loki, Name: "main"},
		`There are: main (PrometheusDatasource, pr`: {Name: "mian"},
		`"../x" is not a name`:                      {Name: "../x"},
	} {
		s.Project = b.project
		if _, err := query.Find(b.client, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", s, err, want)
		}
	}
}

func TestLokiIsAsked(t *testing.T) {
	streams := `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"a"},"values":[["1767225600000000001","first"],["1767225602000000000","third"]]},{"stream":{"app":"b"},"values":[["1767225601000000000","second",{"traceID":"x"}]]}]}}`
	loki := newBackend(t, map[string]string{
		"/loki/api/v1/query_range":      streams,
		"/loki/api/v1/query":            `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"app":"a"},"value":[1767229200,"7"]}]}}`,
		"/loki/api/v1/labels":           `{"status":"success","data":["app","host"]}`,
		"/loki/api/v1/label/app/values": `{"status":"success","data":["a","b"]}`,
		"/loki/api/v1/series":           `{"status":"success","data":[{"app":"a","host":"h"},{"app":"a"}]}`,
	})
	b := newBench(t)
	b.add("logs", spec(query.Loki, loki.URL, true, nil))
	s := b.find(query.Selector{Kind: query.Loki})
	ctx := t.Context()
	logs, err := s.Range(ctx, `{app=~"a|b"}`, hour, 3)
	if err != nil || len(logs.Entries) != 3 || logs.Entries[0].Text() != "third" || logs.Entries[1].Labels["app"] != "b" || logs.Entries[2].Time.UnixNano() != 1767225600000000001 {
		t.Errorf("got %+v, %v", logs, err)
	}
	count, err := s.Instant(ctx, `count_over_time({app="a"}[1h])`, hour.End)
	if err != nil || len(count.Series) != 1 || count.Series[0].Points[0].Value != 7 {
		t.Errorf("got %+v, %v", count, err)
	}
	names, err := s.LabelNames(ctx, nil, hour.Start, hour.End)
	if err != nil || !slices.Equal(names, []string{"app", "host"}) {
		t.Errorf("got %q, %v", names, err)
	}
	names, err = s.LabelNames(ctx, []string{`{app="a"}`}, hour.Start, hour.End)
	if err != nil || !slices.Equal(names, []string{"app", "host"}) {
		t.Errorf("got %q, %v", names, err)
	}
	values, err := s.LabelValues(ctx, "app", []string{`{host="h"}`}, hour.Start, hour.End)
	if err != nil || !slices.Equal(values, []string{"a", "b"}) {
		t.Errorf("got %q, %v", values, err)
	}
	const times = "&start=1767225600000000000"
	want := []string{
		"GET /loki/api/v1/query_range?direction=backward&end=1767229200000000000&limit=3&query=" + url.QueryEscape(`{app=~"a|b"}`) + times + "&step=60",
		"GET /loki/api/v1/query?query=" + url.QueryEscape(`count_over_time({app="a"}[1h])`) + "&time=1767229200000000000",
		"GET /loki/api/v1/labels?end=1767229200000000000" + times + "",
		"GET /loki/api/v1/series?end=1767229200000000000&match%5B%5D=" + url.QueryEscape(`{app="a"}`) + times + "",
		"GET /loki/api/v1/label/app/values?end=1767229200000000000&query=" + url.QueryEscape(`{host="h"}`) + times + "",
	}
	if got := loki.requests(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTempoIsSearched(t *testing.T) {
	tempo := newBackend(t, map[string]string{
		"/api/search":         `{"traces":[{"traceID":"1","rootServiceName":"shop","rootTraceName":"GET /","startTimeUnixNano":"1767225600000000000","durationMs":12},{"traceID":"2","startTimeUnixNano":"1767225700000000000"}]}`,
		"/api/v2/search/tags": `{"scopes":[{"name":"resource","tags":["service.name"]},{"name":"intrinsic","tags":["duration"]}]}`,
		"/api/v2/search/tag/resource.service.name/values": `{"tagValues":[{"type":"string","value":"shop"},{"type":"string","value":"cart"}]}`,
	})
	b := newBench(t)
	b.add("traces", spec(query.Prometheus, tempo.URL, false, nil))
	// The test Perses has no plugin of Tempo: the same proxy, then, under another kind.
	s := b.find(query.Selector{Name: "traces"}).As(query.Tempo)
	ctx := t.Context()
	found, err := s.Range(ctx, `{duration>10ms}`, hour, 5)
	if err != nil || len(found.Entries) != 2 || found.Entries[0].Fields[0].Value != "2" || found.Entries[1].Text() != "1 shop GET / 12ms" || !found.Entries[1].Time.Equal(hour.Start) {
		t.Errorf("got %+v, %v", found, err)
	}
	if _, err := s.Instant(ctx, `{}`, hour.End); err == nil || !strings.Contains(err.Error(), "give a start") {
		t.Errorf("got %v", err)
	}
	names, err := s.LabelNames(ctx, nil, hour.Start, hour.End)
	if err != nil || !slices.Equal(names, []string{"duration", "resource.service.name"}) {
		t.Errorf("got %q, %v", names, err)
	}
	values, err := s.LabelValues(ctx, "resource.service.name", nil, hour.Start, hour.End)
	if err != nil || !slices.Equal(values, []string{"cart", "shop"}) {
		t.Errorf("got %q, %v", values, err)
	}
	if got := tempo.requests()[0]; got != "GET /api/search?end=1767229201&limit=5&q="+url.QueryEscape(`{duration>10ms}`)+"&start=1767225600" {
		t.Errorf("got %s", got)
	}
}

// TestFailuresOfDatasources is about what a datasource says, in whose words, and about what it must not be asked.
func TestFailuresOfDatasources(t *testing.T) {
	b := newBench(t)
	odd := newBackend(t, map[string]string{
		"/bad/api/v1/query_range":       `400 | {"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end"}`,
		"/slow/api/v1/query_range":      `503 | {"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`,
		"/plain/api/v1/query_range":     "500 | it burns\n",
		"/garbage/api/v1/query_range":   "no JSON at all",
		"/forbidden/api/v1/query_range": `403 | {"status":"error","error":"no org id"}`,
		"/warns/api/v1/query_range":     `{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["partial"],"infos":["not a counter"]}`,
		"/string/api/v1/query_range":    `{"status":"success","data":{"resultType":"string","result":[1,"x"]}}`,
		"/html/api/v1/query_range":      "<!doctype html><html>login</html>",
	})
	for _, c := range []struct{ name, want string }{
		{"bad", `datasource "bad" (project): it refuses the query: 1:5: parse error: unexpected end`},
		{"slow", `datasource "slow" (project): it fails with status 503: query timed out in expression evaluation`},
		{"plain", `datasource "plain" (project): it fails with status 500: it burns`},
		{"garbage", `datasource "garbage" (project): its answer is not that of a PrometheusDatasource`},
		{"forbidden", `datasource "forbidden" (project): it wants other credentials than it gets (403 no org id): the datasource in Perses may need a secret`},
		{"string", `datasource "string" (project): the query is a text, "x", and asks for no series`},
		{"html", `datasource "html" (project): it answers with status 200 and an HTML page, which is no answer of its API: the address in the datasource may be wrong`},
		{"nothing", `datasource "nothing" (project): it has no POST /api/v1/query_range (404 page not found): its url may be wrong, or it is another kind of datasource`},
	} {
		b.add(c.name, spec(query.Prometheus, odd.URL+"/"+c.name, false, nil))
		_, err := b.find(query.Selector{Name: c.name}).Range(t.Context(), "up", hour, 0)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	b.add("warns", spec(query.Prometheus, odd.URL+"/warns", false, object{"queryParams": object{"tenant": "a b"}}))
	answer, err := b.find(query.Selector{Name: "warns"}).Range(t.Context(), "up", hour, 0)
	if err != nil || !slices.Equal(answer.Warnings, []string{"partial", "not a counter"}) {
		t.Errorf("got %+v, %v", answer, err)
	}
	if asked := odd.requests(); !strings.Contains(asked[len(asked)-1], "&tenant=a+b") {
		t.Errorf("the parameters of the datasource are not in %s", asked[len(asked)-1])
	}
	for _, asked := range odd.requests() {
		if !strings.HasPrefix(asked, "POST ") { // as the client of Prometheus would ask again
			t.Errorf("it was asked %s", asked)
		}
	}
	s := b.find(query.Selector{Name: "bad"})
	for _, kind := range []string{query.Loki, query.Tempo} {
		for _, label := range []string{"", "..", ".", "a/b", "a%2fb", "a?b", "a b", "../query", strings.Repeat("a", 501)} {
			if _, err := s.As(kind).LabelValues(t.Context(), label, nil, hour.Start, hour.End); err == nil || !strings.Contains(err.Error(), "is no name of a label") {
				t.Errorf("label %q of a %s: got %v", label, kind, err)
			}
		}
	}
	for _, label := range []string{"", "\xff", strings.Repeat("a", 501)} {
		if _, err := s.LabelValues(t.Context(), label, nil, hour.Start, hour.End); err == nil || !strings.Contains(err.Error(), "is no name of a label") {
			t.Errorf("label %q: got %v", label, err)
		}
	}
}

// TestAnswersThatBreakOffAreAskedForAgain is about what the proxy of Perses does under load.
func TestAnswersThatBreakOffAreAskedForAgain(t *testing.T) {
	const whole = `{"status":"success","data":{"resultType":"matrix","result":[]}}`
	for _, c := range []struct {
		broken int
		want   string
	}{{2, ""}, {1000, "broke off"}} {
		var mu sync.Mutex
		var asked []string
		breaking := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, string(body))
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			if len(asked) <= c.broken {
				_, _ = io.WriteString(w, whole[:10])
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(w, whole)
		}))
		t.Cleanup(breaking.Close)
		b := newBench(t)
		b.add("breaks", spec(query.Prometheus, breaking.URL, true, nil))
		_, err := b.find(query.Selector{}).Range(t.Context(), "up", hour, 0)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("broken %d times: got %v", c.broken, err)
		}
		mu.Lock()
		if n := len(asked); n < 3 || n > 6 || asked[0] == "" || len(slices.Compact(asked)) != 1 { // net/http may ask again on its own
			t.Errorf("broken %d times: it was asked %d times: %q", c.broken, n, asked)
		}
		mu.Unlock()
	}
}

// TestValuesAreThoseOfPrometheus asks a real Prometheus through a real Perses, and by hand.
func TestValuesAreThoseOfPrometheus(t *testing.T) {
	p := persestest.SharedPrometheus(t)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := p.Write(t.Context(), persestest.Series{Name: "asked_range_total", Labels: map[string]string{"job": "a"}, Samples: persestest.Samples(start, 15*time.Second, 0, 15, 30, 45, 60)}); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.add("prom", spec(query.Prometheus, p.URL, true, nil))
	s := b.find(query.Selector{Kind: query.Prometheus})
	answer, err := s.Range(t.Context(), "asked_range_total", query.Range{Start: start, End: start.Add(time.Minute), Step: 30 * time.Second}, 0)
	if err != nil || len(answer.Series) != 1 {
		t.Fatal(answer, err)
	}
	want := []model.SamplePair{{Timestamp: 1767225600000, Value: 0}, {Timestamp: 1767225630000, Value: 30}, {Timestamp: 1767225660000, Value: 60}}
	if got := answer.Series[0]; !slices.Equal(got.Points, want) || got.Labels["job"] != "a" || got.Histograms != nil {
		t.Errorf("got %+v, want %v", got, want)
	}
}
