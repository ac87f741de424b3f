package docs_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/config"
	"github.com/perses/mcp-server/pkg/telemetry"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

var update = flag.Bool("update", false, "write the generated parts of the pages")

// generated has the parts of the pages that are made from the code. In the page, each is between <!-- generated: NAME --> and
// <!-- end: NAME -->.
var generated = map[string]map[string]func() string{
	"docs/settings.md": {
		"settings": config.MarkdownTable,
		"toolsets": func() string { return "`" + strings.Join(tools.Toolsets(), "`, `") + "`\n" },
	},
	"docs/tools.md":     {"tools": toolTable, "resources": resourceTable, "prompts": promptTable},
	"docs/operators.md": {"metrics": metricTable},
}

// TestGenerated compares the generated parts with the code, or writes them with -update.
func TestGenerated(t *testing.T) {
	for file, parts := range generated {
		page := read(t, file)
		fresh := page
		for name, content := range parts {
			part := regexp.MustCompile(fmt.Sprintf(`(?s)(<!-- generated: %s -->\n).*?(<!-- end: %s -->)`, name, name))
			if found := len(part.FindAllString(page, -1)); found != 1 {
				t.Fatalf("%s has the generated part %q %d times, want once", file, name, found)
			}
			fresh = part.ReplaceAllStringFunc(fresh, func(old string) string {
				ends := part.FindStringSubmatch(old)
				return ends[1] + content() + ends[2]
			})
		}
		switch {
		case fresh == page:
		case *update:
			if err := os.WriteFile(filepath.Join(repository, file), []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("the generated parts of %s differ from the code; write them with: make docs", file)
		}
	}
}

var effects = map[tools.Effect]string{
	tools.Reads: "reads", tools.Creates: "creates", tools.Replaces: "replaces", tools.Deletes: "deletes",
}

func toolTable() string {
	var b strings.Builder
	b.WriteString("| Tool | Effect | Required | Optional | What it does |\n|---|---|---|---|---|\n")
	for _, tool := range tools.All(tools.Options{}) {
		var required, optional []string
		for _, p := range tool.Params {
			if p.Required {
				required = append(required, p.Name)
			} else {
				optional = append(optional, p.Name)
			}
		}
		row(&b, "`"+tool.Name+"`", effects[tool.Effect], strings.Join(required, ", "), strings.Join(optional, ", "), inShort(tool.Description))
	}
	return b.String()
}

// firstSentence matches the first sentence of a description.
var firstSentence = regexp.MustCompile(`(?s)^.*?\.(\s|$)`)

// inShort returns a description, or its first sentence if the description also explains a syntax to the model.
func inShort(description string) string {
	const maxLength = 300
	if len(description) > maxLength {
		return strings.TrimSpace(firstSentence.FindString(description))
	}
	return description
}

func resourceTable() string {
	var b strings.Builder
	b.WriteString("| Resource | What it is |\n|---|---|\n")
	for _, r := range resources.All() {
		row(&b, "`"+r.URI+"`", r.Description)
	}
	return b.String()
}

func promptTable() string {
	var b strings.Builder
	b.WriteString("| Prompt | Required | Optional | What it does |\n|---|---|---|---|\n")
	for _, p := range resources.Prompts() {
		arguments := map[bool][]string{}
		for _, a := range p.Arguments {
			arguments[a.Required] = append(arguments[a.Required], a.Name)
		}
		row(&b, "`"+p.Name+"`", strings.Join(arguments[true], ", "), strings.Join(arguments[false], ", "), p.Description)
	}
	return b.String()
}

func row(b *strings.Builder, cells ...string) {
	for i, cell := range cells {
		cells[i] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
	}
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

var (
	help   = regexp.MustCompile(`(?m)^# HELP (perses_mcp_\w+) (.*)$`)
	kind   = regexp.MustCompile(`(?m)^# TYPE (perses_mcp_\w+) (\w+)$`)
	sample = regexp.MustCompile(`(?m)^(perses_mcp_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} `)
	label  = regexp.MustCompile(`(\w+)="`)
)

// metricTable lists the server's own metrics as Prometheus scrapes them.
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
