// Package config loads and verifies the configuration from the command line, the environment, a YAML file and the defaults, in this
// order of precedence. Each setting is one row of the table in settings.go, from which flags, error texts, help and documentation are
// generated.
package config

import (
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/prometheus/common/promslog"
)

// Transport is an MCP transport.
type Transport string

const (
	// Stdio serves the client that started the process, over standard input and output.
	Stdio Transport = "stdio"
	// StreamableHTTP serves any number of clients over HTTP, on Config.ListenAddress.
	StreamableHTTP Transport = "streamable-http"
)

// Config is the complete, verified configuration.
type Config struct {
	// File is the path of the YAML file, or "".
	File string
	// Perses configures the client of Perses: its URL (never nil), at most one identity, TLS and headers.
	Perses clientconfig.RestConfigClient
	// Auth selects the identity of calls. With Passthrough, Perses has no identity.
	Auth Auth
	// ResourceMetadata is the URL of the authorization server that hosts are referred to, or "".
	ResourceMetadata string
	// Percliconfig is the path of percli's configuration, "none", or "" for percli's default path.
	Percliconfig string
	// Session is the path of percli's configuration if its login is the identity of Perses. NoSession is the reason why percli's
	// login could not be used, or "".
	Session, NoSession string
	Transport          Transport
	// ListenAddress is the "host:port" of StreamableHTTP. An empty host means all interfaces, port 0 any free port.
	ListenAddress string
	// AllowRemote permits listening on other addresses than loopback with an identity of the server.
	AllowRemote bool
	// Web is the web config file of StreamableHTTP: TLS and authentication of callers.
	Web Web
	// AllowedHosts are accepted in Host headers, in addition to the server's own address and loopback.
	AllowedHosts []string
	// AllowedOrigins are the origins of web pages that may send requests.
	AllowedOrigins []string
	// MaxCalls and MaxCallsPerCaller are the maximum numbers of concurrent calls of StreamableHTTP.
	MaxCalls, MaxCallsPerCaller int
	// ReadOnly removes all tools that write.
	ReadOnly bool
	// Confirm is auto, always or never: when the person is asked before something is deleted or overwritten.
	Confirm string
	// Projects are the projects that calls may read and change. Empty means all.
	Projects []string
	// Toolsets are the names of the toolsets to offer, in lower case. Empty means all.
	Toolsets []string
	// ResultLimit is the maximum size of the text of an answer, in bytes.
	ResultLimit int
	// Timeout is the maximum duration of a call.
	Timeout time.Duration
	// ShutdownTimeout is the maximum time to wait for calls in flight at shutdown.
	ShutdownTimeout time.Duration
	// TrustedDatasources lists the datasources that may receive the credentials of a call: "global", "project", "local",
	// and origins such as "https://prom.example", in lower case.
	TrustedDatasources []string
	// ImportDir is the absolute path of the folder from which Grafana dashboards may be imported, or "".
	ImportDir string
	// Log configures the logger.
	Log promslog.Config
	// ShowVersion requests the version. All other fields are then unset.
	ShowVersion bool
}

// verify checks the settings against each other, and completes the identity.
func (c *Config) verify() error {
	if err := c.verifyIdentity(); err != nil {
		return err
	}
	if err := c.verifyAuth(); err != nil {
		return err
	}
	if err := verifyAuthorization(c.passthrough(), c.Web); err != nil {
		return err
	}
	return c.verifyRemote()
}
