package config

import (
	"fmt"
	"testing"
)

func TestListenBeyondLoopback(t *testing.T) {
	for _, test := range []struct {
		address string
		remote  bool
	}{
		{"127.0.0.1:8000", false},
		{"127.8.9.1:8000", false},
		{"localhost:8000", false},
		{"LocalHost:8000", false},
		{"[::1]:8000", false},
		{"[::ffff:127.0.0.1]:8000", false},
		{":8000", true},
		{"8000", true},
		{"0.0.0.0:8000", true},
		{"[::]:8000", true},
		{"192.168.0.1:8000", true},
		{"localhost.example:8000", true},
		{"[fe80::1%eth0]:8000", true},
	} {
		t.Run(test.address, func(t *testing.T) {
			token := map[string]string{"PERSES_TOKEN": "abc", "PERMCP_LISTEN_ADDRESS": test.address}
			c := mustLoad(t, given{env: map[string]string{"PERMCP_LISTEN_ADDRESS": test.address}, args: []string{"--transport=http"}})
			mustLoad(t, given{env: token})
			mustLoad(t, given{env: token, args: []string{"--transport=http", "--allow-remote"}})
			mustLoad(t, given{env: token, args: []string{"--transport=http", "--host=localhost"}})
			if !test.remote {
				mustLoad(t, given{env: token, args: []string{"--transport=http"}})
				return
			}
			mustRefuse(t, given{env: token, args: []string{"--transport=http"}}, fmt.Sprintf(
				"listening on %q would let everyone who can connect act with this server's own identity in Perses: "+
					"let callers use their own (--auth=passthrough), authenticate them (--web.config.file with basic_auth_users, "+
					"or with RequireAndVerifyClientCert and a client CA), accept the risk (--allow-remote), or listen on loopback "+
					"(--host 127.0.0.1)", c.ListenAddress))
		})
	}
}

func TestHostAndPortReplacePartsOfTheListenAddress(t *testing.T) {
	for _, test := range []struct {
		address string
		args    []string
		want    string
	}{
		{"", []string{"--host", "0.0.0.0"}, "0.0.0.0:8000"},
		{"", []string{"--port", "9000"}, "127.0.0.1:9000"},
		{":9000", []string{"--host", "::1"}, "[::1]:9000"},
		{"[::1]:9000", []string{"--port", "0"}, "[::1]:0"},
		{"example:1", []string{"--host", "perses-mcp.local", "--port", "65535"}, "perses-mcp.local:65535"},
	} {
		c := mustLoad(t, given{env: map[string]string{"PERMCP_LISTEN_ADDRESS": test.address}, args: test.args})
		if c.ListenAddress != test.want {
			t.Errorf("%q with %v: got %s, want %s", test.address, test.args, c.ListenAddress, test.want)
		}
	}
}
