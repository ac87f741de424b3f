package robustness_test

import (
	"runtime"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
)

// process is a server that runs until its test ends.
type process struct {
	*persestest.Running        // nil if the server runs in the process of the test
	url                 string // of the HTTP endpoint, or "" over stdio
}

// start starts a server for the Perses at a URL.
func start(t testing.TB, perses string, args ...string) *process {
	t.Helper()
	return &process{Running: persestest.Run(t, program, nil, append([]string{"--perses-server-url", perses}, args...)...)}
}

// serve is like start for a server over HTTP.
func serve(t testing.TB, perses string, args ...string) *process {
	t.Helper()
	p := start(t, perses, append(args, "--transport", "streamable-http", "--port", "0")...)
	p.url = p.URL(t)
	return p
}

// checkMemory fails the test if the process has used more than maxMemory at any time.
func (p *process) checkMemory(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Log("the memory of a process is only known on Linux")
		return
	}
	if taken := p.Memory(t, "VmHWM"); taken > maxMemory {
		t.Errorf("the process used %d MiB, more than %d", taken>>20, maxMemory>>20)
	} else {
		t.Logf("the process used at most %d MiB", taken>>20)
	}
}
