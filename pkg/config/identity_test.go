package config

import (
	"testing"
)

const (
	credentialsVariable = "PERMCP_PERSES_SERVER_AUTHORIZATION_CREDENTIALS"
	typeVariable        = "PERMCP_PERSES_SERVER_AUTHORIZATION_TYPE"
)

func TestTokenReplacesIdentityOfFile(t *testing.T) {
	for name, identity := range map[string]string{
		"none":          "headers: {}",
		"native_auth":   "native_auth: {login: l, password: p}",
		"oauth":         "oauth: {clientID: i, clientSecret: s, tokenURL: 'http://t'}",
		"basic_auth":    "basic_auth: {username: u, password: p}",
		"k8s_auth":      "k8s_auth: {}",
		"authorization": "authorization: {type: Token, credentialsFile: /token}",
		"two of them":   "native_auth: {login: l, password: p}\n  k8s_auth: {}",
	} {
		t.Run(name, func(t *testing.T) {
			content := "perses_server:\n  tls_config: {caFile: ca.pem}\n  headers: {authorization: Basic x, X-Org: '7'}\n  " + identity + "\n"
			if name == "none" {
				content = "perses_server:\n  tls_config: {caFile: ca.pem}\n  headers: {AUTHORIZATION: Basic x, X-Org: '7'}\n"
			}
			c := mustLoad(t, given{yaml: content, env: map[string]string{"PERSES_TOKEN": "abc"}})
			p := c.Perses
			if got := identities(&p); len(got) != 1 || p.Authorization.Credentials != "abc" || p.Authorization.Type != "Bearer" || p.Authorization.CredentialsFile != "" {
				t.Errorf("got %v, %+v", got, p.Authorization)
			}
			if len(p.Headers) != 1 || p.Headers["X-Org"] != "7" || p.TLSConfig.CAFile != "ca.pem" {
				t.Errorf("got %v, %+v", p.Headers, p.TLSConfig)
			}
		})
	}
}

func TestTokenVariables(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"PERSES_TOKEN": "\tabc\n"}, "Bearer abc"},
		{map[string]string{credentialsVariable: " abc "}, "Bearer abc"},
		{map[string]string{credentialsVariable: "abc", typeVariable: "Token"}, "Token abc"},
		{map[string]string{credentialsVariable: "other", "PERSES_TOKEN": "abc"}, "Bearer abc"},
	} {
		a := mustLoad(t, given{env: test.env}).Perses.Authorization
		if got := a.Type + " " + a.Credentials; got != test.want {
			t.Errorf("%v: got %q", test.env, got)
		}
	}
}

func TestHasIdentity(t *testing.T) {
	for content, want := range map[string]bool{
		"{}":                                                             false,
		"authorization: {type: Bearer}":                                  false,
		"authorization: {credentials: '  '}":                             false,
		"native_auth: {login: '', password: ''}":                         false,
		"tls_config: {caFile: ca.pem}":                                   false,
		"headers: {X-Scope-OrgID: '7'}":                                  false,
		"headers: {Authorization: Basic x}":                              true,
		"headers: {cookie: jwt=x}":                                       true,
		"headers: {X-Api-Key: x}":                                        true,
		"tls_config: {certFile: c.pem, keyFile: k.pem}":                  true,
		"authorization: {credentialsFile: /token}":                       true,
		"native_auth: {login: l, password: p}":                           true,
		"basic_auth: {username: u, passwordFile: /p}":                    true,
		"k8s_auth: {kubeconfig: /k}":                                     true,
		"k8s_auth: {}":                                                   true,
		"oauth: {clientID: i, clientSecretFile: /s, tokenURL: http://t}": true,
	} {
		if got := mustLoad(t, given{yaml: document("perses_server", "\n  "+content)}).HasIdentity(); got != want {
			t.Errorf("%s: got %t", content, got)
		}
	}
}
