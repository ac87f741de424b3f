package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The values of each setting in every source that has it, and the results of Load, in order of precedence.
var precedence = []struct {
	flag, env, yaml string // the names, as in the table
	def             string // what Load makes of nothing
	values          [3]string
	want            [3]string // what it makes of the values in the file, the variable and the flag
	got             func(*Config) any
}{
	{
		flag: "perses-server-url", env: "PERMCP_PERSES_SERVER_URL", yaml: "perses_server.url", def: "http://localhost:8080",
		values: [3]string{"http://file", "http://env:1/base", "https://flag"},
		want:   [3]string{"http://file", "http://env:1/base", "https://flag"},
		got:    func(c *Config) any { return c.Perses.URL },
	},
	{
		flag: "auth", env: "PERMCP_AUTH", yaml: "auth", def: "own", // passthrough needs more, see TestPassthrough
		values: [3]string{"own", "OWN", "Own"},
		want:   [3]string{"own", "own", "own"},
		got:    func(c *Config) any { return c.Auth },
	},
	{
		flag: "resource-metadata", yaml: "resource_metadata", def: "",
		values: [3]string{"https://file.example", "", "http://localhost:9000/realms/x"},
		want:   [3]string{"https://file.example", "", "http://localhost:9000/realms/x"},
		got:    func(c *Config) any { return c.ResourceMetadata },
	},
	{
		flag: "perses-token-file", env: "PERSES_TOKEN_FILE", yaml: "perses_server.authorization", def: "<nil>",
		values: [3]string{"{credentials: file}", "/env", "/flag"},
		want:   [3]string{"&{Bearer file }", "&{Bearer  /env}", "&{Bearer  /flag}"},
		got:    func(c *Config) any { return c.Perses.Authorization },
	},
	{
		flag: "percliconfig", env: "PERMCP_PERCLICONFIG", yaml: "percliconfig", def: "",
		values: [3]string{"none", "config.json", "none"},
		want:   [3]string{"none", "config.json", "none"},
		got:    func(c *Config) any { return c.Percliconfig },
	},
	{
		env: "PERSES_TOKEN", yaml: "perses_server.authorization", def: "<nil>",
		values: [3]string{"{credentials: file}", " env\n"},
		want:   [3]string{"&{Bearer file }", "&{Bearer env }"},
		got:    func(c *Config) any { return c.Perses.Authorization },
	},
	{
		env: "PERMCP_PERSES_SERVER_AUTHORIZATION_CREDENTIALS", yaml: "perses_server.authorization", def: "<nil>",
		values: [3]string{"{type: Token, credentials: file}", "env"},
		want:   [3]string{"&{Token file }", "&{Bearer env }"},
		got:    func(c *Config) any { return c.Perses.Authorization },
	},
	{
		flag: "transport", env: "PERMCP_TRANSPORT", yaml: "transport", def: "stdio",
		values: [3]string{"http", "stdio", "HTTP-Streamable"},
		want:   [3]string{"streamable-http", "stdio", "streamable-http"},
		got:    func(c *Config) any { return c.Transport },
	},
	{
		flag: "host", env: "PERMCP_LISTEN_ADDRESS", yaml: "listen_address", def: "127.0.0.1:8000",
		values: [3]string{":9000", "localhost:9001", "::1"},
		want:   [3]string{":9000", "localhost:9001", "[::1]:9001"},
		got:    func(c *Config) any { return c.ListenAddress },
	},
	{
		flag: "port", env: "PERMCP_LISTEN_ADDRESS", yaml: "listen_address", def: "127.0.0.1:8000",
		values: [3]string{"9000", "[::1]:9001", "0"},
		want:   [3]string{":9000", "[::1]:9001", "[::1]:0"},
		got:    func(c *Config) any { return c.ListenAddress },
	},
	{
		flag: "allow-remote", env: "PERMCP_ALLOW_REMOTE", yaml: "allow_remote", def: "false",
		values: [3]string{"true", "false", "true"},
		want:   [3]string{"true", "false", "true"},
		got:    func(c *Config) any { return c.AllowRemote },
	},
	{
		flag: "web.config.file", yaml: "web_config_file", def: "",
		values: [3]string{"users.yml", "", "tls.yml"},
		want:   [3]string{"users.yml", "", "tls.yml"},
		got:    func(c *Config) any { return c.Web.File },
	},
	{
		flag: "allowed-hosts", yaml: "allowed_hosts", def: "[]",
		values: [3]string{"mcp.example", "", "MCP.example, ::1,10.0.0.1"},
		want:   [3]string{"[mcp.example]", "", "[mcp.example ::1 10.0.0.1]"},
		got:    func(c *Config) any { return c.AllowedHosts },
	},
	{
		flag: "allowed-origins", yaml: "allowed_origins", def: "[]",
		values: [3]string{"https://a.example", "", "HTTPS://A.example:443,http://b.example:80, http://[::1]:6274"},
		want:   [3]string{"[https://a.example]", "", "[https://a.example http://b.example http://[::1]:6274]"},
		got:    func(c *Config) any { return c.AllowedOrigins },
	},
	{
		flag: "max-calls", yaml: "max_calls", def: "512",
		values: [3]string{"1", "", "100000"},
		want:   [3]string{"1", "", "100000"},
		got:    func(c *Config) any { return c.MaxCalls },
	},
	{
		flag: "max-calls-per-caller", yaml: "max_calls_per_caller", def: "128",
		values: [3]string{"1", "", "100000"},
		want:   [3]string{"1", "", "100000"},
		got:    func(c *Config) any { return c.MaxCallsPerCaller },
	},
	{
		flag: "read-only", env: "PERMCP_READ_ONLY", yaml: "read_only", def: "false",
		values: [3]string{"yes", "0", "TRUE"},
		want:   [3]string{"true", "false", "true"},
		got:    func(c *Config) any { return c.ReadOnly },
	},
	{
		flag: "confirm", yaml: "confirm", def: "auto",
		values: [3]string{"always", "", "NEVER"},
		want:   [3]string{"always", "", "never"},
		got:    func(c *Config) any { return c.Confirm },
	},
	{
		flag: "projects", yaml: "projects", def: "[]",
		values: [3]string{"shop", "", "shop, Ops ,shop"},
		want:   [3]string{"[shop]", "", "[shop Ops]"},
		got:    func(c *Config) any { return c.Projects },
	},
	{
		flag: "toolsets", env: "PERMCP_RESOURCES", yaml: "resources", def: "[]",
		values: [3]string{"project", "Dashboard, query ,dashboard,", "all"},
		want:   [3]string{"[project]", "[dashboard query]", "[]"},
		got:    func(c *Config) any { return c.Toolsets },
	},
	{
		flag: "result-limit", yaml: "result_limit", def: "40000",
		values: [3]string{"1000", "", "10000000"},
		want:   [3]string{"1000", "", "10000000"},
		got:    func(c *Config) any { return c.ResultLimit },
	},
	{
		flag: "timeout", yaml: "timeout", def: "30s",
		values: [3]string{"1s", "", "10m"},
		want:   [3]string{"1s", "", "10m0s"},
		got:    func(c *Config) any { return c.Timeout },
	},
	{
		flag: "shutdown-timeout", yaml: "shutdown_timeout", def: "30s",
		values: [3]string{"1s", "", "10m"},
		want:   [3]string{"1s", "", "10m0s"},
		got:    func(c *Config) any { return c.ShutdownTimeout },
	},
	{
		flag: "trusted-datasources", yaml: "trusted_datasources", def: "[global project]",
		values: [3]string{"local", "", "Global, HTTPS://Prom.example:9090,http://[::1]"},
		want:   [3]string{"[local]", "", "[global https://prom.example:9090 http://[::1]]"},
		got:    func(c *Config) any { return c.TrustedDatasources },
	},
	{
		flag: "import-dir", yaml: "import_dir", def: "",
		values: [3]string{"/", "", "/dev/"},
		want:   [3]string{"/", "", "/dev"},
		got:    func(c *Config) any { return c.ImportDir },
	},
	{
		flag: "log-level", def: "info", values: [3]string{2: "DEBUG"}, want: [3]string{2: "debug"},
		got: func(c *Config) any { return c.Log.Level },
	},
	{
		flag: "log-format", def: "logfmt", values: [3]string{2: "json"}, want: [3]string{2: "json"},
		got: func(c *Config) any { return c.Log.Format },
	},
}

func TestPrecedence(t *testing.T) {
	for _, p := range precedence {
		t.Run(p.flag+p.env, func(t *testing.T) {
			var g given
			switch p.flag { // what must be there
			case "web.config.file":
				g.files = map[string]string{"users.yml": basicAuth, "tls.yml": ""}
			case "percliconfig":
				g.files = map[string]string{"config.json": percliFile}
			}
			check := func(source, want string) {
				t.Helper()
				if got := fmt.Sprint(p.got(mustLoad(t, g))); got != want {
					t.Errorf("%s: got %s, want %s", source, got, want)
				}
			}
			var with []string
			if p.flag == "resource-metadata" {
				with = []string{"--auth=passthrough", "--transport=http"}
			}
			g.args = with
			check("default", p.def)
			if p.yaml != "" {
				g.yaml = document(p.yaml, p.values[0])
				check("file", p.want[0])
			}
			if p.env != "" {
				g.env = map[string]string{p.env: ""}
				if p.yaml != "" {
					check("file, with an empty variable", p.want[0])
				}
				g.env[p.env] = p.values[1]
				check("environment", p.want[1])
			}
			if p.flag != "" {
				g.args = append(with, "--"+p.flag+"=")
				if p.env != "" {
					check("environment, with an empty flag", p.want[1])
				}
				g.args = append(with, "-"+p.flag+"="+p.values[2])
				check("flag", p.want[2])
			}
		})
	}
}

// document returns a YAML file with one value at a dotted path.
func document(path, value string) string {
	var b strings.Builder
	keys := strings.Split(path, ".")
	for depth, key := range keys {
		b.WriteString(strings.Repeat("  ", depth) + key + ":")
		if depth < len(keys)-1 {
			b.WriteString("\n")
		}
	}
	return b.String() + " " + value + "\n"
}

// Every setting must be in the table above, except those that have only a flag and no default.
func TestPrecedenceIsComplete(t *testing.T) {
	tested := map[string]bool{"config": true, "version": true}
	for _, p := range precedence {
		tested[p.flag], tested[p.env], tested[p.yaml] = true, true, true
	}
	for _, s := range settings(nil) {
		for _, name := range []string{s.flag, s.env, s.yaml} {
			if name != "" && !tested[name] {
				t.Errorf("%s: not tested; there are %v", name, slices.Sorted(maps.Keys(tested)))
			}
		}
	}
}

func TestFlagForms(t *testing.T) {
	for _, args := range [][]string{{"--timeout", "5s"}, {"--timeout=5s"}, {"-timeout", "5s"}, {"--timeout=1m", "-timeout=5s"}} {
		if c := mustLoad(t, given{args: args}); c.Timeout.String() != "5s" {
			t.Errorf("%v: got %s", args, c.Timeout)
		}
	}
	if c := mustLoad(t, given{args: []string{"--read-only"}}); !c.ReadOnly {
		t.Error("a switch alone must turn on")
	}
	off := given{args: []string{"--read-only=false"}, env: map[string]string{"PERMCP_READ_ONLY": "true"}}
	if c := mustLoad(t, off); c.ReadOnly {
		t.Error("a switch must turn off what the environment turns on")
	}
}

func TestVersionVerifiesNothingElse(t *testing.T) {
	for _, version := range []string{"--version", "-version=true"} {
		c := mustLoad(t, given{args: []string{version, "--port", "wrong"}, env: map[string]string{"PERMCP_READ_ONLY": "wrong"}})
		if !c.ShowVersion {
			t.Errorf("%s: not set", version)
		}
	}
	if c := mustLoad(t, given{args: []string{"--version=false"}}); c.ShowVersion {
		t.Error("--version=false must not show it")
	}
}
