package battery_test

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
	errors  map[string]int // by reason
	calls   atomic.Int64
	results atomic.Int64
	done    atomic.Int64
	doubled atomic.Int64
}

// write calls a tool that writes and says what came of it.
func (l *ledger) write(t *testing.T, p *process, id int, tool, arguments string) outcome {
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
		return unknown
	}
	l.results.Add(1)
	text := m.Result.Content[0].Text
	if !m.Result.IsError {
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

// Perses is killed and started again under load, in the same folder and behind the same address. Every call gets
// an answer, and in the end Perses has what the callers were told: what was done once, what was refused not, and
// either of what they were told is unknown.
func TestPersesIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	database := persestest.Options{Dir: filepath.Join(t.TempDir(), "database")}
	perses, err := persestest.Start(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = perses.Kill() })
	between := newProxy(t)
	between.lead(perses.URL, nil)
	p := serve(t, between.url, "--timeout", "5s")
	l := &ledger{records: map[string]record{}, errors: map[string]int{}}
	if l.write(t, p, 1, "perses_create_project", `{"project":"load"}`) != done {
		t.Fatal("there is no project")
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
			}
		})
	}
	kills := 0
	for end := time.Now().Add(*duration); kills == 0 || time.Now().Before(end); kills++ {
		enough := l.done.Load() + 10*crowd
		eventually(t, "calls", func() bool { return l.done.Load() > enough })
		if err := perses.Kill(); err != nil {
			t.Fatal(err)
		}
		if perses, err = persestest.Start(t.Context(), database); err != nil {
			t.Fatal(err)
		}
		between.lead(perses.URL, nil)
	}
	enough := l.done.Load() + crowd
	eventually(t, "calls", func() bool { return l.done.Load() > enough })
	close(ended)
	callers.Wait()

	lost := l.compare(t, perses.URL+"/api/v1/projects/load/dashboards/")
	t.Logf("%d kills, %d calls, %d results, %d done, errors: %v; %d documents, %d lost, %d doubled",
		kills, l.calls.Load(), l.results.Load(), l.done.Load(), l.errors, len(l.records), lost, l.doubled.Load())
	if len(l.errors) == 0 {
		t.Error("no call was told that Perses was gone")
	}
	p.staysSmall(t)
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
