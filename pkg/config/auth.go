package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api/v1/secret"

	"github.com/perses/mcp-server/pkg/perses"
)

// Auth is who acts in Perses.
type Auth string

const (
	// Own lets all callers act with the identity of the server.
	Own Auth = "own"
	// Passthrough lets each caller act with the Authorization header of their requests.
	Passthrough Auth = "passthrough"
)

func parseAuth(text string) (Auth, error) {
	switch a := Auth(strings.ToLower(text)); a {
	case Own, Passthrough:
		return a, nil
	}
	return "", fmt.Errorf("want %s or %s", Own, Passthrough)
}

// setTokenFile makes a file with a token the only identity, as setToken does with a token.
func setTokenFile(c *Config, path string) error {
	if err := setToken(c, ""); err != nil {
		return err
	}
	c.Perses.Authorization = &secret.Authorization{Type: c.Perses.Authorization.Type, CredentialsFile: path}
	return nil
}

// noSession is the value that switches percli's file off.
const noSession = "none"

// passthrough tells whether callers are who they are in Perses by the Authorization header of their requests.
func (c *Config) passthrough() bool { return c.Auth == Passthrough }

// verifyAuth settles who acts in Perses.
func (c *Config) verifyAuth() error {
	if c.ResourceMetadata != "" && !c.passthrough() {
		return errors.New("--resource-metadata tells hosts where callers get a token, which only --auth=passthrough asks of them: give both, or neither")
	}
	if !c.passthrough() {
		return c.findSession()
	}
	if c.Transport != StreamableHTTP {
		return errors.New("--auth=passthrough takes the Authorization header of each request, and over stdio there is none: use --transport=streamable-http, or the identity of the server (--auth=own)")
	}
	own := identities(&c.Perses)
	for header := range c.Perses.Headers {
		if strings.EqualFold(header, "Authorization") || strings.EqualFold(header, "Cookie") {
			own = append(own, "the header "+header)
		}
	}
	if len(own) > 0 {
		return fmt.Errorf("--auth=passthrough lets callers act as themselves alone, but the server has an identity, too: take %s out of perses_server "+
			"(PERSES_TOKEN and --perses-token-file set authorization), or use --auth=own", strings.Join(own, " and "))
	}
	return nil
}

// findSession takes the login of percli if nothing else is configured. A file that was asked for must be of use; if the
// one at percli's own place is not, the reason is kept for whoever wonders.
func (c *Config) findSession() error {
	if c.HasIdentity() || c.Percliconfig == noSession {
		return nil
	}
	path, wanted := c.Percliconfig, c.Percliconfig != ""
	if !wanted {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		path = filepath.Join(home, ".perses", "config.json")
	}
	found, err := perses.FindSession(path, c.Perses.URL)
	switch {
	case err != nil && wanted:
		return fmt.Errorf("--percliconfig %q: %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		c.NoSession = err.Error()
		return nil
	}
	c.Session = path
	c.Perses = joined(c.Perses, found)
	return nil
}

// joined returns own with the identity of found; its TLS and headers are those of found where own has none.
func joined(own, found clientconfig.RestConfigClient) clientconfig.RestConfigClient {
	found.URL = own.URL
	if own.TLSConfig != nil {
		found.TLSConfig = own.TLSConfig
	}
	if len(own.Headers) > 0 {
		found.Headers = own.Headers
	}
	return found
}
