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

// outcome is what a caller knows of a write.
type outcome int

const (
	none    outcome = iota // it was never asked for
	done                   // it was told to be done
	refused                // it was told that nothing was done
	unknown                // it was told that nobody knows
)

// reasons are the errors that a Perses that comes and goes may cost a caller, by a part of their text.
var reasons = []string{"broke off", "cannot be reached", "did not answer in time", "Perses failed on it"}

// record is what the callers were told about a document, which each of them has named as no other.
type record struct{ created, updated outcome }

// ledger is what all callers were told.
type ledger struct {
	mu      sync.Mutex
	records map[string]record
	errors  map[string]int // of writes, by reason
	reads   int
	// failedReads has the answers of reads that failed.
	failedReads map[string]int
	calls       atomic.Int64
	results     atomic.Int64
	done        atomic.Int64
	doubled     atomic.Int64
}

// call calls a tool, whose call must have an answer.
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
		t.Errorf("call %d is lost: %d %s, %v", id, status, body, err)
		return "", true, false
	}
	l.results.Add(1)
	return m.Result.Content[0].Text, m.Result.IsError, true
}

// read calls a tool that reads, and notes if it fails.
func (l *ledger) read(t *testing.T, p *process, id int, tool, arguments, want string) {
	text, failed, _ := l.call(t, p, id, tool, arguments)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if failed || !strings.Contains(text, want) {
		l.failedReads[text]++
	}
}

// write calls a tool that writes and says what came of it.
func (l *ledger) write(t *testing.T, p *process, id int, tool, arguments string) outcome {
	text, failed, answered := l.call(t, p, id, tool, arguments)
	if !answered {
		return unknown
	}
	if !failed {
		l.done.Add(1)
		return done
	}
	if strings.Contains(text, "exists already") { // nobody else has this name: an earlier try of the same call did it
		l.doubled.Add(1)
		t.Errorf("%s was done twice: %s", tool, text)
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

// longestRestart is how long a restart may take for no read to fail of it.
const longestRestart = 5 * time.Second

// Perses is killed and started again under load, in the same folder and behind the same address. Every call gets
// an answer, and in the end Perses has what the callers were told: what was done once, what was refused not, and
// either of what they were told is unknown. Reads of documents and of data notice nothing.
func TestPersesIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	// Not the folder of the test: Perses lists nothing out of one with a capital letter in its path. That of the program is
	// removed in the end, too.
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
		t.Fatal("there is nothing to read")
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
		t.Error("no write was told that Perses was gone")
	}
	if len(l.failedReads) > 0 && longest < longestRestart {
		t.Errorf("reads failed: %v", l.failedReads)
	}
	p.staysSmall(t)
}

func sum(counts map[string]int) (total int) {
	for _, n := range counts {
		total += n
	}
	return total
}

// compare looks every document up in Perses and returns how many are not as the callers were told.
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
			right = true // there, not there, or, as Perses was killed while it wrote the file, half there
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
			t.Errorf("%s: the caller was told %+v, Perses says %d %s", name, r, response.StatusCode, text)
		}
	}
	return lost
}
