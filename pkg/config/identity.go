package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"unicode"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api"
	"github.com/perses/perses/pkg/model/api/v1/secret"

	"github.com/perses/mcp-server/pkg/perses"
)

// HasIdentity tells whether the server can act in Perses by itself, for a caller who brings no credentials.
func (c *Config) HasIdentity() bool { return perses.HasIdentity(c.Perses) }

// identities are the names of those that are configured.
func identities(p *clientconfig.RestConfigClient) []string {
	var names []string
	for _, identity := range []struct {
		name string
		set  bool
	}{
		{"native_auth", p.NativeAuth != nil},
		{"oauth", p.OAuth != nil},
		{"basic_auth", p.BasicAuth != nil},
		{"k8s_auth", p.K8sAuth != nil},
		{"authorization", p.Authorization != nil},
	} {
		if identity.set {
			names = append(names, identity.name)
		}
	}
	return names
}

// setToken makes a token from the environment the only identity. TLS and the other headers stay.
func setToken(c *Config, token string) error {
	if err := checkToken(token); err != nil {
		return err
	}
	p := &c.Perses
	p.NativeAuth, p.OAuth, p.BasicAuth, p.K8sAuth = nil, nil, nil, nil
	p.Authorization = &secret.Authorization{
		// A type in the file belongs to the identity that goes; one in the environment belongs to this token.
		Type:        os.Getenv(envPrefix + "_PERSES_SERVER_AUTHORIZATION_TYPE"),
		Credentials: token,
	}
	maps.DeleteFunc(p.Headers, func(header, _ string) bool { return strings.EqualFold(header, "Authorization") })
	return nil
}

func checkToken(token string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return errors.New("want the token alone, without white space or control characters in it")
	}
	return nil
}

// verifyIdentity leaves at most one identity, complete as far as that shows without opening its files.
func (c *Config) verifyIdentity() error {
	p := &c.Perses
	// What is there but empty was not given, as with any other setting.
	if p.NativeAuth != nil && *p.NativeAuth == (api.Auth{}) {
		p.NativeAuth = nil
	}
	if a := p.Authorization; a != nil {
		if a.Credentials = strings.TrimSpace(a.Credentials); a.Credentials == "" && a.CredentialsFile == "" {
			p.Authorization = nil
		} else if err := checkToken(a.Credentials); err != nil {
			return fmt.Errorf("perses_server.authorization.credentials: %w", err)
		} else if a.Type = strings.TrimSpace(a.Type); a.Type == "" {
			a.Type = "Bearer"
		}
	}
	if names := identities(p); len(names) > 1 {
		return fmt.Errorf("perses_server: want one identity, found %s", strings.Join(names, " and "))
	}
	return checkComplete(p)
}

// checkComplete applies Perses' own rules for its client's configuration. They stand in its decoders, and of these only
// the JSON ones have all of them; what comes from the environment passes no decoder at all.
func checkComplete(p *clientconfig.RestConfigClient) error {
	document, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(document, new(clientconfig.RestConfigClient))
	}
	if err != nil {
		return fmt.Errorf("perses_server: %w", err)
	}
	return nil
}
