package docs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/config"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/tools"
)

func TestMain(m *testing.M) { persestest.Main(m) }

// placeholder is where a reader of the README puts the path of the server.
const placeholder = "/path/to/mcp-server"

// hostConfig is what the configuration of a host may hold: one of the two maps of servers.
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
}

var inputVariable = regexp.MustCompile(`\$\{input:([^}]+)\}`)

// TestHosts starts the server as each host would that is configured by the README, and lists its tools.
func TestHosts(t *testing.T) {
	binary := persestest.Program(t, "github.com/perses/mcp-server")
	readme := read(t, readmeFile)
	var over []string // "Cursor stdio", …
	for _, b := range blocksOf(readme, "json") {
		var c hostConfig
		decoder := json.NewDecoder(strings.NewReader(b.text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&c); err != nil {
			t.Fatalf("%s: %v", b.heading, err)
		}
		for _, servers := range []map[string]hostServer{c.MCPServers, c.Servers} {
			for _, s := range servers {
				way := "stdio"
				if s.URL != "" {
					way = "http"
				}
				over = append(over, b.heading+" "+way)
				t.Run(b.heading+" "+way, func(t *testing.T) {
					if s.URL != "" {
						listTools(t, connectHTTP(t, binary, httpCommand(t, readme), s.URL))
						return
					}
					if s.Command != placeholder {
						t.Fatalf("command %q, want %q", s.Command, placeholder)
					}
					listTools(t, connectStdio(t, binary, s.Args, environment(t, c, s)))
				})
			}
		}
	}
	for _, line := range commandsOf(readme) {
		if add, command, ok := strings.Cut(line, " -- "+placeholder+" "); ok && strings.HasPrefix(add, "claude mcp add ") {
			over = append(over, "Claude Code stdio")
			t.Run("Claude Code stdio", func(t *testing.T) {
				listTools(t, connectStdio(t, binary, strings.Fields(command), []string{"PERSES_TOKEN=token"}))
			})
		}
	}
	want := []string{"Claude Code stdio", "Claude Desktop stdio", "Cursor http", "Cursor stdio", "VS Code http", "VS Code stdio"}
	if slices.Sort(over); !slices.Equal(over, want) {
		t.Errorf("README.md configures %q, want %q", over, want)
	}
}

// TestCommandLines has every command line of the server checked as a start does. The file that it is
// configured by is the one that README.md shows.
func TestCommandLines(t *testing.T) {
	readme := read(t, readmeFile)
	files := blocksOf(readme, "yaml")
	if len(files) != 1 {
		t.Fatalf("README.md has %d YAML files, want one", len(files))
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("perses-mcp.yaml", []byte(files[0].text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PERSES_TOKEN", "")
	for _, line := range commandsOf(readme) {
		args := strings.Fields(line)
		if args[0] != placeholder && args[0] != "bin/mcp-server" {
			continue
		}
		if _, err := config.Load(args[1:], tools.Toolsets(), io.Discard); err != nil && !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// environment is that of a server's configuration alone, with an answer to each question that it asks.
func environment(t *testing.T, c hostConfig, s hostServer) []string {
	t.Helper()
	var env []string
	for name, value := range s.Env {
		for _, variable := range inputVariable.FindAllStringSubmatch(value, -1) {
			if len(c.Inputs) != 1 || c.Inputs[0].ID != variable[1] || c.Inputs[0].Type != "promptString" || !c.Inputs[0].Password {
				t.Errorf("%s asks for %s, but the inputs are %+v", name, variable[0], c.Inputs)
			}
		}
		env = append(env, name+"="+inputVariable.ReplaceAllString(value, "token"))
	}
	return env
}

func connectStdio(t *testing.T, binary string, args, env []string) *client.Client {
	t.Helper()
	c, err := client.NewStdioMCPClientWithOptions(binary, env, args, transport.WithCommandFunc(
		func(ctx context.Context, command string, env, args []string) (*exec.Cmd, error) {
			cmd := exec.CommandContext(ctx, command, args...)
			cmd.Env, cmd.Stderr = env, t.Output() // which says why a start fails
			return cmd, nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// httpCommand is the README's command line of a server for HTTP.
func httpCommand(t *testing.T, readme string) []string {
	t.Helper()
	for _, line := range commandsOf(readme) {
		if strings.HasPrefix(line, placeholder+" ") && strings.Contains(line, "--transport streamable-http") {
			return strings.Fields(line)
		}
	}
	t.Fatal("README.md starts no server for Streamable HTTP")
	return nil
}

// connectHTTP starts the command, on any free port instead of its own, and connects to it as address says.
func connectHTTP(t *testing.T, binary string, command []string, address string) *client.Client {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port := slices.Index(command, "--port") + 1
	if port == 0 || command[port] != at.Port() {
		t.Fatalf("%s is not where %q listens", address, command)
	}
	args := slices.Clone(command[1:])
	args[port-1] = "0"
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = []string{}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test, which is done by then, has ended it
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if url := serving.FindStringSubmatch(lines.Text()); url != nil {
			if got := strings.Replace(url[1], url[2], at.Port(), 1); got != address {
				t.Fatalf("the server is at %s, the host looks for it at %s", got, address)
			}
			c, err := client.NewStreamableHttpClient(url[1])
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
