package docs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/tools"
)

// The paths that a reader replaces.
const (
	serverPath = "/path/to/mcp-server"
	configPath = "/path/to/perses-mcp.yaml"
)

// hostConfig is the configuration of a host; it has one of the two maps of servers.
type hostConfig struct {
	MCPServers map[string]hostServer `json:"mcpServers"`
	Servers    map[string]hostServer `json:"servers"`
	Inputs     []struct {
		Type, ID, Description string
		Password              bool
	} `json:"inputs"`
}

type hostServer struct {
	Type    string            `json:"type"`
	Command string            `json:"command"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// hostVariable matches what hosts replace in values: the answer to a question, or a variable of their environment.
var hostVariable = regexp.MustCompile(`\$\{(input|env):([^}]+)\}`)

// TestHosts starts the server as each configured host would, and lists its tools.
func TestHosts(t *testing.T) {
	binary := persestest.Program(t, "github.com/perses/mcp-server")
	file := filepath.Join(t.TempDir(), "perses-mcp.yaml")
	writeFile(t, file, readPage(t, "docs/settings.md").blocks("yaml")[0].text)
	found := map[string][]string{} // such as "Cursor stdio", by page
	for _, p := range []page{readPage(t, "README.md"), readPage(t, "docs/hosts.md")} {
		for _, s := range hostServers(t, p) {
			way := "stdio"
			switch {
			case s.Headers != nil:
				way = "http headers"
			case s.URL != "":
				way = "http"
			}
			found[p.file] = append(found[p.file], s.host+" "+way)
			t.Run(p.file+" "+s.host+" "+way, func(t *testing.T) {
				if s.URL != "" {
					listTools(t, connectHTTP(t, binary, httpCommand(t, p, s.Headers != nil), s.hostServer))
					return
				}
				if s.Command != serverPath {
					t.Fatalf("command %q, want %q", s.Command, serverPath)
				}
				args := slices.Clone(s.Args)
				for i, arg := range args {
					args[i] = strings.ReplaceAll(arg, configPath, file)
				}
				listTools(t, connectStdio(t, binary, args, s.Env))
			})
		}
		slices.Sort(found[p.file])
	}
	for file, want := range map[string][]string{
		"README.md": {"Claude Code stdio", "Connect a host stdio", "Connect a host stdio"},
		"docs/hosts.md": {
			"Claude Code http", "Claude Code http headers", "Claude Code stdio", "Claude Desktop http", "Claude Desktop stdio",
			"Cursor http", "Cursor http headers", "Cursor stdio", "VS Code http", "VS Code http headers", "VS Code stdio",
			"VS Code, with a configuration file stdio", "VS Code, with a token stdio",
		},
	} {
		if !slices.Equal(found[file], want) {
			t.Errorf("%s configures %q, want %q", file, found[file], want)
		}
	}
}

type namedServer struct {
	host string
	hostServer
}

// hostServers returns the servers of all configurations and commands for hosts on a page, with variables replaced.
func hostServers(t *testing.T, p page) []namedServer {
	t.Helper()
	var all []namedServer
	for _, b := range p.blocks("json") {
		var c hostConfig
		decoder := json.NewDecoder(strings.NewReader(b.text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&c); err != nil {
			t.Fatalf("%s: %v", b.heading, err)
		}
		for _, servers := range []map[string]hostServer{c.MCPServers, c.Servers} {
			for _, s := range servers {
				fillIn(t, c, s.Env)
				fillIn(t, c, s.Headers)
				if s.Command == "npx" && s.Args[1] == "mcp-remote" { // it connects to the address over HTTP
					s.URL = s.Args[2]
				}
				all = append(all, namedServer{b.heading, s})
			}
		}
	}
	for _, line := range p.commands() {
		args, ok := strings.CutPrefix(line, "claude mcp add --transport ")
		if !ok {
			continue
		}
		s := namedServer{host: "Claude Code"}
		if args, command, ok := strings.Cut(args, " -- "); ok && strings.HasPrefix(args, "stdio ") {
			s.Command, s.Args = strings.Fields(command)[0], strings.Fields(command)[1:]
		} else {
			s.URL = strings.Fields(args)[2]
			if _, header, ok := strings.Cut(args, `--header "`); ok {
				name, value, _ := strings.Cut(strings.TrimSuffix(header, `"`), ": ")
				s.Headers = map[string]string{name: value}
			}
		}
		all = append(all, s)
	}
	return all
}

// fillIn replaces the variables of a host in values. It checks that the host asks for each answer, without showing it.
func fillIn(t *testing.T, c hostConfig, values map[string]string) {
	t.Helper()
	for name, value := range values {
		for _, v := range hostVariable.FindAllStringSubmatch(value, -1) {
			if v[1] == "input" && (len(c.Inputs) != 1 || c.Inputs[0].ID != v[2] || c.Inputs[0].Type != "promptString" || !c.Inputs[0].Password) {
				t.Errorf("%s asks for %s, but the inputs are %+v", name, v[0], c.Inputs)
			}
		}
		values[name] = hostVariable.ReplaceAllString(value, "token")
	}
}

func connectStdio(t *testing.T, binary string, args []string, variables map[string]string) *client.Client {
	t.Helper()
	env := []string{} // nothing else: no settings, and no home with a login of percli
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	c, err := client.NewStdioMCPClientWithOptions(binary, env, args, transport.WithCommandFunc(
		func(ctx context.Context, command string, env, args []string) (*exec.Cmd, error) {
			cmd := exec.CommandContext(ctx, command, args...)
			cmd.Env, cmd.Stderr = env, t.Output() // stderr says why a start fails
			return cmd, nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// httpCommand returns the arguments of the page's command that starts the server over HTTP, with or without passthrough.
func httpCommand(t *testing.T, p page, passthrough bool) []string {
	t.Helper()
	for _, line := range p.commands() {
		args, ok := strings.CutPrefix(line, serverPath+" ")
		if ok && strings.Contains(line, "--transport streamable-http") && strings.Contains(line, "--auth passthrough") == passthrough {
			return strings.Fields(args)
		}
	}
	t.Fatalf("%s starts no server over HTTP with passthrough %v", p.file, passthrough)
	return nil
}

// connectHTTP starts the server, on any free port instead of the one in args, and connects to it as a host does.
func connectHTTP(t *testing.T, binary string, args []string, s hostServer) *client.Client {
	t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	port := slices.Index(args, "--port") + 1
	if port == 0 || args[port] != at.Port() {
		t.Fatalf("%s is not where %q listens", s.URL, args)
	}
	args = slices.Clone(args)
	args[port] = "0"
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = []string{}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the test's context, which is done by then, has ended the process
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if url := serving.FindStringSubmatch(lines.Text()); url != nil {
			if got := strings.Replace(url[1], url[2], at.Port(), 1); got != s.URL {
				t.Fatalf("the server is at %s, the host looks for it at %s", got, s.URL)
			}
			c, err := client.NewStreamableHttpClient(url[1], transport.WithHTTPHeaders(s.Headers))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatal("the server does not say where it listens")
	return nil
}

var serving = regexp.MustCompile(`url=(http://[^ ]+:(\d+)/\S+)`)

func listTools(t *testing.T, c *client.Client) {
	t.Helper()
	defer func() { _ = c.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := c.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Initialize(ctx, mcp.InitializeRequest{}); err != nil {
		t.Fatal(err)
	}
	list, err := c.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(list.Tools), len(tools.All(tools.Options{})); got != want {
		t.Errorf("%d tools, want %d", got, want)
	}
}
