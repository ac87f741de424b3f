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

// process is the server in a process of its own, which lasts until its test ends.
type process struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	url string // where it serves HTTP, "" over stdio
}

// start starts the server for the Perses at a URL.
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
	go func() { // whoever does not read a log stops the one who writes it
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

// serve is start for a server over HTTP.
func serve(t testing.TB, perses string, args ...string) *process {
	t.Helper()
	p := start(t, perses, append(args, "--transport", "streamable-http", "--port", "0")...)
	if p.url == "" {
		t.Fatal("it does not say where it serves")
	}
	return p
}

// staysSmall fails the test if the process has ever taken more than maxMemory.
func (p *process) staysSmall(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells how much memory a process has taken")
		return
	}
	if taken := p.peak(t); taken > maxMemory {
		t.Errorf("it took %d MiB, more than %d", taken>>20, maxMemory>>20)
	} else {
		t.Logf("it took %d MiB at the most", taken>>20)
	}
}
