package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// allowing sets AllowedHosts and AllowedOrigins.
func allowing(hosts, origins []string) func(*server.Options) {
	return func(o *server.Options) { o.AllowedHosts, o.AllowedOrigins = hosts, origins }
}

func TestAllowedHosts(t *testing.T) {
	const lan, everywhere, loopback = "192.0.2.10:8000", "0.0.0.0:8000", "127.0.0.1:8000"
	for _, c := range []struct {
		name, listening, arrived, host string
		status                         int
	}{
		{"an allowed name", lan, lan, "MCP.example", 200},
		{"an allowed name with a port", lan, lan, "mcp.example:443", 200},
		{"an allowed name on loopback, where a proxy is", loopback, loopback, "mcp.example", 200},
		{"an allowed address", everywhere, lan, "198.51.100.7", 200},
		{"the address that it listens on", lan, lan, lan, 200},
		{"the address at which the request arrived", everywhere, lan, lan, 200},
		{"another address", everywhere, lan, "192.0.2.11:8000", 403},
		{"another name, though it listens everywhere", everywhere, lan, "evil.example", 403},
		{"a name below an allowed one", everywhere, lan, "evil.mcp.example", 403},
		{"loopback", everywhere, loopback, "localhost:8000", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, never, nil, allowing([]string{"mcp.example", "198.51.100.7"}, nil))
			if w := arrive(t, s, c.listening, c.arrived, c.host); w.Code != c.status {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}

// Pages of allowed origins may send requests and read the answers. Others are refused.
func TestAllowedOrigins(t *testing.T) {
	const friend = "https://inspector.example"
	w := serveHTTP(t, newServer(t, never, []tools.Tool{echo()}, allowing(nil, []string{friend})))
	for _, c := range []struct {
		method, origin string
		status         int
	}{
		{http.MethodOptions, friend, 204},
		{http.MethodPost, friend, 200},
		{http.MethodOptions, "https://evil.example", 403},
		{http.MethodPost, "https://evil.example", 403},
		{http.MethodPost, friend + ":8443", 403},
		{http.MethodPost, "http://inspector.example", 403},
		{http.MethodPost, "", 200},
	} {
		headers := http.Header{"Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization,content-type,mcp-protocol-version"}}
		if c.origin != "" {
			headers.Set("Origin", c.origin)
			headers.Set("Sec-Fetch-Site", "cross-site")
		}
		got := w.send(t, c.method, server.Endpoint, strings.NewReader(ping), headers)
		allowed := ""
		if c.origin == friend {
			allowed = friend
		}
		if got.status != c.status || got.header.Get("Access-Control-Allow-Origin") != allowed {
			t.Errorf("%s from %s: got %d, allowed origin %q", c.method, c.origin, got.status, got.header.Get("Access-Control-Allow-Origin"))
		}
		if allowed := got.header.Get("Access-Control-Allow-Headers"); c.status == 204 && !strings.Contains(allowed, "Authorization, Content-Type, Mcp-") {
			t.Errorf("the page may send %q", allowed)
		}
	}
}
