package persestest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Patience is how long Receive waits.
const Patience = 30 * time.Second

// Receive receives a value from a channel, or fails the test after Patience.
func Receive[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(Patience):
		t.Fatalf("timed out after %s: %s", Patience, what)
		panic("unreachable")
	}
}

// Running is a running program of this module. It is killed at the end of its test.
type Running struct {
	*exec.Cmd
	In     io.WriteCloser
	Out    *bufio.Reader
	log    *serverLog
	logged bytes.Buffer // complete when the program has ended
}

var urlInLog = regexp.MustCompile(`url=(http://\S+)`)

// Run starts a program, given by the import path of its package. Of the user's environment, it gets no settings of the server or the
// Go runtime.
func Run(t testing.TB, program string, env []string, args ...string) *Running {
	t.Helper()
	p := &Running{Cmd: exec.Command(Program(t, program), args...)}
	p.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return slices.ContainsFunc([]string{"PERSES_", "PERMCP_", "OTEL_", "GO"}, func(prefix string) bool { return strings.HasPrefix(v, prefix) })
	}), env...)
	p.log = newServerLog(urlInLog, &p.logged)
	p.Stderr = p.log
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.In, p.Out = in, bufio.NewReader(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait()
	})
	return p
}

// URL returns the URL of the server as soon as it is in the log.
func (p *Running) URL(t testing.TB) string {
	t.Helper()
	return Receive(t, "the URL in the log", p.log.address)
}

// Send writes to stdin.
func (p *Running) Send(t testing.TB, text string) {
	t.Helper()
	if _, err := io.WriteString(p.In, text); err != nil {
		t.Fatal(err)
	}
}

// Finish waits for the program to end, and returns the rest of stdout, the log and the exit code.
func (p *Running) Finish(t testing.TB) (out, logged string, code int) {
	t.Helper()
	rest, err := io.ReadAll(p.Out)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the caller checks the exit code
	return string(rest), p.logged.String(), p.ProcessState.ExitCode()
}

// Memory returns a field of /proc/PID/status in bytes, such as VmRSS for the resident memory or VmHWM for its maximum.
func (p *Running) Memory(t testing.TB, field string) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is only known on Linux")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(field + `:\s+(\d+) kB`).FindSubmatch(status)
	if match == nil {
		t.Fatalf("no %s in %s", field, status)
	}
	kilobytes, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
