package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// answerTo returns the answer to the request with an ID.
func answerTo(t testing.TB, p *persestest.Running, id string) string {
	t.Helper()
	for {
		line, err := p.Out.ReadString('\n')
		if err != nil {
			t.Fatalf("no answer to %s: %v", id, err)
		}
		if strings.HasPrefix(line, `{"jsonrpc":"2.0","id":`+id+`,`) {
			return line
		}
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
		p.Send(t, initialize+initiated+listTools)
		answerTo(t, p, "1")
		took := time.Since(began)
		_ = p.In.Close()
		if _, logged, code := p.Finish(t); code != 0 {
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
	_, logged, code := start(t, ours, []string{"GODEBUG=inittrace=1"}, "--version").Finish(t)
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

// A desktop host may run one server per window. Each process has its own anonymous memory; the pages of the program are shared.
func TestIdleMemory(t *testing.T) {
	const (
		maxOwn = 10 << 20
		maxAll = 40 << 20 // with the resident pages of the program, whose number varies
	)
	p := start(t, ours, nil)
	p.Send(t, initialize+initiated+listTools)
	answerTo(t, p, "1")
	// The Go runtime returns memory from the startup in the background.
	deadline := time.Now().Add(persestest.Patience)
	own, all := p.Memory(t, "RssAnon"), p.Memory(t, "VmRSS")
	for (own > maxOwn || all > maxAll) && time.Now().Before(deadline) {
		p.Send(t, listTools)
		answerTo(t, p, "1")
		own, all = p.Memory(t, "RssAnon"), p.Memory(t, "VmRSS")
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
		p.Send(t, strings.Repeat("x", piece))
	}
	p.Send(t, "\n"+listTools)
	if got := answerTo(t, p, "null"); !strings.Contains(got, "-32700") {
		t.Errorf("got %s", got)
	}
	answerTo(t, p, "1")
	if got := p.Memory(t, "VmHWM"); got > maxMemory {
		t.Errorf("used %d bytes, more than %d", got, maxMemory)
	} else {
		t.Logf("used %d bytes", got)
	}
}
