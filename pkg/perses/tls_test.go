package perses_test

import (
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api/v1/secret"

	"github.com/perses/mcp-server/pkg/certtest"
)

// TestACertificateGoesWithAnyIdentity: a proxy before Perses that lets in those alone who show one, and whose own is of a
// CA that only this process knows.
func TestACertificateGoesWithAnyIdentity(t *testing.T) {
	authority := certtest.NewAuthority(t)
	certificate, key := authority.Issue(t, "client").Write(t, t.TempDir())
	proxy := httptest.NewUnstartedServer(status(200, "[]"))
	proxy.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool()}
	proxy.StartTLS()
	defer proxy.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw})))
	for name, test := range map[string]struct {
		tls  secret.TLSConfig
		want string // in the failure
	}{
		"both":           {secret.TLSConfig{CAFile: ca, CertFile: certificate, KeyFile: key}, ""},
		"no CA":          {secret.TLSConfig{CertFile: certificate, KeyFile: key}, "certificate signed by unknown authority"},
		"no certificate": {secret.TLSConfig{CAFile: ca}, "certificate required"},
	} {
		s := connect(t, proxy.URL, func(c *clientconfig.RestConfigClient) { c.TLSConfig = &test.tls })
		if got := failure(t, s); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, test.want)
		}
	}
}
