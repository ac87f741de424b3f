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

// patience is how long a test waits for what should come at once, before it fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) { persestest.Main(m) }

// The programs that the tests start.
const (
	ours  = "github.com/perses/mcp-server"
	empty = ours + "/pkg/server/testdata/empty"
)

// process is a program that runs, at the longest until its test ends.
type process struct {
	*exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	log    *bufio.Reader // what it writes to stderr
	logged bytes.Buffer  // what of it was read
}

// start starts a program with no other settings than those given.
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
	// Whatever a test waits for in vain comes to its end with the process.
	late := time.AfterFunc(patience, func() { _ = p.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = p.Process.Kill()
		_ = p.Wait()
	})
	return p
}

// finish waits for the process to end. It returns what is left to read of stdout, all that was logged, and
// the exit code.
func (p *process) finish(t testing.TB) (out, logged string, code int) {
	t.Helper()
	logRead := make(chan error, 1)
	go func() { // beside stdout: a pipe that nobody reads would stop the process
		_, err := io.Copy(io.Discard, p.log)
		logRead <- err
	}()
	rest, err := io.ReadAll(p.out)
	if err := errors.Join(err, <-logRead); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // its error is the exit code
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

// Whatever is wrong at the start takes one line to say, on stderr.
func TestRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, err := net.SplitHostPort(taken.Addr().String())
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
		{"a wrong flag", nil, []string{"--no-such-flag"}, "no-such-flag"},
		{"a wrong value", nil, []string{"--transport", "pigeon"}, "pigeon"},
		{"a port that is taken", nil, []string{"--transport", "http", "--port", port}, "address already in use"},
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
				t.Errorf("the token is in %q", logged)
			}
		})
	}
}
