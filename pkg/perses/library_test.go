package perses_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// shelves is a Perses that answers with fixed lists, by the name of the project, and counts them.
type shelves struct {
	*perses.Server
	lists map[string]string

	mu    sync.Mutex
	count int
	// hold, if not nil, is called before a list is sent.
	hold func()
}

func newShelves(t *testing.T, lists map[string]string) *shelves {
	t.Helper()
	s := &shelves{lists: lists}
	fake := httptest.NewServer(s)
	t.Cleanup(fake.Close)
	var err error
	s.Server, err = perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL(fake.URL)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shelves) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch parts := strings.Split(r.URL.Path, "/"); {
	case r.Header.Get("Status") == "broken":
		panic(http.ErrAbortHandler)
	case r.Header.Get("Status") != "":
		status, _ := strconv.Atoi(r.Header.Get("Status"))
		w.WriteHeader(status)
	case r.Method != http.MethodGet || strings.HasSuffix(r.URL.Path, "/dashboards/x"):
		_, _ = fmt.Fprint(w, `{}`)
	case r.URL.Path == "/api/v1/globaldatasources":
		s.counted()
		_, _ = fmt.Fprint(w, `[]`)
	case r.URL.Path == "/api/v1/projects":
		var names []string
		for name := range s.lists {
			names = append(names, fmt.Sprintf(`{"kind":"Project","metadata":{"name":%q}}`, name))
		}
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(names, ","))
	case s.lists[parts[4]] == "":
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, `{"message":"forbidden access"}`)
	default:
		if hold := s.counted(); hold != nil {
			hold()
		}
		_, _ = fmt.Fprint(w, s.lists[parts[4]])
	}
}

// counted counts a request for a list.
func (s *shelves) counted() (hold func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return s.hold
}

func (s *shelves) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *shelves) holdWith(hold func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = hold
}

func board(project, name string) string {
	return fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"project":%q},"spec":{"display":{"name":"The %s"}}}`, name, project, name)
}

// read returns the dashboards as project/name, and what was not read after that.
func read(t *testing.T, c *perses.Client, project string) string {
	t.Helper()
	library, err := c.Library(project)
	if err != nil {
		t.Error(err)
	}
	var names []string
	for _, d := range library.Dashboards {
		names = append(names, d.Project+"/"+d.Name)
	}
	return strings.Join(names, " ") + fmt.Sprint(library.Closed, library.LeftOut)
}

func TestLibraryIsKept(t *testing.T) {
	s := newShelves(t, map[string]string{"a": "[" + board("a", "y") + "," + board("a", "x") + "]", "b": "[" + board("b", "z") + "]", "shut": "", "none": "[]"})
	for range 2 {
		if got, want := read(t, s.Client(t.Context()), ""), "a/x a/y b/z[shut] []"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := read(t, s.Client(t.Context()), "b"), "b/z[] []"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := s.requests(); got != 3 {
		t.Errorf("%d lists were read, want 3", got)
	}
	if _, err := s.Client(t.Context()).Library("shut"); !problem.IsForbidden(err) {
		t.Errorf("got %v", err)
	}
}

// TestLibraryIsOfOneIdentity: what was read for one caller never reaches another.
func TestLibraryIsOfOneIdentity(t *testing.T) {
	s := newShelves(t, map[string]string{"a": "[" + board("a", "secret") + "]"})
	if got := read(t, s.ClientOf(t.Context(), "ada"), ""); got != "a/secret[] []" {
		t.Errorf("got %s", got)
	}
	s.lists = map[string]string{"a": ""} // which is what Perses says to others
	for _, other := range []string{"eve", ""} {
		if got := read(t, s.ClientOf(t.Context(), other), ""); got != "[a] []" {
			t.Errorf("%q: got %s", other, got)
		}
		if _, err := s.ClientOf(t.Context(), other).Library("a"); !problem.IsForbidden(err) {
			t.Errorf("%q: got %v", other, err)
		}
	}
	if got := read(t, s.ClientOf(t.Context(), "ada"), ""); got != "a/secret[] []" {
		t.Errorf("got %s", got)
	}
}

// TestLibraryIsReadOnceAtATime holds a reading back until another call is under way: it shares it, or finds what was kept.
func TestLibraryIsReadOnceAtATime(t *testing.T) {
	s := newShelves(t, map[string]string{"a": "[" + board("a", "x") + "]"})
	begun, release := make(chan struct{}), make(chan struct{})
	s.holdWith(func() { close(begun); <-release })
	var wg sync.WaitGroup
	wg.Go(func() { read(t, s.Client(t.Context()), "a") })
	<-begun
	for range 8 {
		wg.Go(func() {
			if got := read(t, s.Client(t.Context()), "a"); got != "a/x[] []" {
				t.Errorf("got %s", got)
			}
		})
	}
	close(release)
	wg.Wait()
	if got := s.requests(); got != 1 {
		t.Errorf("%d lists were read", got)
	}
}

// TestLibraryOutlivesWhoBeganToReadIt: when the call ends that reads for others too, they read on.
func TestLibraryOutlivesWhoBeganToReadIt(t *testing.T) {
	s := newShelves(t, map[string]string{"a": "[" + board("a", "x") + "]"})
	begun, never := make(chan struct{}), make(chan struct{})
	defer close(never)
	s.holdWith(func() { close(begun); <-never })
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Client(ctx).Library("a"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	<-begun
	s.holdWith(nil)
	wg.Go(func() {
		if got := read(t, s.Client(t.Context()), "a"); got != "a/x[] []" {
			t.Errorf("got %s", got)
		}
	})
	cancel()
	wg.Wait()
}

func TestLibraryIsForgottenWhenSomethingIsWritten(t *testing.T) {
	s := newShelves(t, map[string]string{"a": "[" + board("a", "x") + "]"})
	write := func() { send(t, s, http.MethodPut, "/api/v1/projects/a/dashboards/x", "") }
	read(t, s.Client(t.Context()), "a")
	write()
	read(t, s.Client(t.Context()), "a")
	if got := s.requests(); got != 2 {
		t.Errorf("%d lists were read, want 2", got)
	}
	// What is being read while something is written is not kept.
	write()
	s.holdWith(write)
	read(t, s.Client(t.Context()), "a")
	s.holdWith(nil)
	read(t, s.Client(t.Context()), "a")
	if got := s.requests(); got != 4 {
		t.Errorf("%d lists were read, want 4", got)
	}
}

// send sends a request to Perses as a part of a call. The answer is that of Perses, or the status that is not "".
func send(t *testing.T, s *shelves, method, path, status string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Status", status)
	response, err := s.Client(t.Context()).RESTClient().Client.Transport.RoundTrip(r)
	if err == nil {
		_ = response.Body.Close()
	}
}

// TestWhatAWriteForgets counts the lists that are read again after a request: those of two projects, and two lists of
// datasources beside them.
func TestWhatAWriteForgets(t *testing.T) {
	for _, c := range []struct {
		method, path, status  string
		libraries, datasource int
	}{
		// These store nothing.
		{"POST", "/api/validate/dashboards", "", 0, 0},
		{"POST", "/api/migrate", "", 0, 0},
		{"POST", "/api/auth/refresh", "", 0, 0},
		{"POST", "/proxy/projects/a/datasources/d/api/v1/query", "", 0, 0},
		{"GET", "/api/v1/projects/a/dashboards/x", "", 0, 0},
		// Perses refuses these.
		{"PUT", "/api/v1/projects/a/dashboards/x", "403", 0, 0},
		{"POST", "/api/v1/projects/a/dashboards", "409", 0, 0},
		{"DELETE", "/api/v1/projects/a", "404", 0, 0},
		// Nobody knows what came of these.
		{"PUT", "/api/v1/projects/a/dashboards/x", "502", 1, 0},
		{"PUT", "/api/v1/projects/a/dashboards/x", "broken", 1, 0},
		// These store something.
		{"POST", "/api/v1/projects/a/dashboards", "", 1, 0},
		{"PUT", "/api/v1/projects/A/dashboards/x", "", 1, 0},
		{"DELETE", "/api/v1/projects/a/dashboards/x", "", 1, 0},
		{"POST", "/api/v1/projects/other/dashboards", "", 0, 0},
		{"PUT", "/api/v1/projects/a/variables/x", "", 0, 0},
		{"PUT", "/api/v1/projects/a/folders/x", "", 0, 0},
		{"PUT", "/api/v1/projects/a/datasources/x", "", 0, 1},
		{"PUT", "/api/v1/globaldatasources/x", "", 0, 1},
		{"PUT", "/api/v1/globalvariables/x", "", 0, 0},
		{"DELETE", "/api/v1/projects/a", "", 1, 1},
		{"PUT", "/api/v1/projects/a/rolebindings/x", "", 1, 1},
		{"PUT", "/api/v1/globalrolebindings/x", "", 2, 3},
		{"DELETE", "/api/v1/users/x", "", 2, 3},
		{"POST", "/api/v1/dashboards", "", 2, 3}, // says the project in its body
		{"POST", "/api/v1/new/things", "", 2, 3},
	} {
		t.Run(c.method+" "+c.path+" "+c.status, func(t *testing.T) {
			s := newShelves(t, map[string]string{"a": "[]", "b": "[]"})
			all := func() (libraries, datasources int) {
				client := s.Client(t.Context())
				before := s.requests()
				read(t, client, "a")
				read(t, client, "b")
				libraries = s.requests() - before
				for _, project := range []string{"", "a", "b"} {
					if _, err := client.Datasources(project, false); err != nil {
						t.Error(err)
					}
				}
				return libraries, s.requests() - before - libraries
			}
			all()
			send(t, s, c.method, c.path, c.status)
			if libraries, datasources := all(); libraries != c.libraries || datasources != c.datasource {
				t.Errorf("%d libraries and %d lists of datasources were read again, want %d and %d", libraries, datasources, c.libraries, c.datasource)
			}
		})
	}
}

// TestLibraryLeavesOutWhatIsTooLarge reads a list that is larger than what a call may read of Perses otherwise.
func TestLibraryLeavesOutWhatIsTooLarge(t *testing.T) {
	large := func(name string, bytes int) string {
		return strings.Replace(board("a", name), `"The `, `"`+strings.Repeat("x", bytes)+" The ", 1)
	}
	s := newShelves(t, map[string]string{"a": "[" + strings.Join([]string{
		board("a", "first"), large("huge", 9<<20), large("one", 600<<10), large("two", 600<<10), large("wide", 2<<20),
		`{"kind":"Folder","metadata":{"name":"odd"}}`, `{"metadata":{"name":"broken"},]`, board("a", "last"),
	}, ",") + "]"})
	if got, want := read(t, s.Client(t.Context()), "a"), "a/first a/last a/one a/two[] [a/huge a/wide a/odd a/broken]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for what, list := range map[string]string{"no list": `{}`, "a list that breaks off": `[` + board("a", "x")} {
		s.lists = map[string]string{"b": list}
		if _, err := s.Client(t.Context()).Library("b"); err == nil {
			t.Errorf("%s is taken for a library", what)
		}
	}
}
