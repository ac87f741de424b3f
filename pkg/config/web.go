package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v2"
)

// Web holds the parts of a Prometheus web config file that other settings depend on. exporter-toolkit reads the whole file, and
// changes to it, while the server runs.
type Web struct {
	// File is the path of the file, or "".
	File string
	// TLS reports whether the endpoint uses HTTPS.
	TLS bool
	// Users reports whether callers need a name and password of basic_auth_users.
	Users bool
	// Certificates reports whether callers need a certificate signed by a CA of the file.
	Certificates bool
}

// authenticates reports whether all callers must authenticate.
func (w Web) authenticates() bool { return w.Users || w.Certificates }

// setWebConfig checks a web config file, and all files that it names, as exporter-toolkit will.
func setWebConfig(c *Config, path string) error {
	if err := web.Validate(path); err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok && e.Path == path {
			return e.Err
		}
		return errors.New(plain(err.Error())) // the parser's messages have line breaks and values
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file web.Config // decoded as exporter-toolkit does
	if err := yaml.UnmarshalStrict(content, &file); err != nil {
		return errors.New(plain(err.Error()))
	}
	tls := file.TLSConfig
	c.Web = Web{
		File:  path,
		TLS:   tls.TLSCert != "" || tls.TLSCertPath != "",
		Users: len(file.Users) > 0,
		// The other types accept self-signed certificates, or none. Without a CA in the file, the system's CAs count, which sign
		// certificates for anybody.
		Certificates: tls.ClientAuth == "RequireAndVerifyClientCert" && (tls.ClientCAsText != "" || tls.ClientCAs != ""),
	}
	return nil
}

// verifyRemote refuses to expose the server's own identity to everyone on the network, unless the operator asked for it.
func (c *Config) verifyRemote() error {
	if c.Transport != StreamableHTTP || isLoopback(c.ListenAddress) || !c.HasIdentity() {
		return nil
	}
	if c.passthrough() || c.Web.authenticates() || c.AllowRemote {
		return nil
	}
	return fmt.Errorf("listening on %q would let everyone who can connect act with this server's own identity in Perses: "+
		"let callers use their own (--auth=passthrough), authenticate them (--web.config.file with basic_auth_users, "+
		"or with RequireAndVerifyClientCert and a client CA), accept the risk (--allow-remote), or listen on loopback "+
		"(--host 127.0.0.1)", c.ListenAddress)
}

// verifyAuthorization refuses two uses of the Authorization header.
func verifyAuthorization(passthrough bool, w Web) error {
	if passthrough && w.Users {
		return fmt.Errorf("--auth=passthrough and basic_auth_users in %s both use the Authorization header of a request: "+
			"remove one of them; client certificates can be combined with --auth=passthrough", w.File)
	}
	return nil
}
