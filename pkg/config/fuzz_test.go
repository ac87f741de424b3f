package config

import (
	"io"
	"os"
	"strings"
	"testing"
)

// FuzzLoad loads a file, a variable and a flag. Load must not panic. An error must be one line of readable length, without the secrets.
func FuzzLoad(f *testing.F) {
	for _, seed := range []struct{ yaml, url, flag string }{
		{"", "", ""},
		{sample, "http://x", "--transport=stdio"},
		{"perses_server: {authorization: {credentials: SECRET}}", "http://u:SECRET@x", "--port=0"},
		{"perses_server:\n  basic_auth: {username: u, password: SECRET}\n  headers: {authorization: Bearer SECRET}\n", "https://x", "--timeout=1h"},
		{"perses_server: {native_auth: {login: l, password: !!int SECRET}}", "", "--toolsets=none"},
		{"perses_server: {oauth: {client_id: i, client_secret: *SECRET}}", "http://[::1", "--trusted-datasources=http://u:SECRET@x"},
		{"perses_server:\n  native_auth: {password: 'SECRET\n", "ftp://u:SECRET@x?q", "-x"},
		{"perses_server: [SECRET]", "u:SECRET@", "--perses-server-url=://u:SECRET@x"},
		{"a: &a [*a]\n", "\n", "--port=-1"},
		{"timeout: \"1s\\n2\"\nxyzzy\n: {", "http://\x7f", "--host=\n"},
		{"\xff\xfe", "http://x/\n", "--config=/no/such"},
	} {
		f.Add(seed.yaml, seed.url, seed.flag)
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, envPrefix+"_") || name == "PERSES_TOKEN" {
			_ = os.Unsetenv(name)
		}
	}
	f.Fuzz(func(t *testing.T, yaml, url, flag string) {
		if strings.Contains(url, "\x00") || strings.Contains(flag, "config") {
			t.Skip("no variable can hold it, or another file is read")
		}
		t.Chdir(t.TempDir())
		if err := os.WriteFile("permcp.yaml", []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PERMCP_PERSES_SERVER_URL", url)
		c, err := Load([]string{"--config", "permcp.yaml", flag}, testToolsets, io.Discard)
		if err == nil {
			if !c.ShowVersion && (c.Perses.URL == nil || c.Perses.URL.User != nil || c.Timeout <= 0 || c.ResultLimit <= 0) {
				t.Errorf("got %+v", c)
			}
			return
		}
		if strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("more than one line: %q", err)
		}
	})
}

// FuzzSecrets loads a secret in each setting that holds one. No error may contain it.
func FuzzSecrets(f *testing.F) {
	for _, secret := range []string{"s3cret!s3cret", "*s3cret-s3cret", "!!int s3cret-s3cret", "s3cret\ns3cret", "s3cret: s3cret", "{s3cret-s3cret", "'s3cret-s3cret", "s3cret@s3cret", "s3cret/?#s3cret", "\x01s3cret-s3cret"} {
		f.Add(secret, "")
		f.Add(secret, "timeout: soon")
		f.Add(secret, "perses_server: 1")
	}
	f.Fuzz(func(t *testing.T, secret, more string) {
		core := strings.TrimSpace(secret)
		if len(core) < 8 || strings.ContainsAny(secret, "\x00") || strings.Contains(more, core) {
			t.Skip("too short to be told from other words")
		}
		t.Chdir(t.TempDir())
		for _, line := range []string{
			"perses_server: {authorization: {credentials: %}}", "perses_server:\n  native_auth:\n    login: l\n    password: %",
			"perses_server:\n  basic_auth:\n    username: u\n    password: %", "perses_server:\n  headers:\n    authorization: %",
		} {
			yaml := strings.ReplaceAll(line, "%", secret) + "\n" + more
			if err := os.WriteFile("permcp.yaml", []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load([]string{"--config", "permcp.yaml"}, testToolsets, io.Discard); err != nil && strings.Contains(err.Error(), core) {
				t.Errorf("the secret is in %q", err)
			}
		}
		t.Setenv("PERSES_TOKEN", secret)
		_, err := Load([]string{"--perses-server-url=http://u:" + secret + "@h"}, testToolsets, io.Discard)
		if err != nil && strings.Contains(err.Error(), core) && !strings.Contains(core, "@") {
			t.Errorf("the secret is in %q", err)
		}
	})
}

// FuzzWebConfig loads web config files with a secret in each field that holds one. An error must be one line without the secrets.
func FuzzWebConfig(f *testing.F) {
	for _, secret := range []string{"s3cret-s3cret", "*s3cret-s3cret", "!!int s3cret-s3cret", "[s3cret-s3cret]", "s3cret: s3cret", "'s3cret-s3cret", "$2y$10$s3cret-s3cret", "$3y$s3cret-s3cret", "$2y$99$s3cret-s3crets3cret-s3crets3cret-s3crets3cret-s3cret"} {
		f.Add(secret, "")
		f.Add(secret, "rate_limit: soon")
		f.Add(secret, "basic_auth_users: {}")
	}
	f.Fuzz(func(t *testing.T, secret, more string) {
		core := strings.TrimSpace(secret)
		if len(core) < 8 || strings.Contains(more, core) {
			t.Skip("too short to be told from other words")
		}
		t.Chdir(t.TempDir())
		for _, line := range []string{"basic_auth_users: {ann: %}", "basic_auth_users:\n  ann: %", "tls_server_config: {cert: x, key: %}", "tls_server_config:\n  cert: x\n  key: %"} {
			if err := os.WriteFile("web.yml", []byte(strings.ReplaceAll(line, "%", secret)+"\n"+more), 0o600); err != nil {
				t.Fatal(err)
			}
			err := setWebConfig(&Config{}, "web.yml")
			if err != nil && (strings.Contains(err.Error(), core) || strings.ContainsAny(err.Error(), "\n\r")) {
				t.Errorf("got %q", err)
			}
		}
	})
}
