// Package docs_test holds the documentation to what it says: its tables are made from the code, its commands
// and configurations are run, and what it points to exists.
package docs_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/config"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

var update = flag.Bool("update", false, "write the generated parts of the README anew")

const readmeFile = "../README.md"

// generated are the parts of the README that are made from the code. Each stands there between
// <!-- generated: NAME --> and <!-- end: NAME -->.
var generated = map[string]func() string{
	"settings":  config.MarkdownTable,
	"toolsets":  func() string { return "`" + strings.Join(tools.Toolsets(), "`, `") + "`\n" },
	"tools":     toolTable,
	"resources": resourceTable,
	"prompts":   promptTable,
}

func TestGenerated(t *testing.T) {
	renew(t, readmeFile, generated)
	renew(t, operatorsFile, map[string]func() string{"metrics": metricTable})
}

// renew holds the generated parts of a page to what the code says, or writes them anew.
func renew(t *testing.T, file string, parts map[string]func() string) {
	t.Helper()
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
		if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the generated parts of %s are not what the code says; renew them with: make docs", file)
	}
}

// TestTestedAgainst holds the last section of the README to what the tests run against.
func TestTestedAgainst(t *testing.T) {
	_, section, _ := strings.Cut(read(t, readmeFile), "## Tested against")
	named := []string{"Perses " + persestest.Version, "Prometheus " + persestest.PrometheusVersion}
	for _, plugin := range regexp.MustCompile(`\{"(\w+)", module\{`).FindAllStringSubmatch(read(t, "../pkg/persestest/modules.go"), -1) {
		named = append(named, plugin[1])
	}
	if len(named) < 2 {
		t.Error("pkg/persestest/modules.go lists no plugins")
	}
	for _, name := range named {
		if !strings.Contains(section, name) {
			t.Errorf("README.md does not say that the tests run against %s", name)
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

// firstSentence is what a description begins with.
var firstSentence = regexp.MustCompile(`(?s)^.*?\.(\s|$)`)

// inShort returns a description, or of one that also teaches a model a language, what it begins with.
func inShort(description string) string {
	const most = 300
	if len(description) > most {
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

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
