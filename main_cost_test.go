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

// answerTo returns the line that answers the request with the id.
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

// ask sends text to the process.
func (p *process) ask(t testing.TB, text string) {
	t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		t.Fatal(err)
	}
}

// A host starts its servers when a person is waiting. From the start of the process to the list of its tools
// it may take a little longer than the least that a server takes, on the same machine at the same time.
//
// The quickest of many starts is compared: whatever else the machine does can only slow a start down, so the
// minimum is the steadiest of all there is to compare. The two servers take turns, and what counts is their ratio: it is
// the same on a fast machine and on one that has other work. The longer start is disturbed more often, so that on a busy
// machine it takes more of them until one was left alone.
func TestStartIsQuick(t *testing.T) {
	const starts, atMost, most = 15, 90, 3.0
	measure := func(program string) time.Duration {
		persestest.Program(t, program) // built outside of what is measured
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
	us, least := measure(ours), measure(empty)
	ratio := func() float64 { return float64(us) / float64(least) }
	taken := 1
	for ; taken < starts || taken < atMost && ratio() > most; taken++ {
		us, least = min(us, measure(ours)), min(least, measure(empty))
	}
	t.Logf("the quickest of %d starts: %s, of an empty server %s, which is %.2f times", taken, us, least, ratio())
	if ratio() > most {
		t.Errorf("its start takes %.2f times that of an empty server, more than %.2f", ratio(), most)
	}
}

// Whatever packages compile and compute before main begins, each start waits for and each process keeps. What only some
// calls need is made by the first of them.
func TestPackagesStartLean(t *testing.T) {
	const most = 64 << 10 // bytes of one package
	_, logged, code := start(t, ours, []string{"GODEBUG=inittrace=1"}, "--version").finish(t)
	// init github.com/perses/mcp-server/pkg/perses @9.8 ms, 0.13 ms clock, 39016 bytes, 411 allocs
	lines := regexp.MustCompile(`(?m)^init github\.com/perses/mcp-server/(\S+) @.*, (\d+) bytes,`).FindAllStringSubmatch(logged, -1)
	if len(lines) == 0 || code != 0 {
		t.Fatalf("exit code %d: %s", code, logged)
	}
	for _, line := range lines {
		if bytes, err := strconv.Atoi(line[2]); err != nil || bytes > most {
			t.Errorf("%s allocates %s bytes, more than %d", line[1], line[2], most)
		}
	}
}

// memory returns a line of the process' status in bytes: VmRSS for what it has in memory, VmHWM for the most
// that it ever had.
func (p *process) memory(t testing.TB, what string) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much memory a process has")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(what + `:\s+(\d+) kB`).FindSubmatch(status)
	if match == nil {
		t.Fatalf("no %s in %s", what, status)
	}
	kilobytes, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// A desktop host keeps a server for each of its windows. What another one takes is what it has for itself; the pages of the
// program, of which the libraries make up nearly all, are in memory once.
func TestIdleMemory(t *testing.T) {
	const (
		maxOwn = 10 << 20
		most   = 40 << 20 // with the pages of the program, which differ with what else is in the cache of files
	)
	p := start(t, ours, nil)
	p.ask(t, initialize+initiated+listTools)
	p.answerTo(t, "1")
	// What the start has left behind is given back in the background, later on a busy machine.
	deadline := time.Now().Add(patience)
	own, all := p.memory(t, "RssAnon"), p.memory(t, "VmRSS")
	for (own > maxOwn || all > most) && time.Now().Before(deadline) {
		p.ask(t, listTools)
		p.answerTo(t, "1")
		own, all = p.memory(t, "RssAnon"), p.memory(t, "VmRSS")
	}
	if own > maxOwn || all > most {
		t.Errorf("it takes %d bytes for itself, want at most %d, and with its program %d, want at most %d", own, maxOwn, all, most)
	} else {
		t.Logf("it takes %d bytes for itself, with its program %d", own, all)
	}
}

// A line without an end is not kept in memory.
func TestLongLineTakesNoMemory(t *testing.T) {
	const most, long, piece = 64 << 20, 100 << 20, 1 << 20
	p := start(t, ours, nil)
	for range long / piece {
		p.ask(t, strings.Repeat("x", piece))
	}
	p.ask(t, "\n"+listTools)
	if got := p.answerTo(t, "null"); !strings.Contains(got, "-32700") {
		t.Errorf("got %s", got)
	}
	p.answerTo(t, "1")
	if got := p.memory(t, "VmHWM"); got > most {
		t.Errorf("it took %d bytes, more than %d", got, most)
	} else {
		t.Logf("it took %d bytes", got)
	}
}
