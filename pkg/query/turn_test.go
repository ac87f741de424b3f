package query_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/query"
)

// TestACallDoesNotWaitForItself also when a large answer breaks off and is asked for again. Of a call that has read many documents, those keep their turn to its end, and it still
// gets a large answer of a datasource; and one after another, for each leaves its turn to the next.
func TestACallDoesNotWaitForItself(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"0"]`)
		for i := range 100_000 {
			if i == 90_000 && asked.Add(1)%2 == 1 {
				panic(http.ErrAbortHandler)
			}
			_, _ = fmt.Fprintf(w, `,[%d,"%d"]`, 1767225600+i, i)
		}
		_, _ = io.WriteString(w, `]}]}}`)
	}))
	t.Cleanup(s.Close)
	b := newBench(t)
	for i := range 30 {
		b.add(fmt.Sprintf("large-%d", i), spec(query.Prometheus, s.URL, false, object{"queryParams": object{"pad": strings.Repeat("x", 5<<10)}}))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	fresh := connect(t, persestest.Shared(t).URL, "", "global", "project")
	source, err := query.Find(fresh.Client(ctx), query.Selector{Name: "large-0", Project: b.project})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // each of which breaks off once
		answer, err := source.Range(ctx, "up", hour, 0)
		if err != nil || len(answer.Series[0].Points) != 100_001 {
			t.Fatal(err)
		}
	}
}

// TestEndlessAnswer asks a datasource that never stops to answer.
func TestEndlessAnswer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		part := []byte(strings.Repeat(" ", 1<<20))
		for { // until the connection is closed
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	b := newBench(t)
	b.add("endless", spec(query.Prometheus, s.URL, false, nil))
	source, err := query.Find(connect(t, persestest.Shared(t).URL, "", "project").Client(t.Context()), query.Selector{Name: "endless", Project: b.project})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Instant(t.Context(), "up", hour.End); err == nil || !strings.Contains(err.Error(), "larger than the 48 MiB that are read") {
		t.Errorf("got %v", err)
	}
}
