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

// NewProject creates an empty project for the test alone and returns its name, which is made of the test's. It is deleted
// after the test with all that is in it, except for ephemeral dashboards, which Perses leaves behind.
func NewProject(t testing.TB, p *Perses) string {
	t.Helper()
	name := projectName(t.Name())
	project := object{"kind": "Project", "metadata": object{"name": name}}
	if err := p.callAsAdmin(t.Context(), http.MethodPost, "/api/v1/projects", project, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// t.Context() is done by now.
		err := p.callAsAdmin(context.Background(), http.MethodDelete, "/api/v1/projects/"+name, nil, nil)
		if e, ok := errors.AsType[*apiError](err); ok && e.Status == http.StatusNotFound {
			return // the test has deleted it
		}
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

// maxFromTest is how much of a test's name goes into that of its project. Perses allows 75 characters in all.
const maxFromTest = 60

var (
	notForNames = regexp.MustCompile(`[^a-z0-9]+`)
	projects    atomic.Int64
)

// projectName makes of the name of a test one for a project that no other has in this process. It is in lower case, to
// which Perses would change it.
func projectName(test string) string {
	name := notForNames.ReplaceAllString(strings.ToLower(test), "-")
	return fmt.Sprintf("%s-%d", name[:min(len(name), maxFromTest)], projects.Add(1))
}
