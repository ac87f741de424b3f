package main

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

const (
	ours  = "github.com/perses/mcp-server"
	empty = ours + "/pkg/server/testdata/empty"
)

// start starts a program with only the given settings, and kills it if its test takes too long.
func start(t testing.TB, program string, env []string, args ...string) *persestest.Running {
	t.Helper()
	p := persestest.Run(t, program, env, args...)
	late := time.AfterFunc(persestest.Patience, func() { _ = p.Process.Kill() })
	t.Cleanup(func() { late.Stop() })
	return p
}

func TestVersion(t *testing.T) {
	out, logged, code := start(t, ours, nil, "--version").Finish(t)
	if !strings.HasPrefix(out, "mcp-server, version ") || logged != "" || code != 0 {
		t.Errorf("got exit code %d, stdout %q, stderr %q", code, out, logged)
	}
}

func TestHelp(t *testing.T) {
	out, logged, code := start(t, ours, nil, "--help").Finish(t)
	if !strings.Contains(out, "--perses-server-url URL") || logged != "" || code != 0 {
		t.Errorf("got exit code %d, stdout %q, stderr %q", code, out, logged)
	}
}

// Errors at startup are one line on stderr.
func TestStartupErrors(t *testing.T) {
	inUse, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = inUse.Close() }()
	_, port, err := net.SplitHostPort(inUse.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	const token = "the-token-of-this-server"
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want string // in the line
	}{
		{"an unknown flag", nil, []string{"--no-such-flag"}, "no-such-flag"},
		{"an invalid value", nil, []string{"--transport", "pigeon"}, "pigeon"},
		{"a port in use", nil, []string{"--transport", "http", "--port", port}, "address already in use"},
		{"an identity for the whole network", []string{"PERSES_TOKEN=" + token},
			[]string{"--transport", "http", "--host", "0.0.0.0", "--port", "0"}, "--allow-remote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, logged, code := start(t, ours, c.env, c.args...).Finish(t)
			if code != 1 || out != "" {
				t.Errorf("got exit code %d, stdout %q", code, out)
			}
			if strings.Count(logged, "\n") != 1 || !strings.HasPrefix(logged, "mcp-server: ") || !strings.Contains(logged, c.want) {
				t.Errorf("got %q, want a line with %q", logged, c.want)
			}
			if strings.Contains(logged, token) {
				t.Errorf("the log contains the token: %q", logged)
			}
		})
	}
}
