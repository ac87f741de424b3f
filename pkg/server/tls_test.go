package server_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/perses/mcp-server/pkg/certtest"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// trusting returns a client that trusts an authority and presents the given certificates.
func trusting(t *testing.T, a certtest.Authority, shown ...certtest.Pair) *http.Client {
	t.Helper()
	config := &tls.Config{RootCAs: a.Pool()}
	for _, p := range shown {
		pair, err := tls.X509KeyPair([]byte(p.Certificate), []byte(p.Key))
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: persestest.Patience}
}

// webConfig sets a web config file with TLS, a certificate of the authority, and more.
func webConfig(t *testing.T, a certtest.Authority, more string) func(*server.Options) {
	t.Helper()
	folder := t.TempDir()
	a.Issue(t, "server").Write(t, folder)
	for name, content := range map[string]string{"ca.pem": a.PEM, "web.yml": "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n" + more} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(o *server.Options) { o.WebConfigFile, o.TLS = filepath.Join(folder, "web.yml"), true }
}

// users returns basic_auth_users with one user.
func users(t *testing.T, name, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return "basic_auth_users:\n  " + name + ": " + string(hash) + "\n"
}

const clientCertificates = "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n"

// postTLS posts a message over TLS and returns the answer and its body.
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
	ca := certtest.NewAuthority(t)
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, webConfig(t, ca, users(t, "ann", "right"))))
	client := trusting(t, ca)
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
			t.Errorf("got the challenge %q", asks)
		}
	}
	// Plain HTTP is refused.
	plain := w.send(t, http.MethodPost, server.Endpoint, strings.NewReader(ping), nil)
	if plain.status != http.StatusBadRequest {
		t.Errorf("without TLS: got %d %s", plain.status, plain.body)
	}
}

// Client certificates authenticate and distinguish callers.
func TestClientCertificates(t *testing.T) {
	ca, stranger := certtest.NewAuthority(t), certtest.NewAuthority(t)
	slow := newSlow()
	w := serveHTTP(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}, webConfig(t, ca, clientCertificates), maxCalls(0, 1)))
	ann, bob := trusting(t, ca, ca.Issue(t, "ann")), trusting(t, ca, ca.Issue(t, "bob"))
	for name, client := range map[string]*http.Client{"none": trusting(t, ca), "one of another CA": trusting(t, ca, stranger.Issue(t, "eve"))} {
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
	persestest.Receive(t, "the call", slow.begun)
	for client, status := range map[*http.Client]int{ann: http.StatusTooManyRequests, bob: http.StatusOK} {
		response, body, err := w.postTLS(client, "", "", eras[0].call("2", "echo", "{}"))
		if err != nil || response.StatusCode != status {
			t.Errorf("got %v %s, %v, want %d", response, body, err, status)
		}
	}
	close(slow.free)
	if body := persestest.Receive(t, "the answer", done); !strings.Contains(body, "done") {
		t.Errorf("got %s", body)
	}
}

// Changes of the web config file take effect while the server runs.
func TestWebConfigIsReadAgain(t *testing.T) {
	ca := certtest.NewAuthority(t)
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
	client := trusting(t, ca)
	for password, status := range map[string]int{"old": 401, "new": 200} {
		response, body, err := w.postTLS(client, "ann", password, eras[0].call("1", "echo", "{}"))
		if err != nil || response.StatusCode != status {
			t.Errorf("%s: got %v %s, %v", password, response, body, err)
		}
	}
}

// When the web config file becomes unusable, all connections fail. The log says so, with a limited number of lines.
func TestUnusableWebConfig(t *testing.T) {
	const warning = "no connections are accepted"
	for name, spoil := range map[string]func(file string) error{
		"no YAML":     func(file string) error { return os.WriteFile(file, []byte("["), 0o600) },
		"gone":        os.Remove,
		"without key": func(file string) error { return os.Remove(filepath.Join(filepath.Dir(file), "key.pem")) },
	} {
		t.Run(name, func(t *testing.T) {
			ca := certtest.NewAuthority(t)
			var file string
			var l log
			w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, webConfig(t, ca, ""), logTo(&l), func(o *server.Options) { file = o.WebConfigFile }))
			post := func() error {
				_, _, err := w.postTLS(trusting(t, ca), "", "", eras[0].call("1", "echo", "{}"))
				return err
			}
			if err := post(); err != nil || strings.Contains(l.String(), warning) {
				t.Fatalf("got %v: %s", err, l.String())
			}
			if err := spoil(file); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(persestest.Patience); !strings.Contains(l.String(), warning); {
				if err := post(); err == nil {
					t.Fatal("a connection was accepted")
				}
				if time.Now().After(end) {
					t.Fatalf("no warning: %s", l.String())
				}
			}
			for range 3 {
				_ = post()
			}
			if n := strings.Count(l.String(), warning); n != 1 {
				t.Errorf("%d warnings: %s", n, l.String())
			}
		})
	}
}
