package config

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

const (
	wantBool      = "want true or false"
	wantHost      = "want an IP address or a host name, without a port"
	wantPort      = "want a whole number from 0 to 65535"
	wantAddress   = "want host:port, :port or a port, with a whole number from 0 to 65535 as the port"
	wantURL       = "want an http or https URL such as https://perses.example, without a query or fragment"
	wantNoUser    = "want a URL without a user: use PERSES_TOKEN or perses_server.basic_auth instead"
	wantLimit     = "want a whole number of bytes from 1000 to 10000000"
	wantTimeout   = "want a duration from 1s to 10m, such as 30s"
	wantHosts     = "want host names or IP addresses without ports, separated by commas"
	wantOrigins   = "want origins such as https://inspector.example, separated by commas"
	wantCalls     = "want a whole number from 1 to 100000"
	wantTransport = "want stdio or streamable-http"
	wantTrusted   = "want global, project, local, or origins such as https://prom.example, separated by commas"
	wantIssuer    = "want the https URL of an authorization server such as https://login.example/realms/team, without a query or fragment"
	wantProjects  = "want names of projects, separated by commas"
	wantToken     = "want the token alone, without white space or control characters in it"
)

// Invalid values by setting, and the errors of Load.
var wrong = []struct {
	flag, env, yaml string
	want            string
	values          []string
}{
	{"auth", "PERMCP_AUTH", "auth", "want own or passthrough", []string{"none", "bearer", "own,passthrough"}},
	{"resource-metadata", "", "resource_metadata", wantIssuer, []string{"login.example", "http://login.example", "https://", "ftp://x"}},
	{"transport", "PERMCP_TRANSPORT", "transport", wantTransport, []string{"sse", "https", "stdio,http"}},
	{"host", "", "", wantHost, []string{"a b", "1.2.3.4:80", "[::1]", "http://x", "a/b", "::g"}},
	{"port", "", "", wantPort, []string{"abc", "-1", "65536", "1.5", "+80", "0x50", "http"}},
	{"", "PERMCP_LISTEN_ADDRESS", "listen_address", wantAddress, []string{"abc", "localhost", "localhost:", "localhost:http", ":65536", "::1", "a b:80", "1:2:3"}},
	{"allow-remote", "PERMCP_ALLOW_REMOTE", "allow_remote", wantBool, []string{"maybe", "2", "tru"}},
	{"web.config.file", "", "web_config_file", "no such file or directory", []string{"none.yml"}},
	{"allowed-hosts", "", "allowed_hosts", wantHosts, []string{"a:80", "http://a", "a,b c", "*"}},
	{"allowed-hosts", "", "allowed_hosts", "want at least one name", []string{","}},
	{"allowed-origins", "", "allowed_origins", wantOrigins, []string{"a.example", "https://a/", "*", "null", "file://x", "https://a,b"}},
	{"max-calls", "", "max_calls", wantCalls, []string{"0", "-1", "100001", "1.5", "many"}},
	{"max-calls-per-caller", "", "max_calls_per_caller", wantCalls, []string{"0", "100001", "1e3"}},
	{"shutdown-timeout", "", "shutdown_timeout", wantTimeout, []string{"30", "0s", "10m1s"}},
	{"read-only", "PERMCP_READ_ONLY", "read_only", wantBool, []string{"maybe", "2", "ja"}},
	{"confirm", "", "confirm", "want auto, always or never", []string{"yes", "ask", "auto,never"}},
	{"projects", "", "projects", wantProjects, []string{"a,..", ".."}},
	{"projects", "", "projects", "want at least one name", []string{","}},
	{"version", "", "", wantBool, []string{"maybe"}},
	{"toolsets", "PERMCP_RESOURCES", "resources", `"queries" is unknown; want all, or some of dashboard, project, query`, []string{"queries", "dashboard, Queries"}},
	{"toolsets", "PERMCP_RESOURCES", "resources", `"all" is unknown; want all, or some of dashboard, project, query`, []string{"query,all"}},
	{"toolsets", "PERMCP_RESOURCES", "resources", "want at least one name", []string{",", " , "}},
	{"result-limit", "", "result_limit", wantLimit, []string{"999", "10000001", "40k", "1e4", "-1", "99999999999999999999"}},
	{"timeout", "", "timeout", wantTimeout, []string{"30", "999ms", "10m1s", "1 minute", "-5s", "1d"}},
	{"trusted-datasources", "", "trusted_datasources", wantTrusted, []string{"globals", "prom.example", "https://prom.example/", "https://prom.example/x", "ftp://x", "https://", "https://:80", "global,//x"}},
	{"trusted-datasources", "", "trusted_datasources", "want at least one name", []string{","}},
	{"import-dir", "", "import_dir", "want a folder that exists", []string{"/nowhere", "config.go"}},
	{"perses-server-url", "PERMCP_PERSES_SERVER_URL", persesURLKey, wantURL, []string{"localhost:8080", "perses.example", "/base", "ftp://x", "http:x", "http://:80", "http://[::1", "http://x:abc", "%zz"}},
	{"log-level", "", "", "want one of debug, info, warn, error", []string{"trace", "warning"}},
	{"log-format", "", "", "want one of logfmt, json", []string{"text"}},
}

func TestWrongValues(t *testing.T) {
	for _, w := range wrong {
		for _, value := range w.values {
			// The errors of the sources differ only in the name of the setting.
			line := func(name string) string { return fmt.Sprintf("%s %q: %s", name, strings.TrimSpace(value), w.want) }
			if w.flag != "" {
				mustRefuse(t, given{args: []string{"--" + w.flag + "=" + value}}, line("--"+w.flag))
			}
			if w.env != "" {
				mustRefuse(t, given{env: map[string]string{w.env: value}}, line(w.env))
			}
			if w.yaml != "" {
				mustRefuse(t, given{yaml: document(w.yaml, "'"+value+"'")}, line(w.yaml+" in permcp.yaml"))
			}
		}
	}
}

// Every setting that checks its values must have invalid ones above.
func TestWrongValuesAreComplete(t *testing.T) {
	tested := map[string]bool{"config": true, "perses-token-file": true, "percliconfig": true, credentialsVariable: true, "PERSES_TOKEN": true} // any path; tested below
	for _, w := range wrong {
		tested[w.flag+w.env+w.yaml] = true
	}
	for _, s := range settings(nil) {
		if !tested[s.flag+s.env+s.yaml] && !tested[s.flag] && !tested[s.env] {
			t.Errorf("%s%s: not tested", s.flag, s.yaml)
		}
	}
}

func TestInvalidValueIsRefusedEvenIfOverridden(t *testing.T) {
	mustRefuse(t, given{yaml: "timeout: soon\n", args: []string{"--timeout=5s"}}, `timeout in permcp.yaml "soon": `+wantTimeout)
}

func TestSecretsStayOutOfErrors(t *testing.T) {
	const tokenLine = ": " + wantToken
	for _, test := range []struct {
		g    given
		want string
	}{
		{given{env: map[string]string{"PERSES_TOKEN": "Bearer s3cret"}}, "PERSES_TOKEN" + tokenLine},
		{given{env: map[string]string{"PERSES_TOKEN": "s3\x01cret"}}, "PERSES_TOKEN" + tokenLine},
		{given{env: map[string]string{credentialsVariable: "s3\ncret"}}, credentialsVariable + tokenLine},
		{given{yaml: document("perses_server.authorization.credentials", "s3 cret")}, "perses_server.authorization.credentials" + tokenLine},
		{given{args: []string{"--perses-server-url=http://u:s3cret@perses.example"}}, `--perses-server-url "…@perses.example": ` + wantNoUser},
		{given{args: []string{"--perses-server-url=http://u:s3?c#ret@perses.example"}}, `--perses-server-url "…@perses.example": ` + wantURL},
		{given{args: []string{"--perses-server-url=http://x?token=s3cret"}}, `--perses-server-url "http://x?…": ` + wantURL},
		{given{args: []string{"--perses-server-url=http://x#s3cret"}}, `--perses-server-url "http://x#…": ` + wantURL},
		{given{env: map[string]string{"PERMCP_PERSES_SERVER_URL": "http://u:s3cret@[x"}}, `PERMCP_PERSES_SERVER_URL "…@[x": ` + wantURL},
		{given{yaml: document("perses_server.url", "http://u:s3cret@perses.example")}, `perses_server.url in permcp.yaml "…@perses.example": ` + wantNoUser},
		{given{yaml: document("perses_server.url", "http://u:s3cret@[x")}, `perses_server.url in permcp.yaml "…@[x": ` + wantURL},
		{given{args: []string{"--trusted-datasources=global,https://u:s3cret@prom.example"}}, `--trusted-datasources "…@prom.example": ` + wantTrusted},
		{given{args: []string{"--perses-token=s3cret"}}, "unknown flag --perses-token: did you mean --perses-token-file?"},
		{given{yaml: document("perses_server.native_auth.password", "*s3cret")}, "permcp.yaml: unknown anchor or value referenced"},
		{given{yaml: document("perses_server.native_auth.password", "!!int s3cret")}, "permcp.yaml: cannot decode !!str anchor or value as a !!int"},
		{given{yaml: document("perses_server.authorization", "s3cret")}, "permcp.yaml: line 2: a value of the wrong type (!!str)"},
	} {
		mustRefuse(t, test.g, test.want)
		if strings.Contains(test.want, "s3cret") {
			t.Errorf("the expected line has the secret: %s", test.want)
		}
	}
}

const knownFlags = "want one of --config, --perses-server-url, --auth, --resource-metadata, --perses-token-file, --percliconfig, --transport, --host, --port, --allow-remote, --web.config.file, " +
	"--allowed-hosts, --allowed-origins, --max-calls, --max-calls-per-caller, --read-only, --confirm, --projects, --toolsets, --result-limit, " +
	"--timeout, --shutdown-timeout, --trusted-datasources, --import-dir, --log-level, --log-format, --version"

// An empty list of projects would not restrict anything.
func TestEmptyProjects(t *testing.T) {
	if _, err := Load([]string{"--projects", ""}, nil, io.Discard); err == nil || err.Error() != "--projects: want a value; without the flag, there is no restriction" {
		t.Errorf("got %v", err)
	}
}

func TestWrongCommandLine(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--prot", "80"}, "unknown flag --prot: did you mean --port?"},
		{[]string{"-readonly"}, "unknown flag --readonly: did you mean --read-only?"},
		{[]string{"--xyzzy"}, "unknown flag --xyzzy: " + knownFlags},
		{[]string{"--port"}, "--port: want a value"},
		{[]string{"---port=1"}, "bad flag syntax: ---port=1"},
		{[]string{"stdio"}, `unexpected argument "stdio": want flags only; turn a switch off with =false, as in --read-only=false`},
		{[]string{"--read-only", "false"}, `unexpected argument "false": want flags only; turn a switch off with =false, as in --read-only=false`},
		{[]string{"--config", "none.yaml"}, `--config "none.yaml": no such file or directory`},
		{[]string{"--config=."}, `--config ".": is a directory`},
	} {
		mustRefuse(t, given{args: test.args}, test.want)
	}
}

func TestWrongFile(t *testing.T) {
	for content, want := range map[string]string{
		"time_out: 5s\n":                   `permcp.yaml: unknown key "time_out": did you mean timeout?`,
		"perses_server.url: http://x\n":    `permcp.yaml: unknown key "perses_server.url": did you mean perses_server?`,
		"xyzzy: 1\n":                       `permcp.yaml: unknown key "xyzzy": want one of perses_server, auth, resource_metadata, percliconfig, transport, listen_address, allow_remote, web_config_file, allowed_hosts, allowed_origins, max_calls, max_calls_per_caller, read_only, confirm, projects, resources, result_limit, timeout, shutdown_timeout, trusted_datasources, import_dir`,
		"resources: [project, query]\n":    "resources in permcp.yaml: want a single value, not a list or a map",
		"timeout: {a: b}\n":                "timeout in permcp.yaml: want a single value, not a list or a map",
		"timeout: 5s\ntimeout: 6s\n":       `permcp.yaml: line 2: mapping key "timeout" already defined at line 1`,
		"- a\n":                            "permcp.yaml: line 1: a value of the wrong type (!!seq)",
		"a: b: c\n":                        "permcp.yaml: mapping values are not allowed in this context",
		"timeout: 5s\n  transport: x\n":    "permcp.yaml: line 2: mapping values are not allowed in this context",
		"\ttimeout: 5s\n":                  "permcp.yaml: found character that cannot start any token",
		"perses_server:\n  adress: x\n":    `permcp.yaml: line 2: key "adress" is unknown`,
		"perses_server:\n  a: 1\n  b: 2\n": `permcp.yaml: line 2: key "a" is unknown; line 3: key "b" is unknown`,
		document("perses_server.authorization.credentials_file", "x"):              `permcp.yaml: line 3: key "credentials_file" is unknown`,
		document("perses_server.tls_config.minVersion", "TLS9"):                    "perses_server in permcp.yaml: incorrect TLS minimum version: TLS9",
		document("perses_server.basic_auth", "{username: u}"):                      "perses_server in permcp.yaml: when using basicAuth, username and password/passwordFile cannot be empty",
		document("perses_server.native_auth", "{login: l}"):                        "perses_server: password cannot be empty",
		"perses_server:\n  k8s_auth: {}\n  native_auth: {login: l, password: p}\n": "perses_server: want one identity, found native_auth and k8s_auth",
	} {
		mustRefuse(t, given{yaml: content}, want)
	}
}

func TestWrongPersesServerVariables(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"TLS_CONFIG_INSECURESKIPVERIFY": {"maybe", `PERMCP_PERSES_SERVER_TLS_CONFIG_INSECURESKIPVERIFY "maybe": want true or false`},
		"OAUTH_AUTHSTYLE":               {"one", `PERMCP_PERSES_SERVER_OAUTH_AUTHSTYLE "one": want a whole number`},
		"TLS_CONFIG_MAXVERSION":         {"TLS9", "perses_server: incorrect TLS maximum version: TLS9"},
		"BASIC_AUTH_USERNAME":           {"u", "perses_server: when using basicAuth, username and password/passwordFile cannot be empty"},
		"NATIVE_AUTH_PASSWORD":          {"s3cret", "perses_server: login cannot be empty"},
	} {
		mustRefuse(t, given{env: map[string]string{"PERMCP_PERSES_SERVER_" + name: test.value}}, test.want)
	}
}
