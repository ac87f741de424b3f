package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v2"
)

// Web is what a web config file of the Prometheus family says of the endpoint, as far as other settings depend on it.
// The rest of the file, and all changes of it, are the business of exporter-toolkit while it serves.
type Web struct {
	// File is the path of the file; empty without one.
	File string
	// TLS tells whether the endpoint is served over HTTPS.
	TLS bool
	// Users tells whether callers must give the name and password of one of basic_auth_users.
	Users bool
	// Certificates tells whether callers must show a certificate that a CA of the file has signed.
	Certificates bool
}

// authenticates tells whether nobody is served who has not shown who they are.
func (w Web) authenticates() bool { return w.Users || w.Certificates }

// setWebConfig checks a web config file as its server will, with all files that it names.
func setWebConfig(c *Config, path string) error {
	if err := web.Validate(path); err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok && e.Path == path {
			return e.Err
		}
		return errors.New(plain(err.Error())) // the parser's own words have line breaks, and values
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file web.Config // decoded as exporter-toolkit does, so that no two readings differ
	if err := yaml.UnmarshalStrict(content, &file); err != nil {
		return errors.New(plain(err.Error()))
	}
	tls := file.TLSConfig
	c.Web = Web{
		File:  path,
		TLS:   tls.TLSCert != "" || tls.TLSCertPath != "",
		Users: len(file.Users) > 0,
		// The other types take certificates of anybody's making, or none. Without a CA those of the system count,
		// which sign for everybody.
		Certificates: tls.ClientAuth == "RequireAndVerifyClientCert" && (tls.ClientCAsText != "" || tls.ClientCAs != ""),
	}
	return nil
}

// verifyRemote refuses to lend the server's own identity to everyone on the network, unless that was asked for.
func (c *Config) verifyRemote() error {
	if c.Transport != StreamableHTTP || isLoopback(c.ListenAddress) || !c.HasIdentity() {
		return nil
	}
	if c.passthrough() || c.Web.authenticates() || c.AllowRemote {
		return nil
	}
	return fmt.Errorf("listening on %q would let everyone who reaches it act with this server's own identity in Perses: "+
		"have callers bring their own (--auth=passthrough), or show who they are (--web.config.file with basic_auth_users, "+
		"or with RequireAndVerifyClientCert and a client CA), or accept that (--allow-remote), or listen on loopback "+
		"(--host 127.0.0.1)", c.ListenAddress)
}

// verifyAuthorization refuses two readers of the Authorization header: one of them would never find what it wants there.
func verifyAuthorization(passthrough bool, w Web) error {
	if passthrough && w.Users {
		return fmt.Errorf("--auth=passthrough and basic_auth_users of %s both want the Authorization header of a request: "+
			"take one of them out; client certificates go together with --auth=passthrough", w.File)
	}
	return nil
}
