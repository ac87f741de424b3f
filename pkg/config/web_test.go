package config

import (
	"testing"

	"github.com/perses/mcp-server/pkg/certtest"
)

// basicAuth is a web config file with one user.
const basicAuth = "basic_auth_users: {somebody: $2y$04$hdtHJ21jgDZfcFqmUX2W..YOJ97IIuUWZQF2KCdsMXHtBv9/pEV3G}\n"

const withTLS = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"

// To listen beyond loopback, callers must be authenticated. Encryption alone is not enough.
func TestWebConfig(t *testing.T) {
	for _, test := range []struct {
		name, content string
		want          Web
	}{
		{"nothing", "", Web{}},
		{"users", basicAuth, Web{Users: true}},
		{"no users", "basic_auth_users: {}\n", Web{}},
		{"TLS", withTLS, Web{TLS: true}},
		{"TLS and users", withTLS + basicAuth, Web{TLS: true, Users: true}},
		{"certificates of anybody's making", withTLS + "  client_ca_file: cert.pem\n  client_auth_type: RequireAnyClientCert\n", Web{TLS: true}},
		{"certificates if there are any", withTLS + "  client_ca_file: cert.pem\n  client_auth_type: VerifyClientCertIfGiven\n", Web{TLS: true}},
		{"certificates of any known CA", withTLS + "  client_auth_type: RequireAndVerifyClientCert\n", Web{TLS: true}},
		{"certificates of one CA", withTLS + "  client_ca_file: cert.pem\n  client_auth_type: RequireAndVerifyClientCert\n", Web{TLS: true, Certificates: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			pair := certtest.NewAuthority(t).Issue(t, "server")
			files := map[string]string{"cert.pem": pair.Certificate, "key.pem": pair.Key, "web.yml": test.content}
			test.want.File = "web.yml"
			if c := mustLoad(t, given{files: files, args: []string{"--web.config.file=web.yml"}}); c.Web != test.want {
				t.Errorf("got %+v, want %+v", c.Web, test.want)
			}
			remote := given{files: files, env: map[string]string{"PERSES_TOKEN": "abc"}, args: []string{"--transport=http", "--host=0.0.0.0", "--web.config.file=web.yml"}}
			_, err := load(t, remote)
			if known := err == nil; known != test.want.authenticates() {
				t.Errorf("beyond loopback: got %v", err)
			}
		})
	}
}

func TestWrongWebConfig(t *testing.T) {
	for content, want := range map[string]string{
		"basic_auth_user: {}\n":                                 `yaml: unmarshal errors: line 1: key "basic_auth_user" is unknown`,
		"basic_auth_users: [s3cret-s3cret]\n":                   "yaml: unmarshal errors: line 1: a value of the wrong type (!!seq)",
		"basic_auth_users: {u: s3cret}\n":                       "crypto/bcrypt: hashedSecret too short to be a bcrypted password",
		"tls_server_config: {cert_file: cert.pem}\n":            "missing one of key or key_file",
		"tls_server_config: {key: s3cret, cert: x}\n":           "failed to load X509KeyPair: tls: failed to find any PEM data in certificate input",
		"http_server_config: {headers: {Set-Cookie: s3cret}}\n": `HTTP header "Set-Cookie" can not be configured`,
	} {
		g := given{files: map[string]string{"web.yml": content}, args: []string{"--web.config.file=web.yml"}}
		mustRefuse(t, g, `--web.config.file "web.yml": `+want)
	}
}

func TestPassthroughAndBasicAuthExcludeEachOther(t *testing.T) {
	for _, test := range []struct {
		passthrough bool
		web         Web
		refused     bool
	}{
		{false, Web{Users: true}, false},
		{true, Web{TLS: true, Certificates: true}, false},
		{true, Web{File: "web.yml", Users: true}, true},
	} {
		if err := verifyAuthorization(test.passthrough, test.web); (err != nil) != test.refused {
			t.Errorf("%+v: got %v", test, err)
		}
	}
}
