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

	"github.com/perses/mcp-server/pkg/perses/credentials"
)

// Auth selects the identity with which calls act in Perses.
type Auth string

const (
	// Own is the identity of the server, for all callers.
	Own Auth = "own"
	// Passthrough is the Authorization header of each request.
	Passthrough Auth = "passthrough"
)

func parseAuth(text string) (Auth, error) {
	switch a := Auth(strings.ToLower(text)); a {
	case Own, Passthrough:
		return a, nil
	}
	return "", fmt.Errorf("want %s or %s", Own, Passthrough)
}

// setTokenFile replaces every identity by a file with a token.
func setTokenFile(c *Config, path string) error {
	if err := setToken(c, ""); err != nil {
		return err
	}
	c.Perses.Authorization = &secret.Authorization{Type: c.Perses.Authorization.Type, CredentialsFile: path}
	return nil
}

// noSession is the value of --percliconfig that disables percli's login.
const noSession = "none"

func (c *Config) passthrough() bool { return c.Auth == Passthrough }

// verifyAuth checks the settings of identities against each other, and looks for percli's login.
func (c *Config) verifyAuth() error {
	if c.ResourceMetadata != "" && !c.passthrough() {
		return errors.New("--resource-metadata tells hosts where to get a token, which only --auth=passthrough requires: give both or neither")
	}
	if !c.passthrough() {
		return c.findSession()
	}
	if c.Transport != StreamableHTTP {
		return errors.New("--auth=passthrough uses the Authorization header of each request, and there is none over stdio: use --transport=streamable-http, or the identity of the server (--auth=own)")
	}
	own := identities(&c.Perses)
	for header := range c.Perses.Headers {
		if strings.EqualFold(header, "Authorization") || strings.EqualFold(header, "Cookie") {
			own = append(own, "the header "+header)
		}
	}
	if len(own) > 0 {
		return fmt.Errorf("--auth=passthrough lets callers act only as themselves, but the server also has an identity: remove %s from perses_server "+
			"(PERSES_TOKEN and --perses-token-file set authorization), or use --auth=own", strings.Join(own, " and "))
	}
	return nil
}

// findSession uses percli's login if no other identity is configured. A file set with --percliconfig must be usable. If percli's
// default file is not, NoSession records the reason.
func (c *Config) findSession() error {
	if c.HasIdentity() || c.Percliconfig == noSession {
		return nil
	}
	path, explicit := c.Percliconfig, c.Percliconfig != ""
	if !explicit {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		path = filepath.Join(home, ".perses", "config.json")
	}
	found, err := credentials.FindSession(path, c.Perses.URL)
	switch {
	case err != nil && explicit:
		return fmt.Errorf("--percliconfig %q: %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		c.NoSession = err.Error()
		return nil
	}
	c.Session = path
	c.Perses = merge(c.Perses, found)
	return nil
}

// merge returns own with the identity of found, and with the TLS settings and headers of found if own has none.
func merge(own, found clientconfig.RestConfigClient) clientconfig.RestConfigClient {
	found.URL = own.URL
	if own.TLSConfig != nil {
		found.TLSConfig = own.TLSConfig
	}
	if len(own.Headers) > 0 {
		found.Headers = own.Headers
	}
	return found
}
