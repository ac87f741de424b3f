package perses_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/model/api/v1/secret"
)

// certified writes a certificate that signs itself, and its key.
func certified(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	signed, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, kind string, content []byte) string {
		path := filepath.Join(dir, name)
		write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})))
		return path
	}
	return file("cert.pem", "CERTIFICATE", signed), file("key.pem", "PRIVATE KEY", encoded)
}

// TestACertificateGoesWithAnyIdentity: a proxy before Perses that lets in those alone who show one, and whose own is of a
// CA that only this process knows.
func TestACertificateGoesWithAnyIdentity(t *testing.T) {
	certificate, key := certified(t)
	signed, err := os.ReadFile(certificate)
	if err != nil {
		t.Fatal(err)
	}
	known := x509.NewCertPool()
	known.AppendCertsFromPEM(signed)
	proxy := httptest.NewUnstartedServer(status(200, "[]"))
	proxy.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known}
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
