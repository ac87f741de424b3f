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

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// The limits of each call, whatever documents and answers it processes.
const (
	maxCPU    = 2 * time.Second // CPU time of the process for one call
	maxMemory = 150 << 20       // resident memory in bytes
	// maxMemoryOfLarge is for calls in which a datasource answers with 48 MB, the maximum that is read.
	maxMemoryOfLarge = 200 << 20
	// maxCPUAfter is the maximum CPU time after the caller has disconnected or the call has timed out.
	maxCPUAfter = time.Second
)

// hostilePerses answers as a case says: to each request for a document with the same document, to each request for a list with a list
// of it, and to each request to a datasource with the answer for its path.
//
// A real Perses refuses some of these documents, and takes minutes to validate others.
type hostilePerses struct {
	*httptest.Server
	now atomic.Pointer[hostileCase]
}

// hostileCase is a call of a tool, and the answers of Perses and its datasources.
type hostileCase struct {
	name      string
	tool      string
	arguments string                  // JSON
	document  string                  // the answer of Perses; "" for a small dashboard
	answer    func(url string) string // the answer of a datasource; nil for an empty one
	large     bool                    // the datasource answers with up to 48 MB
	// everything is set if Perses also returns the document for datasources, which are otherwise small and valid.
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

// isPlural reports whether the last part of a path is that of a list, and not the name of a document.
func isPlural(last string) bool { return last != "d" && last != "p" && strings.HasSuffix(last, "s") }

// loadedPlugins is Perses' list of the plugins that a small sketch needs.
const loadedPlugins = `[{"kind":"PluginModule","metadata":{"name":"all","version":"1.0.0"},"spec":{"schemasPath":"schemas","plugins":[` +
	`{"kind":"Panel","spec":{"name":"TimeSeriesChart"}},{"kind":"Panel","spec":{"name":"StatChart"}},{"kind":"Panel","spec":{"name":"Markdown"}},` +
	`{"kind":"TimeSeriesQuery","spec":{"name":"PrometheusTimeSeriesQuery"}},{"kind":"Datasource","spec":{"name":"PrometheusDatasource"}}]},"status":{"isLoaded":true}}]`

func datasource(name, kind string) string {
	return fmt.Sprintf(`{"kind":"Datasource","metadata":{"name":%q,"project":"p"},"spec":{"default":true,"plugin":{"kind":%q,"spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://127.0.0.1:1"}}}}}}`, name, kind)
}

// Hostile arguments, documents and data make calls as expensive as possible. Each call is answered within the limits above.
func TestHostileInput(t *testing.T) {
	onlyLinux(t)
	perses := newHostilePerses(t)
	p := serve(t, perses.URL)
	for _, c := range hostileCases(t) {
		t.Run(c.tool+"/"+c.name, func(t *testing.T) {
			perses.now.Store(&c)
			p.resetPeak(t)
			var status int
			var text string
			cpu := time.Duration(math.MaxInt64)
			// Other processes that use the CPU caches can double the CPU time of a call.
			for attempts := 0; attempts < 3 && cpu > maxCPU; attempts++ {
				before := p.cpu(t)
				var err error
				if status, text, err = p.post(call(1, c.tool, c.arguments)); err != nil {
					t.Fatal(err)
				}
				cpu = min(cpu, p.cpu(t)-before)
			}
			peak := p.Memory(t, "VmHWM")
			t.Logf("%v, %d MiB, status %d: %s", cpu, peak>>20, status, strings.ToValidUTF8(text[:min(len(text), 300)], ""))
			// mcp-go's decoder refuses JSON that is nested too deeply.
			if status != http.StatusOK && status != http.StatusRequestEntityTooLarge && status != http.StatusBadRequest {
				t.Errorf("got status %d", status)
			}
			if strings.Contains(text, "internal error in the MCP server") {
				t.Error("the server panicked")
			}
			if cpu > maxCPU {
				t.Errorf("used %v of CPU time, more than %v", cpu, maxCPU)
			}
			memory := maxMemory
			if c.large {
				memory = maxMemoryOfLarge
			}
			if peak > memory {
				t.Errorf("used %d MiB, more than %d", peak>>20, memory>>20)
			}
		})
	}
}

// When the caller disconnects during a call, the work ends. It does so at the timeout, too, which cancels the same context.
func TestHostileCallsEndWithTheirCaller(t *testing.T) {
	onlyLinux(t)
	perses := newHostilePerses(t)
	p := serve(t, perses.URL)
	for _, c := range hostileCases(t) {
		switch c.tool {
		case "perses_check_dashboard", "perses_render_dashboard", "perses_edit_dashboard", "perses_apply_resource", "perses_find_metrics":
		default:
			continue // the others do the same kind of work
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
			persestest.Receive(t, "the end of the request", ended)
			eventually(t, "the end of the call", func() bool { return p.inFlight(t) == 0 })
			if cpu := p.cpu(t) - left; cpu > maxCPUAfter {
				t.Errorf("used %v of CPU time after the caller had disconnected, more than %v", cpu, maxCPUAfter)
			}
		})
	}
}

var inFlightOf = regexp.MustCompile(`(?m)^\w*calls_in_flight (\d+)$`)

// inFlight returns the number of calls in progress from the metrics.
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
		t.Fatalf("no number of calls in %s, %v", text, err)
	}
	count, _ := strconv.Atoi(string(found[1]))
	return count
}

func onlyLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the CPU time and memory of a process are only known on Linux")
	}
}

// clockTick is the unit of times in /proc: sysconf(_SC_CLK_TCK) is 100 on all architectures that Go supports.
const clockTick = time.Second / 100

// cpu returns the CPU time of the process since its start.
func (p *process) cpu(t testing.TB) time.Duration {
	t.Helper()
	fields := strings.Fields(p.proc(t, "stat")[strings.LastIndex(p.proc(t, "stat"), ")")+1:])
	const utime, stime = 11, 12 // fields 14 and 15 in proc(5), counted from the field after the name
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

// resetPeak sets the maximum to the current memory of the process.
func (p *process) resetPeak(t testing.TB) {
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

var wholeCorpus = flag.Bool("robustness.hostile", false, "also make the calls with hostile documents and answers; this takes minutes on an otherwise idle machine")

// hostileCases returns the calls: those with hostile arguments, and each tool with answers of Perses that are not documents. With
// -robustness.hostile, it adds each tool that works on dashboards with each document, each tool that queries datasources with each
// answer, and each tool with large documents that are not dashboards.
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
