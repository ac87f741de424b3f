package perses

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
)

// Fence lets the calls of this server see and change only these projects, with what is in them. What belongs to no project
// can be read, for dashboards use it, but not changed. It is called before the first call, if at all: without a fence, calls
// reach what their identity may.
//
// All requests of a Client pass here, whatever makes them and in whoever's name, so nothing gets past it. Lists over all
// projects are the exception: List leaves out what is outside.
func (s *Server) Fence(projects []string) { s.fence = projects }

// Fenced returns the projects that calls are limited to; nil if they are not.
func (s *Server) Fenced() []string { return s.fence }

// fenced returns the way to Perses with the fence before it, if there is one.
func (s *Server) fenced(way http.RoundTripper) http.RoundTripper {
	if s.fence == nil {
		return way
	}
	return fenced{s, way}
}

// Outside is the error of what --projects keeps out.
type Outside struct {
	what  string
	fence []string
}

func (e *Outside) Error() string {
	return fmt.Sprintf("%s: this server is limited to the projects %s (--projects)", e.what, strings.Join(e.fence, ", "))
}

// Within returns an *Outside if a project is outside of the fence.
func (s *Server) Within(project string) error {
	if s.fence == nil || slices.Contains(s.fence, project) {
		return nil
	}
	return &Outside{fmt.Sprintf("project %q is out of reach", project), s.fence}
}

// MayWrite returns an *Outside if the fence keeps a document from being written. Whether Perses does is another matter.
func (s *Server) MayWrite(r Ref) error {
	switch {
	case r.Kind == modelv1.KindProject:
		return s.Within(r.Name)
	case !modelv1.IsGlobal(r.Kind):
		return s.Within(r.Project)
	case s.fence == nil:
		return nil
	}
	return &Outside{fmt.Sprintf("a %s is for all projects and can only be read", r.Kind), s.fence}
}

// within leaves out of a list over all projects what is outside of the fence.
func (s *Server) within(k Kind, documents []json.RawMessage) []json.RawMessage {
	if s.fence == nil || modelv1.IsGlobal(k) && k != modelv1.KindProject {
		return documents
	}
	project := "metadata.project"
	if k == modelv1.KindProject {
		project = "metadata.name"
	}
	return slices.DeleteFunc(documents, func(d json.RawMessage) bool { return s.Within(gjson.GetBytes(d, project).Str) != nil })
}

// fenced passes those requests on that stay within the fence.
type fenced struct {
	server *Server
	next   http.RoundTripper
}

func (t fenced) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.check(r); err != nil {
		closeBody(r)
		return nil, err
	}
	return t.next.RoundTrip(r)
}

func (t fenced) check(r *http.Request) error {
	below, ok := strings.CutPrefix(r.URL.Path, strings.TrimSuffix(t.server.url.Path, "/")+"/")
	if !ok || path.Clean("/"+below) != "/"+below {
		return t.outside("%s is out of reach", r.URL.Path)
	}
	reads := r.Method == http.MethodGet
	step := strings.Split(below, "/")
	begins := func(prefix ...string) bool {
		return len(step) >= len(prefix) && slices.Equal(step[:len(prefix)], prefix)
	}
	switch {
	case begins("api", "v1", "projects") && len(step) == 3:
		if reads {
			return nil
		}
		return t.checkCreation(r)
	case begins("api", "v1", "projects"):
		return t.server.Within(step[3])
	case begins("proxy", "projects") && len(step) > 2:
		return t.server.Within(step[2])
	case begins("proxy", "globaldatasources"):
		return nil // tools only read through it
	case begins("proxy"):
		return t.outside("%s is out of reach", r.URL.Path)
	case reads, begins("api", "validate"), begins("api", "migrate"):
		return nil
	}
	return t.outside("what belongs to no project can only be read")
}

// checkCreation reads which project a request creates: its path does not say.
func (t fenced) checkCreation(r *http.Request) error {
	if r.Body == nil {
		return t.outside("a project without a name is out of reach")
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	head, err := HeadOf(body)
	if err != nil {
		return errors.Join(t.outside("a project without a name is out of reach"), err)
	}
	return t.server.Within(head.Metadata.Name)
}

func (t fenced) outside(format string, args ...any) error {
	return &Outside{fmt.Sprintf(format, args...), t.server.fence}
}
