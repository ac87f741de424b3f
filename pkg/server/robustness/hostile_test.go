package robustness_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/server"
)

// The limits that no call may exceed, whatever documents and answers it works on.
const (
	maxCPU    = 2 * time.Second // of the process, for one call
	maxMemory = 150 << 20       // resident
	// maxMemoryOfLarge is for calls in which a datasource answers with 48 MB, the most that is read.
	maxMemoryOfLarge = 200 << 20
	// maxCPUAfter is what the process may still use for a call whose caller has left, or whose time is up.
	maxCPUAfter = time.Second
)

// hostilePerses answers with what a case wants it to: each request for a document with the same one, each request for a
// list with a list of that one, and each request to a datasource with an answer made for its path.
//
// A real Perses refuses some of these documents, and takes minutes to validate others.
type hostilePerses struct {
	*httptest.Server
	now atomic.Pointer[hostileCase]
}

// hostileCase is a call of a tool while Perses and its datasources answer as the case says.
type hostileCase struct {
	name      string
	tool      string
	arguments string                  // JSON
	document  string                  // what Perses answers with; "" for a small dashboard
	answer    func(url string) string // what a datasource answers with; nil for nothing
	large     bool                    // the datasource answers with up to 48 MB
	// everything is set if the document also stands for the datasources of the project, which are otherwise small and honest.
	everything bool
}

func newHostilePerses(t *testing.T) *hostilePerses {
	p := &hostilePerses{}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *hostilePerses) serve(w http.ResponseWriter, r *http.Request) {
	now := p.now.Load()
	sent, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	if _, asked, ok := strings.Cut(r.URL.Path, "/proxy/"); ok {
		if now.answer != nil {
			_, _ = io.WriteString(w, now.answer(asked))
		}
		return
	}
	last := path.Base(r.URL.Path)
	document := now.document
	if document == "" {
		document = smallDashboard
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/validate/"):
	case r.URL.Path == "/api/migrate":
		_, _ = io.WriteString(w, document)
	case r.Method != http.MethodGet:
		_, _ = w.Write(sent)
	case last == "health":
		_, _ = io.WriteString(w, `{"buildTime":"","version":"v0.54.0","commit":""}`)
	case last == "datasources" && !now.everything:
		_, _ = io.WriteString(w, "["+datasource("prom", "PrometheusDatasource")+","+datasource("loki", "LokiDatasource")+","+datasource("tempo", "TempoDatasource")+"]")
	case last == "plugins" && !now.everything:
		_, _ = io.WriteString(w, loadedPlugins)
	case last == "dashboards", isPlural(last) && now.everything:
		_, _ = io.WriteString(w, "["+document+"]")
	case isPlural(last):
		_, _ = io.WriteString(w, "[]")
	case last == "e": // to which things are copied
		http.Error(w, `{"message":"document not found"}`, http.StatusNotFound)
	default:
		_, _ = io.WriteString(w, document)
	}
}

// isPlural tells the last part of the path of a list from the name of a document.
func isPlural(last string) bool { return last != "d" && last != "p" && strings.HasSuffix(last, "s") }

// loadedPlugins are the plugins that a small sketch needs, as Perses lists them.
const loadedPlugins = `[{"kind":"PluginModule","metadata":{"name":"all","version":"1.0.0"},"spec":{"schemasPath":"schemas","plugins":[` +
	`{"kind":"Panel","spec":{"name":"TimeSeriesChart"}},{"kind":"Panel","spec":{"name":"StatChart"}},{"kind":"Panel","spec":{"name":"Markdown"}},` +
	`{"kind":"TimeSeriesQuery","spec":{"name":"PrometheusTimeSeriesQuery"}},{"kind":"Datasource","spec":{"name":"PrometheusDatasource"}}]},"status":{"isLoaded":true}}]`

func datasource(name, kind string) string {
	return fmt.Sprintf(`{"kind":"Datasource","metadata":{"name":%q,"project":"p"},"spec":{"default":true,"plugin":{"kind":%q,"spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://127.0.0.1:1"}}}}}}`, name, kind)
}

// TestHostileInput calls the tools while documents and datasources are made to cost as much as possible. No call takes more
// than its share of processor and memory, and each is answered.
func TestHostileInput(t *testing.T) {
	onlyLinux(t)
	perses := newHostilePerses(t)
	p := serve(t, perses.URL)
	for _, c := range hostileCases(t) {
		t.Run(c.tool+"/"+c.name, func(t *testing.T) {
			perses.now.Store(&c)
			p.forgetPeak(t)
			var status int
			var text string
			cpu := time.Duration(math.MaxInt64)
			// The same call takes up to twice as much CPU time while other processes use the caches of the processor.
			for attempts := 0; attempts < 3 && cpu > maxCPU; attempts++ {
				before := p.cpu(t)
				var err error
				if status, text, err = p.post(call(1, c.tool, c.arguments)); err != nil {
					t.Fatal(err)
				}
				cpu = min(cpu, p.cpu(t)-before)
			}
			peak := p.peak(t)
			t.Logf("%v, %d MiB, status %d: %s", cpu, peak>>20, status, strings.ToValidUTF8(text[:min(len(text), 300)], ""))
			// JSON that is too deep for mcp-go's decoder is none to it.
			if status != http.StatusOK && status != http.StatusRequestEntityTooLarge && status != http.StatusBadRequest {
				t.Errorf("it was answered with status %d", status)
			}
			if strings.Contains(text, "internal error in the MCP server") {
				t.Error("it made the server panic")
			}
			if cpu > maxCPU {
				t.Errorf("it took %v of CPU time, more than %v", cpu, maxCPU)
			}
			memory := maxMemory
			if c.large {
				memory = maxMemoryOfLarge
			}
			if peak > memory {
				t.Errorf("it took %d MiB, more than %d", peak>>20, memory>>20)
			}
		})
	}
}

// TestHostileInputEndsWithItsCaller has callers leave as soon as their call is worked on: the work ends, too, as it does at the
// deadline of the call, which ends the same context.
func TestHostileInputEndsWithItsCaller(t *testing.T) {
	onlyLinux(t)
	perses := newHostilePerses(t)
	p := serve(t, perses.URL)
	for _, c := range hostileCases(t) {
		switch c.tool {
		case "perses_check_dashboard", "perses_render_dashboard", "perses_edit_dashboard", "perses_apply_resource", "perses_find_metrics":
		default:
			continue // the others do no work of another kind
		}
		t.Run(c.tool+"/"+c.name, func(t *testing.T) {
			perses.now.Store(&c)
			started := p.cpu(t)
			ctx, leave := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, strings.NewReader(call(1, c.tool, c.arguments)))
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("Content-Type", "application/json")
				if response, err := client.Do(request); err == nil {
					_ = response.Body.Close()
				}
			}()
			eventually(t, "the call to be worked on", func() bool {
				select {
				case <-ended:
					return true
				default:
					return p.cpu(t)-started >= 50*time.Millisecond
				}
			})
			left := p.cpu(t)
			leave()
			receive(t, "the end of the request", ended)
			eventually(t, "the end of the call", func() bool { return p.inFlight(t) == 0 })
			if cpu := p.cpu(t) - left; cpu > maxCPUAfter {
				t.Errorf("after its caller had left, it took %v of CPU time, more than %v", cpu, maxCPUAfter)
			}
		})
	}
}

var inFlightOf = regexp.MustCompile(`(?m)^\w*calls_in_flight (\d+)$`)

// inFlight returns how many calls the server works on, as its metrics say.
func (p *process) inFlight(t testing.TB) int {
	t.Helper()
	response, err := client.Get(strings.TrimSuffix(p.url, server.Endpoint) + server.MetricsPath)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	found := inFlightOf.FindSubmatch(text)
	if err != nil || found == nil {
		t.Fatalf("no count of calls in %s, %v", text, err)
	}
	count, _ := strconv.Atoi(string(found[1]))
	return count
}

func onlyLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much of the processor and of memory a process has taken")
	}
}

// clockTick is the unit of times in /proc (sysconf(_SC_CLK_TCK), 100 on all architectures that Go runs on).
const clockTick = time.Second / 100

// cpu returns how much CPU time the process has taken since its start.
func (p *process) cpu(t testing.TB) time.Duration {
	t.Helper()
	fields := strings.Fields(p.proc(t, "stat")[strings.LastIndex(p.proc(t, "stat"), ")")+1:])
	const utime, stime = 11, 12 // fields 14 and 15 of proc(5), counted from the one after the name
	user, err := strconv.Atoi(fields[utime])
	if err != nil {
		t.Fatal(err)
	}
	system, err := strconv.Atoi(fields[stime])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * clockTick
}

var peakOf = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak returns how many bytes of memory the process has taken at most, since its start or since forgetPeak.
func (p *process) peak(t testing.TB) int {
	t.Helper()
	found := peakOf.FindStringSubmatch(p.proc(t, "status"))
	if found == nil {
		t.Fatal("the process has ended")
	}
	kilobytes, _ := strconv.Atoi(found[1])
	return kilobytes << 10
}

// forgetPeak makes the memory that the process has now the most that it has taken.
func (p *process) forgetPeak(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}

func (p *process) proc(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.Process.Pid, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var wholeCorpus = flag.Bool("robustness.hostile", false, "make the calls with all hostile documents and answers, not only those with hostile arguments: for some minutes, on a machine that does nothing else")

// hostileCases returns the calls to make: those with hostile arguments, and every tool while Perses answers with something that
// is no document. With -robustness.hostile they are also each tool that works on dashboards with each document, each tool that
// asks datasources with each answer, and every tool with large documents that are no dashboards.
func hostileCases(t testing.TB) []hostileCase {
	cases := hostileArguments()
	for _, text := range []string{`[]`, `null`, `"x"`, `1`, `{}`, `{"kind":"Dashboard","metadata":null,"spec":[]}`, `{"kind":1,"metadata":{"name":1,"project":[]},"spec":{"plugin":[],"panels":[],"layouts":{}}}`} {
		for _, c := range callsOfEveryTool(t, text) {
			c.name, c.document, c.everything = "no document: "+text, text, true
			cases = append(cases, c)
		}
	}
	if !*wholeCorpus {
		return cases
	}
	for _, document := range slices.Concat(hostileDocuments(), hostileDashboards()) {
		if !gjson.Valid(document.text) || len(document.text) > maxHostile {
			t.Fatalf("%s: %d bytes of JSON, valid: %v", document.name, len(document.text), gjson.Valid(document.text))
		}
	}
	for _, d := range hostileDashboards() {
		for _, c := range callsWithDashboard(d.text) {
			c.name, c.document = d.name, d.text
			cases = append(cases, c)
		}
	}
	for _, d := range hostileDocuments() {
		for _, c := range callsOfEveryTool(t, d.text) {
			c.name, c.document, c.everything = d.name, d.text, true
			cases = append(cases, c)
		}
	}
	for _, a := range hostileAnswers() {
		calls, drawing := callsWithData()
		if a.drawn {
			calls = append(calls, drawing...)
		}
		for _, c := range calls {
			c.name, c.answer, c.large, c.document = a.name+", "+c.name, a.to, a.large, boardOfEveryPanel
			cases = append(cases, c)
		}
	}
	return cases
}
