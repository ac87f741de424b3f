package config

import (
	"strings"

	"github.com/prometheus/common/promslog"
)

// setting is one row of the table.
type setting struct {
	// flag, env and yaml are its names, or "" where it cannot be set. The yaml name is a dotted path.
	flag, env, yaml string
	// value is the placeholder of the flag's value in the help. A flag without it is a switch.
	value string
	// def is the default as a user would write it, or "".
	def string
	// help describes the setting in one or two sentences without line breaks.
	help string
	// secret hides the value in error texts.
	secret bool
	// restricts marks a setting that restricts access. An empty value of its flag is refused, because it may come from a variable
	// that somebody forgot to set.
	restricts bool
	// set checks a text, which is not empty, and stores it in the Config. Its error says what is accepted.
	set func(c *Config, text string) error
}

// persesURLKey is the YAML name of the Perses URL, which Perses' own configuration type decodes.
const persesURLKey = "perses_server.url"

// The parts of the default listen address, which have their own flags.
const (
	defaultHost = "127.0.0.1"
	defaultPort = "8000"
)

// settings returns the table. toolsets are the names that --toolsets accepts. Within one source, a later row overrides an earlier one:
// PERSES_TOKEN overrides the other variable of the token.
func settings(toolsets []string) []setting {
	return []setting{
		{
			flag: "config", value: "FILE",
			help: "YAML file to read the settings from.",
			set:  func(c *Config, text string) error { c.File = text; return nil },
		},
		{
			flag: "perses-server-url", env: "PERMCP_PERSES_SERVER_URL", yaml: persesURLKey, value: "URL",
			def:  "http://localhost:8080",
			help: "URL of Perses.",
			set:  func(c *Config, text string) (err error) { c.Perses.URL, err = parseURL(text); return err },
		},
		{
			flag: "auth", env: "PERMCP_AUTH", yaml: "auth", value: "WHO",
			def: string(Own),
			help: "Identity with which calls act in Perses: own (the server's identity) or passthrough (over HTTP, the Authorization " +
				"header of each request).",
			set: func(c *Config, text string) (err error) { c.Auth, err = parseAuth(text); return err },
		},
		{
			flag: "resource-metadata", yaml: "resource_metadata", value: "URL",
			help: "URL of the authorization server that issues the tokens for passthrough, for hosts that can log in on their own " +
				"(RFC 9728). Perses' own login is not such a server.",
			set: func(c *Config, text string) (err error) { c.ResourceMetadata, err = parseIssuer(text); return err },
		},
		{
			flag: "perses-token-file", env: "PERSES_TOKEN_FILE", value: "FILE",
			help: "File that contains only an access token, which replaces any other token. The file is read again when it changes.",
			set:  setTokenFile,
		},
		{
			env: "PERMCP_PERSES_SERVER_AUTHORIZATION_CREDENTIALS", yaml: "perses_server.authorization", secret: true,
			help: "Access token of the server's identity in Perses. In the YAML file, native_auth, oauth, basic_auth or k8s_auth can be " +
				"used instead; a token from the environment replaces the identity in the file.",
			set: setToken,
		},
		{
			env: "PERSES_TOKEN", secret: true,
			help: "The same access token; this variable overrides the other one.",
			set:  setToken,
		},
		{
			flag: "percliconfig", env: "PERMCP_PERCLICONFIG", yaml: "percliconfig", value: "FILE",
			help: "Configuration file of percli (default ~/.perses/config.json). Its login is used, and refreshed, if there is no other " +
				"identity and it is for this Perses. none disables it.",
			set: func(c *Config, text string) error { c.Percliconfig = text; return nil },
		},
		{
			flag: "transport", env: "PERMCP_TRANSPORT", yaml: "transport", value: "NAME",
			def:  string(Stdio),
			help: "MCP transport: stdio, or streamable-http (also http, http-streamable).",
			set:  func(c *Config, text string) (err error) { c.Transport, err = parseTransport(text); return err },
		},
		{
			env: "PERMCP_LISTEN_ADDRESS", yaml: "listen_address",
			def:  defaultHost + ":" + defaultPort,
			help: "Address for HTTP: host:port, or :port or a port for all interfaces.",
			set:  setListenAddress,
		},
		{
			flag: "host", value: "HOST",
			def:  defaultHost,
			help: "Host part of the listen address: an IP address or a name.",
			set:  setHost,
		},
		{
			flag: "port", value: "PORT",
			def:  defaultPort,
			help: "Port of the listen address; 0 means any free port.",
			set:  setPort,
		},
		{
			flag: "allow-remote", env: "PERMCP_ALLOW_REMOTE", yaml: "allow_remote",
			def: "false",
			help: "Listen on other addresses than loopback even if the server has its own identity. Everyone who can connect then acts " +
				"with this identity.",
			set: func(c *Config, text string) (err error) { c.AllowRemote, err = parseBool(text); return err },
		},
		{
			flag: "web.config.file", yaml: "web_config_file", value: "FILE",
			help: "Prometheus web config file: TLS, client certificates and basic auth of the HTTP endpoint.",
			set:  setWebConfig,
		},
		{
			flag: "allowed-hosts", yaml: "allowed_hosts", value: "LIST",
			help: "Hosts that the HTTP endpoint accepts in Host headers in addition to its own address and loopback, separated by commas, " +
				"without ports. If not set, a server that listens on all interfaces accepts any host, except on loopback.",
			set: func(c *Config, text string) (err error) { c.AllowedHosts, err = parseHosts(text); return err },
		},
		{
			flag: "allowed-origins", yaml: "allowed_origins", value: "LIST",
			help: "Origins of web pages that may send requests from a browser, such as https://inspector.example, separated by commas.",
			set:  func(c *Config, text string) (err error) { c.AllowedOrigins, err = parseOrigins(text); return err },
		},
		{
			flag: "max-calls", yaml: "max_calls", value: "NUMBER",
			def:  "512",
			help: "Maximum number of concurrent calls over HTTP, from 1 to 100000. More are refused with status 429.",
			set:  func(c *Config, text string) (err error) { c.MaxCalls, err = parseMaxCalls(text); return err },
		},
		{
			flag: "max-calls-per-caller", yaml: "max_calls_per_caller", value: "NUMBER",
			def:  "128",
			help: "The same maximum for each caller. Callers are distinguished by their credentials, else by IP address.",
			set:  func(c *Config, text string) (err error) { c.MaxCallsPerCaller, err = parseMaxCalls(text); return err },
		},
		{
			flag: "read-only", env: "PERMCP_READ_ONLY", yaml: "read_only",
			def:  "false",
			help: "Offer only tools that read.",
			set:  func(c *Config, text string) (err error) { c.ReadOnly, err = parseBool(text); return err },
		},
		{
			flag: "confirm", yaml: "confirm", value: "WHEN",
			def: "auto",
			help: "When the person is asked, through their host, before something is deleted, or overwritten without its version: " +
				"auto (if the host can ask), always (else the call is refused), or never.",
			set: func(c *Config, text string) (err error) { c.Confirm, err = parseConfirm(text); return err },
		},
		{
			flag: "projects", yaml: "projects", value: "LIST", restricts: true,
			help: "Projects to work with, separated by commas. Other projects are neither shown nor changed; documents outside of projects " +
				"are shown but not changed. If not set, only the caller's permissions in Perses apply.",
			set: func(c *Config, text string) (err error) { c.Projects, err = parseProjects(text); return err },
		},
		{
			flag: "toolsets", env: "PERMCP_RESOURCES", yaml: "resources", value: "LIST",
			def:  allToolsets,
			help: "Toolsets to offer, separated by commas.",
			set: func(c *Config, text string) (err error) {
				c.Toolsets, err = parseToolsets(text, toolsets)
				return err
			},
		},
		{
			flag: "result-limit", yaml: "result_limit", value: "BYTES",
			def:  "40000",
			help: "Maximum size of the text of an answer in bytes, from 1000 to 10000000.",
			set:  func(c *Config, text string) (err error) { c.ResultLimit, err = parseResultLimit(text); return err },
		},
		{
			flag: "timeout", yaml: "timeout", value: "DURATION",
			def:  "30s",
			help: "Maximum duration of a call, from 1s to 10m.",
			set:  func(c *Config, text string) (err error) { c.Timeout, err = parseTimeout(text); return err },
		},
		{
			flag: "shutdown-timeout", yaml: "shutdown_timeout", value: "DURATION",
			def:  "30s",
			help: "Maximum time to wait for calls in flight at shutdown, from 1s to 10m.",
			set:  func(c *Config, text string) (err error) { c.ShutdownTimeout, err = parseTimeout(text); return err },
		},
		{
			flag: "trusted-datasources", yaml: "trusted_datasources", value: "LIST",
			def: "global,project",
			help: "Datasources that may receive the credentials of a call, separated by commas: global, project, local " +
				"(inside a dashboard), or origins such as https://prom.example. An origin trusts everyone who may write a " +
				"datasource with that address, in any project or dashboard: they can change the address during a call.",
			set: func(c *Config, text string) (err error) { c.TrustedDatasources, err = parseTrusted(text); return err },
		},
		{
			flag: "import-dir", yaml: "import_dir", value: "FOLDER",
			help: "Folder from which a tool may read Grafana dashboards by file name. If not set, no files are read.",
			set:  func(c *Config, text string) (err error) { c.ImportDir, err = parseFolder(text); return err },
		},
		{
			flag: "log-level", value: "LEVEL",
			def:  "info",
			help: "Minimum severity of log lines: " + strings.Join(promslog.LevelFlagOptions, ", ") + ".",
			set:  setLogLevel,
		},
		{
			flag: "log-format", value: "FORMAT",
			def:  "logfmt",
			help: "Log format: " + strings.Join(promslog.FormatFlagOptions, " or ") + ".",
			set:  setLogFormat,
		},
		{
			flag: "version",
			def:  "false",
			help: "Print the version and exit.",
			set:  func(c *Config, text string) (err error) { c.ShowVersion, err = parseBool(text); return err },
		},
	}
}

// isSwitch reports whether the flag can be given without a value.
func (s setting) isSwitch() bool { return s.value == "" }
