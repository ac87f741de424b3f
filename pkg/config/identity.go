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

	"github.com/perses/mcp-server/pkg/perses/credentials"
)

// HasIdentity reports whether the server has its own identity in Perses.
func (c *Config) HasIdentity() bool { return credentials.HasIdentity(c.Perses) }

// identities returns the YAML keys of the configured identities.
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

// setToken replaces every identity by a token.
func setToken(c *Config, token string) error {
	if err := checkToken(token); err != nil {
		return err
	}
	p := &c.Perses
	p.NativeAuth, p.OAuth, p.BasicAuth, p.K8sAuth = nil, nil, nil, nil
	p.Authorization = &secret.Authorization{
		// A type from the file belongs to the replaced identity, one from the environment to this token.
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

// verifyIdentity checks that there is at most one identity and that it is complete, without opening its files.
func (c *Config) verifyIdentity() error {
	p := &c.Perses
	// As with any other setting, empty means not set.
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

// checkComplete applies Perses' own rules for the configuration of its client. They are part of its JSON decoders; its YAML decoders
// lack some, and values from the environment pass no decoder.
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
