// Package config makes one verified Config of the command line, the environment, a YAML file and the defaults, in this
// order of precedence. Every setting is one row of the table in settings.go; the flags, the error texts, the help and
// the README's table all come from it.
package config

import (
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/prometheus/common/promslog"
)

// Transport is the way in which the server speaks with its clients.
type Transport string

const (
	// Stdio serves the one client that started the process, over its standard input and output.
	Stdio Transport = "stdio"
	// StreamableHTTP serves any number of clients over HTTP, on Config.ListenAddress.
	StreamableHTTP Transport = "streamable-http"
)

// Config is everything that can be set from outside. What Load returns is complete and verified.
type Config struct {
	// File is the path of the YAML file that was read; empty without one.
	File string
	// Perses is how Perses is reached: its URL (never nil), at most one identity, TLS and headers.
	Perses clientconfig.RestConfigClient
	// Auth is who acts in Perses. With Passthrough, Perses has no identity.
	Auth Auth
	// ResourceMetadata is the authorization server that hosts are told of; empty for none.
	ResourceMetadata string
	// Percliconfig is the file of percli that was asked for: a path, "none", or empty for that at percli's own place.
	Percliconfig string
	// Session is percli's file if the identity of Perses is the login in there. NoSession is why it is not; empty if that
	// is no question.
	Session, NoSession string
	// Transport is one of the two constants above.
	Transport Transport
	// ListenAddress is the "host:port" of StreamableHTTP. An empty host means all interfaces, port 0 any free one.
	ListenAddress string
	// AllowRemote permits to listen beyond loopback with an identity of the server's own.
	AllowRemote bool
	// Web is the web config file of StreamableHTTP: TLS, and who callers are.
	Web Web
	// AllowedHosts are the hosts that requests may be for, besides the server's own address and loopback.
	AllowedHosts []string
	// AllowedOrigins are the origins of the web pages that may send requests.
	AllowedOrigins []string
	// MaxCalls and MaxCallsPerCaller are how many calls StreamableHTTP works on at the same time.
	MaxCalls, MaxCallsPerCaller int
	// ReadOnly leaves out every tool that writes.
	ReadOnly bool
	// Confirm is auto, always or never: whether a person is asked before something is deleted or overwritten.
	Confirm string
	// Projects are those that calls may see and change; empty for all.
	Projects []string
	// Toolsets are the names of the kinds and capabilities to offer, in lower case; empty for all of them.
	Toolsets []string
	// ResultLimit is the most bytes of text that one answer may have.
	ResultLimit int
	// Timeout is the longest that one call may take.
	Timeout time.Duration
	// ShutdownTimeout is how long calls in flight are waited for at the end.
	ShutdownTimeout time.Duration
	// TrustedDatasources tells which datasources may be sent the credentials of a call: "global", "project", "local",
	// and origins such as "https://prom.example", in lower case.
	TrustedDatasources []string
	// ImportDir is the folder, as an absolute path, from which dashboards may be imported by the name of their file; empty
	// for none.
	ImportDir string
	// Log is what promslog.New makes the logger of.
	Log promslog.Config
	// ShowVersion asks for the version only. All other fields are then unset.
	ShowVersion bool
}

// verify checks what no setting can tell alone, and completes the identity.
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
