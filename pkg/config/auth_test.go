package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// percliFile is percli's configuration after a login at the default address.
const percliFile = `{"rest_client_config":{"url":"http://localhost:8080","authorization":{"type":"Bearer","credentials":"a.b.c"},"tls_config":{"insecureSkipVerify":true}},"refresh_token":"r","dac":{}}`

func TestPassthrough(t *testing.T) {
	const together = "--auth=passthrough lets callers act only as themselves, but the server also has an identity: remove %s from perses_server " +
		"(PERSES_TOKEN and --perses-token-file set authorization), or use --auth=own"
	passthrough := []string{"--auth=passthrough", "--transport=http"}
	for _, test := range []struct {
		name    string
		g       given
		refused string
	}{
		{"no other identity, beyond loopback", given{args: append(passthrough, "--host=0.0.0.0")}, ""},
		{"TLS and another header", given{yaml: "perses_server: {headers: {X-Api-Key: k}, tls_config: {certFile: c.pem, keyFile: k.pem}}\n", args: passthrough}, ""},
		{"stdio", given{args: []string{"--auth=passthrough"}}, "--auth=passthrough uses the Authorization header of each request, and there is none over stdio: " +
			"use --transport=streamable-http, or the identity of the server (--auth=own)"},
		{"a token", given{env: map[string]string{"PERSES_TOKEN": "abc"}, args: passthrough}, strings.ReplaceAll(together, "%s", "authorization")},
		{"a token file", given{args: append(passthrough, "--perses-token-file=/t")}, strings.ReplaceAll(together, "%s", "authorization")},
		{"a login", given{yaml: "perses_server: {native_auth: {login: l, password: p}}\n", args: passthrough}, strings.ReplaceAll(together, "%s", "native_auth")},
		{"a header", given{yaml: "perses_server: {headers: {cookie: jwt=x}}\n", args: passthrough}, strings.ReplaceAll(together, "%s", "the header cookie")},
		{"basic auth of callers", given{files: map[string]string{"web.yml": basicAuth}, args: append(passthrough, "--web.config.file=web.yml")},
			"--auth=passthrough and basic_auth_users in web.yml both use the Authorization header of a request: remove one of them; " +
				"client certificates can be combined with --auth=passthrough"},
		{"metadata without passthrough", given{args: []string{"--resource-metadata=https://login.example"}},
			"--resource-metadata tells hosts where to get a token, which only --auth=passthrough requires: give both or neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.refused != "" {
				mustRefuse(t, test.g, test.refused)
			} else if c := mustLoad(t, test.g); !c.passthrough() {
				t.Error("no passthrough")
			}
		})
	}
}

// percli's login is used if there is no other identity and it is for the configured Perses.
func TestPercli(t *testing.T) {
	for _, test := range []struct {
		name, content string
		g             given
		want          string // the identities
		reason        string // for not using it
	}{
		{"of this Perses", percliFile, given{}, "authorization", ""},
		{"written otherwise", percliFile, given{args: []string{"--perses-server-url=HTTP://LOCALHOST:8080/"}}, "authorization", ""},
		{"of another", percliFile, given{args: []string{"--perses-server-url=http://other"}}, "", "FILE belongs to another Perses (http://localhost:8080)"},
		{"of another path", percliFile, given{args: []string{"--perses-server-url=http://localhost:8080/x"}}, "", "FILE belongs to another Perses (http://localhost:8080)"},
		{"half written", percliFile[:40], given{}, "", "FILE is not JSON, or only partly written"},
		{"empty", "", given{}, "", "FILE is not JSON, or only partly written"},
		{"no login", `{"rest_client_config":{"url":"http://localhost:8080"}}`, given{}, "", "FILE has no login"},
		{"nonsense", `{"rest_client_config":{"url":"http://localhost:8080","authorization":7}}`, given{}, "", "FILE is invalid"},
		{"kubernetes", strings.Replace(percliFile, `"authorization"`, `"k8s_auth":{"kubeconfig":"/k"},"authorization"`, 1), given{}, "k8s_auth", ""},
		{"a token besides", percliFile, given{env: map[string]string{"PERSES_TOKEN": "abc"}}, "authorization", ""},
		{"not wanted", percliFile, given{args: []string{"--percliconfig=none"}}, "", ""},
		{"passthrough", percliFile, given{args: []string{"--auth=passthrough", "--transport=http"}}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			path := filepath.Join(home, ".perses", "config.json")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if test.g.env == nil {
				test.g.env = map[string]string{}
			}
			test.g.env["HOME"] = home
			c := mustLoad(t, test.g)
			if got := strings.Join(identities(&c.Perses), " "); got != test.want {
				t.Errorf("got identity %q, want %q", got, test.want)
			}
			if got := strings.ReplaceAll(c.NoSession, "percli's file "+path, "FILE"); got != test.reason {
				t.Errorf("got reason %q, want %q", got, test.reason)
			}
			if used := c.Session != ""; used != (test.want != "" && test.g.env["PERSES_TOKEN"] == "") {
				t.Errorf("session %q", c.Session)
			}
			if c.Session != "" && c.Perses.TLSConfig == nil {
				t.Error("percli's TLS is left out")
			}
		})
	}
	mustRefuse(t, given{args: []string{"--percliconfig=/none/config.json"}}, `--percliconfig "/none/config.json": percli's file cannot be read: open /none/config.json: no such file or directory`)
}
