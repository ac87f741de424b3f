package server_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// authority is a CA of a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue signs a certificate for a server on loopback, or for a client, and returns it with its key.
func (a authority) issue(t *testing.T, name string) (certificate, key string) {
	t.Helper()
	private := newKey(t)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, a.certificate, &private.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	privateDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privateDER}))
}

// client trusts the authority, and shows a certificate of it if it has one.
func (a authority) client(t *testing.T, certificate, key string) *http.Client {
	t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(a.certificate)
	if certificate != "" {
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// clientAs is a client with a certificate that another authority, or the same, has issued.
func (a authority) clientAs(t *testing.T, issuer authority, name string) *http.Client {
	t.Helper()
	certificate, key := issuer.issue(t, name)
	return a.client(t, certificate, key)
}

// webConfig makes a server be served as a web config file says, of TLS with a certificate of the authority and of what
// else is given.
func webConfig(t *testing.T, a authority, more string) func(*server.Options) {
	t.Helper()
	folder := t.TempDir()
	certificate, key := a.issue(t, "server")
	for name, content := range map[string]string{
		"cert.pem": certificate, "key.pem": key, "ca.pem": a.pem,
		"web.yml": "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n" + more,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(o *server.Options) { o.WebConfigFile, o.TLS = filepath.Join(folder, "web.yml"), true }
}

// users are basic_auth_users of one user.
func users(t *testing.T, name, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return "basic_auth_users:\n  " + name + ": " + string(hash) + "\n"
}

const clientCertificates = "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n"

// postTLS posts a message over TLS and returns the answer, its body as text.
func (w *web) postTLS(client *http.Client, user, password string, m message) (*http.Response, string, error) {
	r, err := http.NewRequest(http.MethodPost, strings.Replace(w.url, "http:", "https:", 1)+server.Endpoint, strings.NewReader(m.body))
	if err != nil {
		return nil, "", err
	}
	r.Header = m.headers.Clone()
	r.Header.Set("Content-Type", "application/json")
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func TestBasicAuthOverTLS(t *testing.T) {
	ca := newAuthority(t)
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, webConfig(t, ca, users(t, "ann", "right"))))
	client := ca.client(t, "", "")
	for _, c := range []struct {
		user, password string
		status         int
	}{
		{"ann", "right", 200}, {"ann", "wrong", 401}, {"bob", "right", 401}, {"", "", 401},
	} {
		response, body, err := w.postTLS(client, c.user, c.password, eras[0].call("1", "echo", `{"text":"hello"}`))
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != c.status || response.ProtoMajor != 2 || (c.status == 200) != strings.Contains(body, "hello") {
			t.Errorf("%s with %s: got %d over %s: %s", c.user, c.password, response.StatusCode, response.Proto, body)
		}
		if asks := response.Header.Get("WWW-Authenticate"); (asks == "Basic") != (c.status == 401) {
			t.Errorf("it asks for %q", asks)
		}
	}
	// Who speaks plain HTTP there is told so, and served nothing.
	plain := w.send(t, http.MethodPost, server.Endpoint, strings.NewReader(ping), nil)
	if plain.status != http.StatusBadRequest {
		t.Errorf("without TLS: got %d %s", plain.status, plain.body)
	}
}

// Client certificates let callers in, and tell them apart.
func TestClientCertificates(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	slow := newSlow()
	w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}, webConfig(t, ca, clientCertificates), mostCalls(0, 1)))
	ann, bob := ca.clientAs(t, ca, "ann"), ca.clientAs(t, ca, "bob")
	for name, client := range map[string]*http.Client{"none": ca.client(t, "", ""), "one of another CA": ca.clientAs(t, stranger, "eve")} {
		if response, body, err := w.postTLS(client, "", "", eras[0].call("1", "echo", "{}")); err == nil {
			t.Errorf("with the certificate %s: got %d %s", name, response.StatusCode, body)
		}
	}
	done := make(chan string, 1)
	go func() {
		_, body, err := w.postTLS(ann, "", "", eras[0].call("1", "slow", "{}"))
		if err != nil {
			t.Error(err)
		}
		done <- body
	}()
	receive(t, "the call", slow.begun)
	for client, status := range map[*http.Client]int{ann: http.StatusTooManyRequests, bob: http.StatusOK} {
		response, body, err := w.postTLS(client, "", "", eras[0].call("2", "echo", "{}"))
		if err != nil || response.StatusCode != status {
			t.Errorf("got %v %s, %v, want %d", response, body, err, status)
		}
	}
	close(slow.free)
	if body := receive(t, "the answer", done); !strings.Contains(body, "done") {
		t.Errorf("got %s", body)
	}
}

// What the web config file says is heeded while it serves.
func TestWebConfigIsReadAgain(t *testing.T) {
	ca := newAuthority(t)
	var file string
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, webConfig(t, ca, users(t, "ann", "old")), func(o *server.Options) { file = o.WebConfigFile }))
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := bytes.Cut(content, []byte("basic_auth_users"))
	if err := os.WriteFile(file, append(before, users(t, "ann", "new")...), 0o600); err != nil {
		t.Fatal(err)
	}
	client := ca.client(t, "", "")
	for password, status := range map[string]int{"old": 401, "new": 200} {
		response, body, err := w.postTLS(client, "ann", password, eras[0].call("1", "echo", "{}"))
		if err != nil || response.StatusCode != status {
			t.Errorf("%s: got %v %s, %v", password, response, body, err)
		}
	}
}

// When what the web config file says is of no use any more, all connections fail. That must not pass in silence, nor fill the
// log.
func TestWebConfigIsSpoiled(t *testing.T) {
	const warning = "no connections are accepted"
	for name, spoil := range map[string]func(file string) error{
		"no YAML":     func(file string) error { return os.WriteFile(file, []byte("["), 0o600) },
		"gone":        os.Remove,
		"without key": func(file string) error { return os.Remove(filepath.Join(filepath.Dir(file), "key.pem")) },
	} {
		t.Run(name, func(t *testing.T) {
			ca := newAuthority(t)
			var file string
			var l log
			w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, webConfig(t, ca, ""), logTo(&l), func(o *server.Options) { file = o.WebConfigFile }))
			post := func() error {
				_, _, err := w.postTLS(ca.client(t, "", ""), "", "", eras[0].call("1", "echo", "{}"))
				return err
			}
			if err := post(); err != nil || strings.Contains(l.String(), warning) {
				t.Fatalf("got %v: %s", err, l.String())
			}
			if err := spoil(file); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(patience); !strings.Contains(l.String(), warning); {
				if err := post(); err == nil {
					t.Fatal("a connection is accepted")
				}
				if time.Now().After(end) {
					t.Fatalf("nothing is said of it: %s", l.String())
				}
			}
			for range 3 {
				_ = post()
			}
			if n := strings.Count(l.String(), warning); n != 1 {
				t.Errorf("it is said %d times: %s", n, l.String())
			}
		})
	}
}
