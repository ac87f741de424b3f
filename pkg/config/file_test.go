package config

import (
	"testing"
	"time"
)

// The sample file of perses/mcp-server, with its TLS settings switched on.
const sample = `# MCP transport mode: "stdio" or "http"
transport: http
listen_address: ":8000"
read_only: false
# all resources are registered if empty
resources: ""
perses_server:
  url: "https://perses.example/base"
  native_auth:
    login: "admin"
    password: "password"
  tls_config:
    insecureSkipVerify: true
`

func TestFileOfPersesMCPServer(t *testing.T) {
	c := mustLoad(t, given{yaml: sample + "allow_remote: true\n"})
	if c.File != "permcp.yaml" || c.Transport != StreamableHTTP || c.ListenAddress != ":8000" || c.ReadOnly || c.Toolsets != nil {
		t.Errorf("got %+v", c)
	}
	p := c.Perses
	if p.URL.String() != "https://perses.example/base" || p.NativeAuth.Login != "admin" || p.NativeAuth.Password != "password" {
		t.Errorf("got %+v", p)
	}
	if !p.TLSConfig.InsecureSkipVerify || p.TLSConfig.MinVersion != "TLS12" {
		t.Errorf("got %+v", p.TLSConfig)
	}
}

func TestEnvironmentCompletesFile(t *testing.T) {
	c := mustLoad(t, given{
		yaml: "timeout: 1m\nperses_server:\n  url: http://file\n  native_auth: {login: admin}\n",
		env: map[string]string{
			"PERMCP_PERSES_SERVER_NATIVE_AUTH_PASSWORD":          "from the environment",
			"PERMCP_PERSES_SERVER_TLS_CONFIG_CAFILE":             "ca.pem",
			"PERMCP_PERSES_SERVER_TLS_CONFIG_INSECURESKIPVERIFY": "true",
			"PERMCP_PERSES_SERVER_HEADERS_X-ORG":                 "7",
			"PERMCP_TIMEOUT":                                     "2m", // not a name of this setting
		},
	})
	p := c.Perses
	if p.URL.String() != "http://file" || p.NativeAuth.Login != "admin" || p.NativeAuth.Password != "from the environment" {
		t.Errorf("got %+v", p)
	}
	if p.TLSConfig.CAFile != "ca.pem" || !p.TLSConfig.InsecureSkipVerify || p.Headers["x-org"] != "7" {
		t.Errorf("got %+v and %v", p.TLSConfig, p.Headers)
	}
	if c.Timeout != time.Minute {
		t.Errorf("got %s", c.Timeout)
	}
}

// Hosts often pass a variable for each field of a form, empty if the user has left the field blank.
func TestEmptyVariablesAreNotSet(t *testing.T) {
	c := mustLoad(t, given{
		yaml: "perses_server: {url: 'http://file', native_auth: {login: admin, password: secret}}\n",
		env: map[string]string{
			"PERSES_TOKEN":             " ",
			"PERMCP_TRANSPORT":         "",
			"PERMCP_PERSES_SERVER_URL": "",
			"PERMCP_PERSES_SERVER_AUTHORIZATION_CREDENTIALS": "",
			"PERMCP_PERSES_SERVER_OAUTH_CLIENTID":            " ",
			"PERMCP_PERSES_SERVER_NATIVE_AUTH_PASSWORD":      "",
		},
	})
	if p := c.Perses; p.URL.String() != "http://file" || p.NativeAuth.Password != "secret" || p.Authorization != nil || p.OAuth != nil {
		t.Errorf("got %+v", p)
	}
}

func TestFilesWithoutSettings(t *testing.T) {
	for _, content := range []string{"# nothing yet\n", "---\n", "transport:\nperses_server:\n", "timeout: ''\nperses_server: {url: ''}\n"} {
		c := mustLoad(t, given{yaml: content, env: map[string]string{"PERMCP_PERSES_SERVER_NATIVE_AUTH_LOGIN": "l", "PERMCP_PERSES_SERVER_NATIVE_AUTH_PASSWORD": "p"}})
		if c.Transport != Stdio || c.Timeout != 30*time.Second || c.Perses.URL.String() != "http://localhost:8080" || c.Perses.NativeAuth == nil {
			t.Errorf("%q: got %+v", content, c)
		}
	}
}

func TestAliasesInFile(t *testing.T) {
	c := mustLoad(t, given{yaml: "timeout: &t 5s\nperses_server: {authorization: {credentials: &c abc}, headers: {x-copy: *c}}\ntransport: &s stdio\nlisten_address: '1'\n"})
	if c.Timeout != 5*time.Second || c.Perses.Headers["x-copy"] != "abc" {
		t.Errorf("got %+v", c)
	}
}
