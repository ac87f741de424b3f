package robustness_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// crowd is the number of concurrent callers.
const crowd = 64

// call returns the message that calls a tool.
func call(id int, tool, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, id, tool, arguments)
}

// client keeps a connection for each caller of the crowd.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: crowd}}

// post sends a message to the server and returns the status and body of the response.
func (p *process) post(body string) (status int, text string, err error) {
	response, err := client.Post(p.url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return response.StatusCode, string(read), err
}

// atOnce posts a message for each caller of the crowd and returns the number of responses by status.
func (p *process) atOnce(t *testing.T, body string) map[int]int {
	t.Helper()
	statuses := map[int]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range crowd {
		wg.Go(func() {
			status, _, err := p.post(body)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	return statuses
}

// repeated returns a text of the given length that repeats a part as often as it fits between before and after, at most maxCount times,
// and fills the rest with spaces.
func repeated(before, part, after string, length, maxCount int) string {
	room := length - len(before) - len(after)
	n := min(room/len(part), maxCount)
	return before + strings.Repeat(part, n) + after + strings.Repeat(" ", room-n*len(part))
}

// Whatever concurrent callers send, the process uses little memory and goes on. Each caller gets an answer, or is asked to try again after
// the timeout of a call.
func TestLargeRequestsTakeLittleMemory(t *testing.T) {
	t.Parallel()
	const size, maxValues = 4 << 20, 1 << 18
	perses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Error(w, `{"message":"no"}`, http.StatusBadRequest)
	}))
	t.Cleanup(perses.Close)
	const (
		before = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"perses_apply_resource","arguments":{"resource":`
		board  = before + `{"kind":"Dashboard","metadata":{"name":"d","project":"p"},"spec":{"duration":"1h","panels":{`
		panel  = `{"kind":"Panel","spec":{"display":{"name":"A panel","description":"that says something"},"plugin":{"kind":"Markdown","spec":{"text":"hello"}}}}`
	)
	for _, c := range []struct{ name, body string }{
		{"a long text", repeated(board+`},"x":"`, "x", `"}}}}}`, size, size)},
		{"many panels", repeated(board, `"p":`+panel+",", `"q":`+panel+"}}}}}}", size, maxValues/18)},
		{"many empty objects", repeated(before+"[", "{},", "{}]}}}", size, maxValues/2-10)},
		{"many unknown arguments", manyKeys(maxValues/2-10, size)},
		{"an answer to nothing", repeated(`{"jsonrpc":"2.0","id":1,"method":"ping","result":[`, "{},", "{}]}", size, maxValues/2-10)},
		{"more values than are taken", repeated(before+"[", "{},", "{}]}}}", size, size)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := serve(t, perses.URL, "--timeout", "1s")
			statuses := p.atOnce(t, c.body)
			for status := range statuses {
				switch status {
				case http.StatusOK, http.StatusAccepted, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable:
				default:
					t.Errorf("got statuses %v", statuses)
				}
			}
			t.Log(statuses)
			if status, text, err := p.post(`{"jsonrpc":"2.0","id":1,"method":"ping"}`); status != http.StatusOK || err != nil {
				t.Errorf("the next request: got %d %s, %v", status, text, err)
			}
			p.checkMemory(t)
		})
	}
}

// manyKeys returns a call with many different arguments.
func manyKeys(keys, size int) string {
	var b strings.Builder
	for i := range keys {
		fmt.Fprintf(&b, `"k%d":{},`, i)
	}
	return repeated(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"perses_list_projects","arguments":{`,
		b.String(), `"k":{}}}}`, size, 1)
}

// Whatever Perses answers to concurrent calls, the process uses little memory: large answers are read for one call at a time.
func TestLargeAnswersTakeLittleMemory(t *testing.T) {
	t.Parallel()
	const size, maxValues = 8 << 20, 1 << 18
	list := call(1, "perses_list_projects", "{}")
	get := call(1, "perses_get_resource", `{"kind":"Project","name":"p"}`)
	search := call(1, "perses_search_dashboards", `{"project":"p","query":"x"}`)
	resource := `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"perses://projects/p"}}`
	for _, c := range []struct{ name, request, answer string }{
		{"a list with a long document", list, repeated(`[{"metadata":{"name":"d"},"spec":{"x":"`, "x", `"}}]`, size, size)},
		{"a long list", list, repeated("[", `{"kind":"Project","metadata":{"name":"some-project","createdAt":"2024-01-01T00:00:00Z","updatedAt":"2024-01-01T00:00:00Z","version":1},"spec":{"display":{"name":"x"}}},`, "{}]", size, maxValues/12)},
		{"a list of empty objects", list, repeated("[", "{},", "{}]", size, maxValues/2-10)},
		{"more empty objects than are read", list, repeated("[", "{},", "{}]", size, size)},
		{"a library of long documents", search, library(10, maxValues/20)},
		{"a library of many documents", search, library(3000, 40)},
		{"a document in a library that is longer than is read", search, repeated(`[{"metadata":{"name":"p"},"spec":{"x":"`, "x", `"}}]`, 4*size, 4*size)},
		{"a long document", get, repeated(`{"metadata":{"name":"p"},"spec":{"x":"`, "x", `"}}`, size, size)},
		{"a document of empty objects", get, repeated(`{"metadata":{"name":"p"},"spec":[`, "{},", `{}]}`, size, maxValues/2-10)},
		{"a long resource", resource, repeated(`{"metadata":{"name":"p"},"spec":{"x":"`, "x", `"}}`, size, size)},
	} {
		t.Run(c.name, func(t *testing.T) {
			perses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.answer)
			}))
			defer perses.Close()
			p := serve(t, perses.URL, "--timeout", "1s")
			if statuses := p.atOnce(t, c.request); statuses[http.StatusOK] != crowd {
				t.Errorf("got statuses %v", statuses)
			}
			p.checkMemory(t)
		})
	}
}

// library returns a list of dashboards with the given number of panels each.
func library(dashboards, panels int) string {
	var b strings.Builder
	for i := range panels {
		fmt.Fprintf(&b, `,"p%d":{"kind":"Panel","spec":{"display":{"name":"A panel %d"},"plugin":{"kind":"Markdown","spec":{"text":"$hello"}}}}`, i, i)
	}
	all := b.String()[1:]
	b.Reset()
	for i := range dashboards {
		fmt.Fprintf(&b, `,{"kind":"Dashboard","metadata":{"name":"d%d","project":"p"},"spec":{"panels":{%s}}}`, i, all)
	}
	return "[" + b.String()[1:] + "]"
}
