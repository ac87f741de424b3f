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

// ProjectScope lists the projects that calls may read and change (--projects). A nil scope allows all of them. Documents that
// belong to no project can be read in any scope, because dashboards use them, but a scope keeps them from being changed.
//
// Every request of a Client is checked against the scope, whatever code makes it. The exception are lists over all projects:
// List removes the documents of other projects from them.
type ProjectScope []string

// OutOfScopeError is the error of a request for something outside of the project scope.
type OutOfScopeError struct {
	reason string
	scope  ProjectScope
}

func (e *OutOfScopeError) Error() string {
	return fmt.Sprintf("%s: this server is limited to the projects %s (--projects)", e.reason, strings.Join(e.scope, ", "))
}

func (s ProjectScope) refuse(format string, args ...any) error {
	return &OutOfScopeError{fmt.Sprintf(format, args...), s}
}

// Check returns an *OutOfScopeError if the scope does not include a project.
func (s ProjectScope) Check(project string) error {
	if s == nil || slices.Contains(s, project) {
		return nil
	}
	return s.refuse("project %q is out of reach", project)
}

// CheckWrite returns an *OutOfScopeError if the scope forbids writing a document. Perses may still refuse it.
func (s ProjectScope) CheckWrite(r Ref) error {
	switch {
	case r.Kind == modelv1.KindProject:
		return s.Check(r.Name)
	case !modelv1.IsGlobal(r.Kind):
		return s.Check(r.Project)
	case s == nil:
		return nil
	}
	return s.refuse("a %s is for all projects and can only be read", r.Kind)
}

// filter removes documents outside of the scope from a list over all projects.
func (s ProjectScope) filter(k Kind, documents []json.RawMessage) []json.RawMessage {
	if s == nil || modelv1.IsGlobal(k) && k != modelv1.KindProject {
		return documents
	}
	project := "metadata.project"
	if k == modelv1.KindProject {
		project = "metadata.name"
	}
	return slices.DeleteFunc(documents, func(d json.RawMessage) bool { return s.Check(gjson.GetBytes(d, project).Str) != nil })
}

// scopedTransport refuses requests outside of a project scope.
type scopedTransport struct {
	next  http.RoundTripper
	scope ProjectScope
	root  string // the path of Perses' URL, with a slash at its end
}

func (t scopedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.check(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	return t.next.RoundTrip(r)
}

func (t scopedTransport) check(r *http.Request) error {
	if t.scope == nil {
		return nil
	}
	below, ok := strings.CutPrefix(r.URL.Path, t.root)
	if !ok || path.Clean("/"+below) != "/"+below {
		return t.scope.refuse("%s is out of reach", r.URL.Path)
	}
	reads := r.Method == http.MethodGet
	segments := strings.Split(below, "/")
	begins := func(prefix ...string) bool {
		return len(segments) >= len(prefix) && slices.Equal(segments[:len(prefix)], prefix)
	}
	switch {
	case begins("api", "v1", "projects") && len(segments) == 3:
		if reads {
			return nil
		}
		return t.checkCreate(r)
	case begins("api", "v1", "projects"):
		return t.scope.Check(segments[3])
	case begins("proxy", "projects") && len(segments) > 2:
		return t.scope.Check(segments[2])
	case begins("proxy", "globaldatasources"):
		return nil // tools only read through it
	case begins("proxy"):
		return t.scope.refuse("%s is out of reach", r.URL.Path)
	case reads, begins("api", "validate"), begins("api", "migrate"):
		return nil
	}
	return t.scope.refuse("what belongs to no project can only be read")
}

// checkCreate checks a request that creates a project. Its name is in the body.
func (t scopedTransport) checkCreate(r *http.Request) error {
	if r.Body == nil {
		return t.scope.refuse("a project without a name is out of reach")
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	head, err := HeadOf(body)
	if err != nil {
		return errors.Join(t.scope.refuse("a project without a name is out of reach"), err)
	}
	return t.scope.Check(head.Metadata.Name)
}
