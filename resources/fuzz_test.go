package resources_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/server/servertest"
)

// requests matches the requests that resources may send to Perses.
var requests = regexp.MustCompile(`^GET /api/v1/projects(/[a-zA-Z0-9_.-]{1,75}(/dashboards(/[a-zA-Z0-9_.-]{1,75})?)?)?$`)

// FuzzURI reads resources by arbitrary URIs. Whatever a URI contains, plain or encoded, only valid names become part of a request
// to Perses.
func FuzzURI(f *testing.F) {
	for _, seed := range []string{
		"perses://projects", "perses://projects/p", "perses://projects/p/dashboards", "perses://projects/p/dashboards/d",
		"perses://projects/..", "perses://projects/%2e%2e", "perses://projects/%252e%252e", "perses://projects/p%2f..%2fq", "perses://projects/./dashboards",
		"perses://projects/p/dashboards/..", "perses://projects/p/dashboards/%2E%2E%2F", "perses://projects/p/dashboards/d?x=y", "perses://projects/p#f",
		"perses://projects//dashboards/", "perses://projects/a\x00b", "perses://projects/%zz", "perses://projects/p/dashboards/d/e", "perses://user@projects/p",
		"PERSES://projects/p", "file:///etc/passwd", "", "perses://projects/{project}", "perses://projects/p\r\nX: y", "perses://projects/%C3%A4",
	} {
		f.Add(seed)
	}
	asked := make(chan string, 100)
	recorder := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.RequestURI
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	}))
	f.Cleanup(recorder.Close)
	host := servertest.Connect(f, servertest.New(f, recorder.URL, servertest.Options{}))
	f.Fuzz(func(t *testing.T, uri string) {
		var request mcp.ReadResourceRequest
		request.Params.URI = uri
		result, err := host.ReadResource(t.Context(), request)
		if err == nil && len(result.Contents) != 1 {
			t.Errorf("%q: %d contents", uri, len(result.Contents))
		}
		for len(asked) > 0 {
			line := <-asked
			line, _, _ = strings.Cut(line, "?metadata_only=true")
			names := strings.Split(line, "/")
			if !requests.MatchString(line) || strings.Contains(line+"/", "/./") || strings.Contains(line+"/", "/../") || len(names) > 7 {
				t.Errorf("%q asked Perses for %s", uri, line)
			}
		}
	})
}
