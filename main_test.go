package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// patience is how long a test waits before it fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) { persestest.Main(m) }

const (
	ours  = "github.com/perses/mcp-server"
	empty = ours + "/pkg/server/testdata/empty"
)

// process is a running program. It ends with its test at the latest.
type process struct {
	*exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	log    *bufio.Reader // stderr
	logged bytes.Buffer  // the part of log that was read
}

// start starts a program with only the given settings.
func start(t testing.TB, program string, env []string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(persestest.Program(t, program), args...)}
	p.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PERSES_") || strings.HasPrefix(v, "PERMCP_") || strings.HasPrefix(v, "OTEL_")
	}), env...)
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out, p.log = in, bufio.NewReader(out), bufio.NewReader(io.TeeReader(log, &p.logged))
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	// A test that waits for the process does not wait longer than patience.
	late := time.AfterFunc(patience, func() { _ = p.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = p.Process.Kill()
		_ = p.Wait()
	})
	return p
}

// finish waits for the process to end. It returns the rest of stdout, the whole log, and the exit code.
func (p *process) finish(t testing.TB) (out, logged string, code int) {
	t.Helper()
	logRead := make(chan error, 1)
	go func() { // the process would block if nobody read stderr
		_, err := io.Copy(io.Discard, p.log)
		logRead <- err
	}()
	rest, err := io.ReadAll(p.out)
	if err := errors.Join(err, <-logRead); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the exit code is checked instead
	return string(rest), p.logged.String(), p.ProcessState.ExitCode()
}

func TestVersion(t *testing.T) {
	out, logged, code := start(t, ours, nil, "--version").finish(t)
	if !strings.HasPrefix(out, "mcp-server, version ") || logged != "" || code != 0 {
		t.Errorf("got exit code %d, stdout %q, stderr %q", code, out, logged)
	}
}

func TestHelp(t *testing.T) {
	out, logged, code := start(t, ours, nil, "--help").finish(t)
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
			out, logged, code := start(t, ours, c.env, c.args...).finish(t)
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
