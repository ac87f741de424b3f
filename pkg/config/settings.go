package config

import (
	"strings"

	"github.com/prometheus/common/promslog"
)

// setting is one row of the table: all there is to know about one thing that can be set.
type setting struct {
	// flag, env and yaml are its names; empty where it can't be set. The yaml name is a path with dots.
	flag, env, yaml string
	// value stands for the flag's value in the help. A flag without it is a switch.
	value string
	// def is the default, written as a user would; empty for none.
	def string
	// help says what the setting does, in a sentence or two without line breaks.
	help string
	// secret keeps the value out of error texts.
	secret bool
	// narrows says that it keeps something out: a flag with an empty value is then refused, for it may come of a variable that
	// somebody forgot to set.
	narrows bool
	// set checks a text, which is never empty, and puts it into the Config. Its error says what is accepted.
	set func(c *Config, text string) error
}

// persesURLKey is the only setting inside perses_server, which has a type of its own in the file.
const persesURLKey = "perses_server.url"

// The two parts of the default listen address, which have flags of their own.
const (
	defaultHost = "127.0.0.1"
	defaultPort = "8000"
)

// settings is the table. The toolsets are the names that --toolsets accepts.
// Within one source a later row wins over an earlier one: PERSES_TOKEN over the token's other variable.
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
			help: "Address of Perses.",
			set:  func(c *Config, text string) (err error) { c.Perses.URL, err = parseURL(text); return err },
		},
		{
			flag: "auth", env: "PERMCP_AUTH", yaml: "auth", value: "WHO",
			def: string(Own),
			help: "Who acts in Perses: own, the identity of the server; or passthrough, each caller over HTTP with the Authorization " +
				"header of their requests.",
			set: func(c *Config, text string) (err error) { c.Auth, err = parseAuth(text); return err },
		},
		{
			flag: "resource-metadata", yaml: "resource_metadata", value: "URL",
			help: "Authorization server from which callers get the token that passthrough wants, for hosts that can log in by " +
				"themselves (RFC 9728). Perses' own login is none.",
			set: func(c *Config, text string) (err error) { c.ResourceMetadata, err = parseIssuer(text); return err },
		},
		{
			flag: "perses-token-file", env: "PERSES_TOKEN_FILE", value: "FILE",
			help: "File with an access token alone in it, read again when it changes; it takes the place of a token likewise.",
			set:  setTokenFile,
		},
		{
			env: "PERMCP_PERSES_SERVER_AUTHORIZATION_CREDENTIALS", yaml: "perses_server.authorization", secret: true,
			help: "Access token with which the server itself calls Perses. From the environment it replaces every identity " +
				"of the file, where native_auth, oauth, basic_auth and k8s_auth may stand instead.",
			set: setToken,
		},
		{
			env: "PERSES_TOKEN", secret: true,
			help: "The same access token; this variable wins over the other.",
			set:  setToken,
		},
		{
			flag: "percliconfig", env: "PERMCP_PERCLICONFIG", yaml: "percliconfig", value: "FILE",
			help: "File of percli (else ~/.perses/config.json) whose login is used, and refreshed, if there is no other identity and it " +
				"is of this Perses; none to leave it alone.",
			set: func(c *Config, text string) error { c.Percliconfig = text; return nil },
		},
		{
			flag: "transport", env: "PERMCP_TRANSPORT", yaml: "transport", value: "NAME",
			def:  string(Stdio),
			help: "How clients are served: stdio, or streamable-http (also http, http-streamable).",
			set:  func(c *Config, text string) (err error) { c.Transport, err = parseTransport(text); return err },
		},
		{
			env: "PERMCP_LISTEN_ADDRESS", yaml: "listen_address",
			def:  defaultHost + ":" + defaultPort,
			help: "Address to serve HTTP on: host:port, or :port or the port alone for all interfaces.",
			set:  setListenAddress,
		},
		{
			flag: "host", value: "HOST",
			def:  defaultHost,
			help: "Host of the listen address alone: an IP address or a name.",
			set:  setHost,
		},
		{
			flag: "port", value: "PORT",
			def:  defaultPort,
			help: "Port of the listen address alone; 0 takes any free one.",
			set:  setPort,
		},
		{
			flag: "allow-remote", env: "PERMCP_ALLOW_REMOTE", yaml: "allow_remote",
			def: "false",
			help: "Listen beyond loopback even with an identity of the server's own, which everyone who reaches it then " +
				"acts with.",
			set: func(c *Config, text string) (err error) { c.AllowRemote, err = parseBool(text); return err },
		},
		{
			flag: "web.config.file", yaml: "web_config_file", value: "FILE",
			help: "Web config file of the Prometheus family: TLS, client certificates and basic auth of the HTTP endpoint.",
			set:  setWebConfig,
		},
		{
			flag: "allowed-hosts", yaml: "allowed_hosts", value: "LIST",
			help: "Hosts by which the HTTP endpoint goes besides its own address and loopback, separated by commas, without " +
				"ports. Without them it goes by any name on all interfaces but loopback.",
			set: func(c *Config, text string) (err error) { c.AllowedHosts, err = parseHosts(text); return err },
		},
		{
			flag: "allowed-origins", yaml: "allowed_origins", value: "LIST",
			help: "Origins of the web pages that may send requests from a browser, such as https://inspector.example, " +
				"separated by commas.",
			set: func(c *Config, text string) (err error) { c.AllowedOrigins, err = parseOrigins(text); return err },
		},
		{
			flag: "max-calls", yaml: "max_calls", value: "NUMBER",
			def:  "512",
			help: "Most calls over HTTP at the same time, from 1 to 100000; more are answered with status 429.",
			set:  func(c *Config, text string) (err error) { c.MaxCalls, err = parseMaxCalls(text); return err },
		},
		{
			flag: "max-calls-per-caller", yaml: "max_calls_per_caller", value: "NUMBER",
			def: "128",
			help: "Most calls over HTTP of one caller at the same time, likewise. Callers are told apart by credentials, " +
				"else by IP address.",
			set: func(c *Config, text string) (err error) { c.MaxCallsPerCaller, err = parseMaxCalls(text); return err },
		},
		{
			flag: "read-only", env: "PERMCP_READ_ONLY", yaml: "read_only",
			def:  "false",
			help: "Offer no tool that writes.",
			set:  func(c *Config, text string) (err error) { c.ReadOnly, err = parseBool(text); return err },
		},
		{
			flag: "confirm", yaml: "confirm", value: "WHEN",
			def: "auto",
			help: "Whether a person is asked, through their host, before something is deleted, or overwritten without its version: " +
				"auto (where the host can ask), always (or else it is refused), or never.",
			set: func(c *Config, text string) (err error) { c.Confirm, err = parseConfirm(text); return err },
		},
		{
			flag: "projects", yaml: "projects", value: "LIST", narrows: true,
			help: "Projects to work with, separated by commas. Others are neither shown nor changed; what belongs to no project is " +
				"shown, but not changed. Without it the caller's rights in Perses are the only limit.",
			set: func(c *Config, text string) (err error) { c.Projects, err = parseProjects(text); return err },
		},
		{
			flag: "toolsets", env: "PERMCP_RESOURCES", yaml: "resources", value: "LIST",
			def:  allToolsets,
			help: "Kinds and capabilities to offer, separated by commas.",
			set: func(c *Config, text string) (err error) {
				c.Toolsets, err = parseToolsets(text, toolsets)
				return err
			},
		},
		{
			flag: "result-limit", yaml: "result_limit", value: "BYTES",
			def:  "40000",
			help: "Most bytes of text in one answer, from 1000 to 10000000.",
			set:  func(c *Config, text string) (err error) { c.ResultLimit, err = parseResultLimit(text); return err },
		},
		{
			flag: "timeout", yaml: "timeout", value: "DURATION",
			def:  "30s",
			help: "Longest time for one call, from 1s to 10m.",
			set:  func(c *Config, text string) (err error) { c.Timeout, err = parseTimeout(text); return err },
		},
		{
			flag: "shutdown-timeout", yaml: "shutdown_timeout", value: "DURATION",
			def:  "30s",
			help: "Longest time that calls in flight are waited for when the server is told to end, from 1s to 10m.",
			set:  func(c *Config, text string) (err error) { c.ShutdownTimeout, err = parseTimeout(text); return err },
		},
		{
			flag: "trusted-datasources", yaml: "trusted_datasources", value: "LIST",
			def: "global,project",
			help: "Datasources that may be sent the credentials of a call, separated by commas: global, project, local " +
				"(those inside a dashboard), or origins such as https://prom.example. An origin trusts everyone who may write a " +
				"datasource with that address, in any project or dashboard: they can change the address during a call.",
			set: func(c *Config, text string) (err error) { c.TrustedDatasources, err = parseTrusted(text); return err },
		},
		{
			flag: "import-dir", yaml: "import_dir", value: "FOLDER",
			help: "Folder from which a tool may read dashboards of Grafana by the name of their file. Without it no file is read.",
			set:  func(c *Config, text string) (err error) { c.ImportDir, err = parseFolder(text); return err },
		},
		{
			flag: "log-level", value: "LEVEL",
			def:  "info",
			help: "Least severity that is logged: " + strings.Join(promslog.LevelFlagOptions, ", ") + ".",
			set:  setLogLevel,
		},
		{
			flag: "log-format", value: "FORMAT",
			def:  "logfmt",
			help: "Format of the log: " + strings.Join(promslog.FormatFlagOptions, " or ") + ".",
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

// isSwitch tells whether the flag may stand without a value.
func (s setting) isSwitch() bool { return s.value == "" }
