package docs_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/certtest"
	"github.com/perses/mcp-server/pkg/config"
	"github.com/perses/mcp-server/tools"
)

// invocation matches a command line of the server: variables before it, and its arguments.
var invocation = regexp.MustCompile(`^(?:.* -- )?((?:[A-Z_]+=\S+ )*)(?:bin|/path/to)/mcp-server (.*)$`)

// fileName matches the first line of a YAML block, which names its file.
var fileName = regexp.MustCompile(`^# (\S+)\n`)

// TestCommandLines checks the settings of every command line of the server as a start does. Files are those that YAML blocks of
// the page show; if a page shows a file twice, the command lines are checked with each.
func TestCommandLines(t *testing.T) {
	checked := 0
	onEachPage(t, func(t *testing.T, p page) {
		inEmptyFolder(t)
		for _, b := range append(p.blocks("yaml"), block{}) {
			if name := fileName.FindStringSubmatch(b.text); name != nil {
				writeFile(t, name[1], b.text)
			}
			for _, line := range p.commands() {
				if m := invocation.FindStringSubmatch(line); m != nil && haveFiles(m[2]) {
					checked++
					checkSettings(t, strings.Fields(m[1]), strings.Fields(m[2]))
				}
			}
		}
	})
	if checked < 20 {
		t.Errorf("the pages have %d command lines of the server", checked)
	}
}

// haveFiles reports whether the local files of a command line have been written.
func haveFiles(args string) bool {
	for _, file := range regexp.MustCompile(`[\w-]+\.ya?ml`).FindAllString(args, -1) {
		if _, err := os.Stat(file); err != nil {
			return false
		}
	}
	return true
}

// TestYAMLBlocks checks that every YAML block names its file, and loads the files of this server.
func TestYAMLBlocks(t *testing.T) {
	onEachPage(t, func(t *testing.T, p page) {
		inEmptyFolder(t)
		for _, b := range p.blocks("yaml") {
			name := fileName.FindStringSubmatch(b.text)
			if name == nil {
				t.Errorf("the first line of the block under %q must be # FILE", b.heading)
				continue
			}
			writeFile(t, name[1], b.text)
			switch name[1] {
			case "perses-mcp.yaml":
				checkSettings(t, nil, []string{"--config", name[1]})
			case "web.yml": // callers authenticate, so the server may listen on all interfaces with an identity of its own
				checkSettings(t, []string{"PERSES_TOKEN=token"}, []string{"--transport=http", "--host=0.0.0.0", "--web.config.file=web.yml"})
			case "deployment.yaml":
				args := regexp.MustCompile(`args: \[(.*)\]`).FindStringSubmatch(b.text)
				checkSettings(t, nil, strings.Split(args[1], ", "))
			case "role.yaml": // see TestRoles
			default:
				t.Errorf("no test reads %s", name[1])
			}
		}
	})
}

// inEmptyFolder changes to a folder that has only certificates, with no settings in the environment and no login of percli.
func inEmptyFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	certtest.NewAuthority(t).Issue(t, "server").Write(t, ".") // instead of those that a page makes with openssl
	t.Setenv("PERSES_TOKEN", "")
	t.Setenv("HOME", t.TempDir())
}

func checkSettings(t *testing.T, env, args []string) {
	t.Helper()
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
		defer t.Setenv(name, "")
	}
	if _, err := config.Load(args, tools.Toolsets(), io.Discard); err != nil && !errors.Is(err, flag.ErrHelp) {
		t.Errorf("%v: %v", args, err)
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestUpgrade checks what the settings page says about the resources of a file of perses/mcp-server.
func TestUpgrade(t *testing.T) {
	names := func(resources string) string {
		var b strings.Builder
		for _, tool := range tools.All(tools.Options{Toolsets: strings.Split(resources, ",")}) {
			b.WriteString(tool.Name + " ")
		}
		return b.String()
	}
	old := "project,dashboard,globaldatasource"
	text := read(t, "docs/settings.md")
	if !strings.Contains(text, old) || !strings.Contains(text, "resources: "+old+",plugin,query,author\n") {
		t.Fatal("docs/settings.md has other examples")
	}
	for _, tool := range []string{"perses_query", "perses_render_panel", "perses_build_dashboard", "perses_edit_dashboard", "perses_check_dashboard", "perses_list_plugins"} {
		if strings.Contains(names(old), tool) || !strings.Contains(names(old+",plugin,query,author"), tool) {
			t.Errorf("%s is not offered as docs/settings.md says", tool)
		}
	}
}
