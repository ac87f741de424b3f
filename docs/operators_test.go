package docs_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/certtest"
	"github.com/perses/mcp-server/pkg/config"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/tools"
)

const operatorsFile = "operators.md"

var (
	help   = regexp.MustCompile(`(?m)^# HELP (perses_mcp_\w+) (.*)$`)
	kind   = regexp.MustCompile(`(?m)^# TYPE (perses_mcp_\w+) (\w+)$`)
	sample = regexp.MustCompile(`(?m)^(perses_mcp_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} `)
	label  = regexp.MustCompile(`(\w+)="`)
)

// metricTable has the server's own metrics as Prometheus gets them.
func metricTable() string {
	m := telemetry.NewMetrics()
	m.Begin("x")(1, false)
	m.Answered(http.StatusOK)
	answer := httptest.NewServer(http.NotFoundHandler())
	defer answer.Close()
	if response, err := (&http.Client{Transport: m.Transport(http.DefaultTransport)}).Get(answer.URL); err == nil {
		_ = response.Body.Close()
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := w.Body.String()
	kinds, labels := map[string]string{}, map[string][]string{}
	for _, k := range kind.FindAllStringSubmatch(text, -1) {
		kinds[k[1]] = k[2]
	}
	for _, s := range sample.FindAllStringSubmatch(text, -1) {
		for _, l := range label.FindAllStringSubmatch(s[2], -1) {
			if l[1] != "le" && !slices.Contains(labels[s[1]], l[1]) {
				labels[s[1]] = append(labels[s[1]], l[1])
			}
		}
	}
	var b strings.Builder
	b.WriteString("| Metric | Type | Labels | What it is |\n|---|---|---|---|\n")
	for _, h := range help.FindAllStringSubmatch(text, -1) {
		row(&b, "`"+h[1]+"`", kinds[h[1]], strings.Join(labels[h[1]], ", "), strings.ReplaceAll(h[2], `\"`, `"`))
	}
	return b.String()
}

// TestOperatorsCommandLines has every command line of the page checked as a start does, with each of its web config files.
func TestOperatorsCommandLines(t *testing.T) {
	page := read(t, operatorsFile)
	t.Chdir(t.TempDir())
	certtest.NewAuthority(t).Issue(t, "server").Write(t, ".") // in the place of what the page makes with openssl
	t.Setenv("PERSES_TOKEN", "")
	t.Setenv("HOME", t.TempDir()) // where percli may have a login
	for _, file := range blocksOf(page, "yaml") {
		if !slices.Contains([]string{"Name and password", "Other identities"}, file.heading) {
			continue
		}
		if err := os.WriteFile("identity.yml", []byte(file.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := config.Load([]string{"--config=identity.yml"}, nil, io.Discard); err != nil || !c.HasIdentity() {
			t.Errorf("%s: %v", file.text, err)
		}
	}
	checked := 0
	for _, file := range blocksOf(page, "yaml") {
		if file.heading != "TLS, and who may call" {
			continue
		}
		if err := os.WriteFile("web.yml", []byte(file.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, line := range commandsOf(page) {
			_, args, found := strings.Cut(line, "bin/mcp-server ")
			if !found {
				continue
			}
			checked++
			if _, err := config.Load(strings.Fields(args), tools.Toolsets(), io.Discard); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		// Callers have shown who they are, so the server may listen to all with an identity of its own.
		t.Setenv("PERSES_TOKEN", "token")
		if _, err := config.Load([]string{"--transport=http", "--host=0.0.0.0", "--web.config.file=web.yml"}, nil, io.Discard); err != nil {
			t.Errorf("%s: %v", file.text, err)
		}
		t.Setenv("PERSES_TOKEN", "")
	}
	if checked < 2 {
		t.Errorf("the page has %d command lines of the server", checked)
	}
}
