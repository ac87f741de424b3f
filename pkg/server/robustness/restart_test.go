package robustness_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// outcome is what a caller knows about a write.
type outcome int

const (
	none    outcome = iota // no request was sent
	done                   // the answer says that it was done
	refused                // the answer says that nothing was done
	unknown                // the answer says that the outcome is unknown
)

// reasons are parts of the errors that callers may get while Perses restarts.
var reasons = []string{"broke off", "cannot be reached", "did not answer in time", "Perses failed on it"}

// record is what the caller knows about one document. Each document has only one caller.
type record struct{ created, updated outcome }

// ledger is what all callers know.
type ledger struct {
	mu      sync.Mutex
	records map[string]record
	errors  map[string]int // number of failed writes, by reason
	reads   int
	// failedReads contains the answers of failed reads.
	failedReads map[string]int
	calls       atomic.Int64
	results     atomic.Int64
	done        atomic.Int64
	doubled     atomic.Int64
}

// call calls a tool. The call must be answered.
func (l *ledger) call(t *testing.T, p *process, id int, tool, arguments string) (text string, failed, answered bool) {
	l.calls.Add(1)
	status, body, err := p.post(call(id, tool, arguments))
	var m struct {
		ID     int
		Result struct {
			Content []struct{ Text string }
			IsError bool
		}
	}
	if err != nil || status != http.StatusOK || json.Unmarshal([]byte(body), &m) != nil || m.ID != id || len(m.Result.Content) != 1 {
		t.Errorf("call %d was not answered: %d %s, %v", id, status, body, err)
		return "", true, false
	}
	l.results.Add(1)
	return m.Result.Content[0].Text, m.Result.IsError, true
}

// read calls a tool that reads, and records failures.
func (l *ledger) read(t *testing.T, p *process, id int, tool, arguments, want string) {
	text, failed, _ := l.call(t, p, id, tool, arguments)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if failed || !strings.Contains(text, want) {
		l.failedReads[text]++
	}
}

// write calls a tool that writes, and returns the outcome.
func (l *ledger) write(t *testing.T, p *process, id int, tool, arguments string) outcome {
	text, failed, answered := l.call(t, p, id, tool, arguments)
	if !answered {
		return unknown
	}
	if !failed {
		l.done.Add(1)
		return done
	}
	if strings.Contains(text, "exists already") { // only an earlier attempt of the same call can have created it
		l.doubled.Add(1)
		t.Errorf("%s was tried twice: %s", tool, text)
	}
	i := slices.IndexFunc(reasons, func(reason string) bool { return strings.Contains(text, reason) })
	if i < 0 {
		t.Errorf("%s: %s", tool, text)
		return unknown
	}
	l.mu.Lock()
	l.errors[reasons[i]]++
	l.mu.Unlock()
	if strings.Contains(text, "Whether Perses has done it is unknown") || reasons[i] == "Perses failed on it" {
		return unknown
	}
	return refused
}

// maxRestart is the maximum duration of a restart that no read notices.
const maxRestart = 5 * time.Second

// Perses is killed and restarted under load, with the same data and address. Every call is answered. In the end, Perses has each write
// that was done and none that was refused; it may have those whose outcome is unknown. Reads do not fail.
func TestPersesIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	// Perses cannot list files below a path with capital letters, such as t.TempDir. The folder of the program is removed after the
	// tests, too.
	folder := filepath.Dir(persestest.Program(t, program))
	database := persestest.Options{Dir: filepath.Join(folder, fmt.Sprintf("database-%d", time.Now().UnixNano()))}
	perses, err := persestest.Start(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = perses.Kill() })
	between := newProxy(t)
	between.lead(perses.URL, nil)
	p := serve(t, between.url)
	l := &ledger{records: map[string]record{}, errors: map[string]int{}, failedReads: map[string]int{}}
	source := fmt.Sprintf(`{"name":"prom","type":"PrometheusDatasource","url":%q}`, persestest.SharedPrometheus(t).URL)
	if l.write(t, p, 1, "perses_create_project", `{"project":"load"}`) != done || l.write(t, p, 2, "perses_create_global_datasource", source) != done {
		t.Fatal("no data")
	}
	reads := []struct{ tool, arguments, want string }{
		{"perses_list_projects", `{}`, `"load"`},
		{"perses_get_resource", `{"kind":"Project","name":"load"}`, `"load"`},
		{"perses_query", `{"datasource":"prom","query":"vector(7)"}`, "7"},
	}

	ended := make(chan struct{})
	var callers sync.WaitGroup
	for caller := range crowd {
		callers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-ended:
					return
				default:
				}
				name := fmt.Sprintf("d-%d-%d", caller, n)
				var r record
				r.created = l.write(t, p, 2*n, "perses_create_dashboard", fmt.Sprintf(`{"project":"load","dashboard":{"metadata":{"name":%q},"spec":{"duration":"1h"}}}`, name))
				if r.created == done {
					r.updated = l.write(t, p, 2*n+1, "perses_apply_resource", fmt.Sprintf(`{"resource":{"kind":"Dashboard","metadata":{"name":%q,"project":"load"},"spec":{"duration":"2h"}}}`, name))
				}
				l.mu.Lock()
				l.records[name] = r
				l.mu.Unlock()
				reading := reads[n%len(reads)]
				l.read(t, p, 2*n, reading.tool, reading.arguments, reading.want)
			}
		})
	}
	kills, longest := 0, time.Duration(0)
	for end := time.Now().Add(*duration); kills == 0 || time.Now().Before(end); kills++ {
		enough := l.done.Load() + 10*crowd
		eventually(t, "calls", func() bool { return l.done.Load() > enough })
		gone := time.Now()
		if err := perses.Kill(); err != nil {
			t.Fatal(err)
		}
		if perses, err = persestest.Start(t.Context(), database); err != nil {
			t.Fatal(err)
		}
		between.lead(perses.URL, nil)
		longest = max(longest, time.Since(gone))
	}
	enough := l.done.Load() + crowd
	eventually(t, "calls", func() bool { return l.done.Load() > enough })
	close(ended)
	callers.Wait()

	lost := l.compare(t, perses.URL+"/api/v1/projects/load/dashboards/")
	t.Logf("%d kills, the longest for %s, %d calls, %d results, %d writes done, errors of writes: %v; %d reads, %d failed; %d documents, %d lost, %d doubled",
		kills, longest, l.calls.Load(), l.results.Load(), l.done.Load(), l.errors, l.reads, sum(l.failedReads), len(l.records), lost, l.doubled.Load())
	if len(l.errors) == 0 {
		t.Error("no write failed because Perses was down")
	}
	if len(l.failedReads) > 0 && longest < maxRestart {
		t.Errorf("reads failed: %v", l.failedReads)
	}
	p.checkMemory(t)
}

func sum(counts map[string]int) (total int) {
	for _, n := range counts {
		total += n
	}
	return total
}

// compare gets each document from Perses and returns the number of those that contradict what their caller knows.
func (l *ledger) compare(t *testing.T, url string) (lost int) {
	for _, name := range slices.Sorted(maps.Keys(l.records)) {
		r := l.records[name]
		response, err := http.Get(url + name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Metadata struct{ Version int }
			Spec     struct{ Duration string }
		}
		exists, missing := json.Unmarshal(text, &d) == nil && response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNotFound
		var right bool
		switch {
		case r.created == unknown:
			right = true // present, absent, or partly written when Perses was killed
			if exists {
				right = d.Metadata.Version == 0
			}
		case r.created == refused:
			right = missing
		case r.updated == done:
			right = exists && d.Metadata.Version == 1 && d.Spec.Duration == "2h"
		case r.updated == refused:
			right = exists && d.Metadata.Version == 0 && d.Spec.Duration == "1h"
		default:
			right = !exists || d.Metadata.Version <= 1
		}
		if !right {
			lost++
			t.Errorf("%s: the caller knows %+v, Perses answers %d %s", name, r, response.StatusCode, text)
		}
	}
	return lost
}
