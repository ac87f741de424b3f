package robustness_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
)

// process is a server process that runs until its test ends.
type process struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	url string // of the HTTP endpoint, or "" over stdio
}

// start starts a server for the Perses at a URL.
func start(t testing.TB, perses string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(persestest.Program(t, program), append([]string{"--perses-server-url", perses}, args...)...)}
	p.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PERSES_") || strings.HasPrefix(v, "PERMCP_") || strings.HasPrefix(v, "GO")
	})
	var err error
	if p.in, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-ended
	})
	first := make(chan string, 1)
	go func() { // a process blocks if nobody reads its stderr
		defer close(ended)
		logged := bufio.NewReader(log)
		line, _ := logged.ReadString('\n')
		first <- line
		_, _ = io.Copy(io.Discard, logged)
		_ = p.Wait()
	}()
	line := receive(t, "the first line of the log", first)
	if match := regexp.MustCompile(`url=(http://\S+)`).FindStringSubmatch(line); match != nil {
		p.url = match[1]
	}
	return p
}

// serve is like start for a server over HTTP.
func serve(t testing.TB, perses string, args ...string) *process {
	t.Helper()
	p := start(t, perses, append(args, "--transport", "streamable-http", "--port", "0")...)
	if p.url == "" {
		t.Fatal("the log has no URL")
	}
	return p
}

// checkMemory fails the test if the process has used more than maxMemory at any time.
func (p *process) checkMemory(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Log("the memory of a process is only known on Linux")
		return
	}
	if taken := p.peak(t); taken > maxMemory {
		t.Errorf("the process used %d MiB, more than %d", taken>>20, maxMemory>>20)
	} else {
		t.Logf("the process used at most %d MiB", taken>>20)
	}
}
