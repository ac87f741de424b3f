package persestest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// NewProject creates an empty project for the test and returns its name, which is derived from the test's. The project and its
// documents are deleted after the test, except for ephemeral dashboards, which Perses does not delete.
func NewProject(t testing.TB, p *Perses) string {
	t.Helper()
	name := projectName(t.Name())
	project := object{"kind": "Project", "metadata": object{"name": name}}
	if err := p.callAsAdmin(t.Context(), http.MethodPost, "/api/v1/projects", project, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// t.Context() has ended.
		err := p.callAsAdmin(context.Background(), http.MethodDelete, "/api/v1/projects/"+name, nil, nil)
		if e, ok := errors.AsType[*apiError](err); ok && e.Status == http.StatusNotFound {
			return // deleted by the test
		}
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

// maxFromTest is the maximum number of characters of the test's name in a project's name. Perses allows 75 in total.
const maxFromTest = 60

var (
	notForNames = regexp.MustCompile(`[^a-z0-9]+`)
	projects    atomic.Int64
)

// projectName derives a project name from a test's name that is unique in this process. It is lowercase, because Perses would
// lowercase it.
func projectName(test string) string {
	name := notForNames.ReplaceAllString(strings.ToLower(test), "-")
	return fmt.Sprintf("%s-%d", name[:min(len(name), maxFromTest)], projects.Add(1))
}
