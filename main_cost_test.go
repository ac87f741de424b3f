package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// answerTo returns the answer to the request with an ID.
func (p *process) answerTo(t testing.TB, id string) string {
	t.Helper()
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			t.Fatalf("no answer to %s: %v", id, err)
		}
		if strings.HasPrefix(line, `{"jsonrpc":"2.0","id":`+id+`,`) {
			return line
		}
	}
}

// ask writes text to the stdin of the process.
func (p *process) ask(t testing.TB, text string) {
	t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		t.Fatal(err)
	}
}

// A host starts its servers while a person waits. The time from the start of the process to the list of its tools is compared with that
// of an empty server, which is started in turn.
//
// The test compares the minima of many starts, because other load on the machine can only make a start slower. Their ratio does not
// depend on the speed of the machine. On a busy machine, it takes more starts until one is undisturbed.
func TestStartupTime(t *testing.T) {
	const minStarts, maxStarts, maxRatio = 15, 90, 3.0
	measure := func(program string) time.Duration {
		persestest.Program(t, program) // builds it before the measurement
		began := time.Now()
		p := start(t, program, nil)
		p.ask(t, initialize+initiated+listTools)
		p.answerTo(t, "1")
		took := time.Since(began)
		_ = p.in.Close()
		if _, logged, code := p.finish(t); code != 0 {
			t.Fatalf("exit code %d: %s", code, logged)
		}
		return took
	}
	fastest, fastestEmpty := measure(ours), measure(empty)
	ratio := func() float64 { return float64(fastest) / float64(fastestEmpty) }
	starts := 1
	for ; starts < minStarts || starts < maxStarts && ratio() > maxRatio; starts++ {
		fastest, fastestEmpty = min(fastest, measure(ours)), min(fastestEmpty, measure(empty))
	}
	t.Logf("fastest of %d starts: %s, empty server: %s, ratio %.2f", starts, fastest, fastestEmpty, ratio())
	if ratio() > maxRatio {
		t.Errorf("the ratio is %.2f, more than %.2f", ratio(), maxRatio)
	}
}

// The initialization of packages delays each start and takes memory in each process. What only some calls need must be initialized by the
// first of them.
func TestPackageInitialization(t *testing.T) {
	const maxBytes = 64 << 10 // per package
	_, logged, code := start(t, ours, []string{"GODEBUG=inittrace=1"}, "--version").finish(t)
	// init github.com/perses/mcp-server/pkg/perses @9.8 ms, 0.13 ms clock, 39016 bytes, 411 allocs
	lines := regexp.MustCompile(`(?m)^init github\.com/perses/mcp-server/(\S+) @.*, (\d+) bytes,`).FindAllStringSubmatch(logged, -1)
	if len(lines) == 0 || code != 0 {
		t.Fatalf("exit code %d: %s", code, logged)
	}
	for _, line := range lines {
		if bytes, err := strconv.Atoi(line[2]); err != nil || bytes > maxBytes {
			t.Errorf("%s allocates %s bytes, more than %d", line[1], line[2], maxBytes)
		}
	}
}

// memory returns a field of /proc/PID/status in bytes, such as VmRSS for the resident memory or VmHWM for its maximum.
func (p *process) memory(t testing.TB, field string) int {
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

// A desktop host may run one server per window. Each process has its own anonymous memory; the pages of the program are shared.
func TestIdleMemory(t *testing.T) {
	const (
		maxOwn = 10 << 20
		maxAll = 40 << 20 // with the resident pages of the program, whose number varies
	)
	p := start(t, ours, nil)
	p.ask(t, initialize+initiated+listTools)
	p.answerTo(t, "1")
	// The Go runtime returns memory from the startup in the background.
	deadline := time.Now().Add(patience)
	own, all := p.memory(t, "RssAnon"), p.memory(t, "VmRSS")
	for (own > maxOwn || all > maxAll) && time.Now().Before(deadline) {
		p.ask(t, listTools)
		p.answerTo(t, "1")
		own, all = p.memory(t, "RssAnon"), p.memory(t, "VmRSS")
	}
	if own > maxOwn || all > maxAll {
		t.Errorf("anonymous memory: %d bytes, want at most %d; resident memory: %d bytes, want at most %d", own, maxOwn, all, maxAll)
	} else {
		t.Logf("anonymous memory: %d bytes, resident memory: %d bytes", own, all)
	}
}

// The server does not keep an overlong line in memory.
func TestLongLineTakesNoMemory(t *testing.T) {
	const maxMemory, long, piece = 64 << 20, 100 << 20, 1 << 20
	p := start(t, ours, nil)
	for range long / piece {
		p.ask(t, strings.Repeat("x", piece))
	}
	p.ask(t, "\n"+listTools)
	if got := p.answerTo(t, "null"); !strings.Contains(got, "-32700") {
		t.Errorf("got %s", got)
	}
	p.answerTo(t, "1")
	if got := p.memory(t, "VmHWM"); got > maxMemory {
		t.Errorf("used %d bytes, more than %d", got, maxMemory)
	} else {
		t.Logf("used %d bytes", got)
	}
}
