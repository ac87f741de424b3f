package docs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/tools"
)

// maxReadme is the maximum size of README.md in bytes. Details belong in docs.
const maxReadme = 12_000

func TestReadmeIsShort(t *testing.T) {
	if n := len(read(t, "README.md")); n > maxReadme {
		t.Errorf("README.md has %d bytes, more than %d: move details to docs", n, maxReadme)
	}
}

// TestReadmeExamples checks the calls in the README's table against the parameters of the tools, and the number of tools.
func TestReadmeExamples(t *testing.T) {
	readme, rows := read(t, "README.md"), 0
	all := tools.All(tools.Options{})
	if !strings.Contains(readme, fmt.Sprintf("among %d [tools]", len(all))) {
		t.Errorf("README.md does not say that there are %d tools", len(all))
	}
	for _, m := range regexp.MustCompile("(?m)^\\| [^|]+ \\| `(perses_\\w+)` \\| `(.+)` \\|$").FindAllStringSubmatch(readme, -1) {
		rows++
		var arguments map[string]any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(m[2], "{…}", "{}")), &arguments); err != nil {
			t.Errorf("%s: %v", m[2], err)
		}
		for _, tool := range all {
			if tool.Name != m[1] {
				continue
			}
			for _, p := range tool.Params {
				if _, given := arguments[p.Name]; p.Required && !given {
					t.Errorf("%s needs %s", tool.Name, p.Name)
				}
				delete(arguments, p.Name)
			}
			if len(arguments) > 0 {
				t.Errorf("%s does not take %v", tool.Name, arguments)
			}
		}
	}
	if rows < 10 {
		t.Errorf("README.md has %d examples", rows)
	}
}

// TestDemoConversation checks that the demo still says what the README quotes from it.
func TestDemoConversation(t *testing.T) {
	source := read(t, "pkg/cmd/demo/conversation.go")
	for _, b := range readPage(t, "README.md").blocks("text") {
		for paragraph := range strings.SplitSeq(b.text, "\n\n") {
			if title, _, _ := strings.Cut(strings.TrimSpace(paragraph), "\n"); !strings.Contains(source, title) {
				t.Errorf("the demo does not say %q", title)
			}
		}
	}
}

// TestTestedAgainst checks that the architecture page names the versions that the tests run against.
func TestTestedAgainst(t *testing.T) {
	_, section, _ := strings.Cut(read(t, "docs/architecture.md"), "## Tested against")
	named := []string{"Perses " + persestest.Version, "Prometheus " + persestest.PrometheusVersion}
	for _, plugin := range regexp.MustCompile(`\{"(\w+)", module\{`).FindAllStringSubmatch(read(t, "pkg/persestest/modules.go"), -1) {
		named = append(named, plugin[1])
	}
	if len(named) < 3 {
		t.Error("pkg/persestest/modules.go lists no plugins")
	}
	for _, name := range named {
		if !strings.Contains(section, name) {
			t.Errorf("docs/architecture.md does not say that the tests run against %s", name)
		}
	}
	if short := "Perses " + strings.TrimPrefix(persestest.Version[:strings.LastIndex(persestest.Version, ".")], "v"); !strings.Contains(read(t, "README.md"), short) {
		t.Errorf("README.md does not say that the server is tested with %s", short)
	}
}
