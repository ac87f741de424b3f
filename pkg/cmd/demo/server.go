package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// stopTimeout is the maximum time for the server to stop; it lets calls in flight finish.
const stopTimeout = 10 * time.Second

// server is the process of the MCP server.
type server struct {
	url    string // of MCP
	cmd    *exec.Cmd
	ready  chan string   // receives the URL
	exited chan struct{} // closed when the process has ended
	last   string        // last line of its log, valid once exited is closed
	shown  atomic.Bool   // whether to print its log
}

// serving matches the log line in which the server says where it serves.
var serving = regexp.MustCompile(`msg="serving MCP" url=(\S+)`)

// startServer starts the server at binary in front of Perses and waits until it serves.
func startServer(ctx context.Context, binary string, port int, persesURL string) (*server, error) {
	s := &server{ready: make(chan string, 1), exited: make(chan struct{})}
	s.cmd = exec.Command(binary, "--transport", "streamable-http", "--port", strconv.Itoa(port), "--perses-server-url", persesURL)
	s.cmd.SysProcAttr = persestest.EndWithParent()
	// The user's variables may name another Perses.
	s.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PERMCP_") || strings.HasPrefix(v, "PERSES_")
	})
	started := make(chan error)
	go s.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the MCP server: %w", err)
	}
	select {
	case s.url = <-s.ready:
		return s, nil
	case <-s.exited:
		return nil, s.ended()
	case <-ctx.Done():
		_ = s.stop()
		return nil, context.Cause(ctx)
	}
}

// run starts the process, reports that on started, and reads its log until it ends.
func (s *server) run(started chan<- error) {
	runtime.LockOSThread() // see persestest.EndWithParent
	defer runtime.UnlockOSThread()
	log, err := s.cmd.StderrPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	started <- err
	if err != nil {
		return
	}
	defer close(s.exited)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		s.last = lines.Text()
		if s.shown.Load() {
			fmt.Fprintln(os.Stderr, s.last)
		}
		if m := serving.FindStringSubmatch(s.last); m != nil {
			s.ready <- m[1]
		}
	}
	_ = s.cmd.Wait() // ended reports the state of the process
}

// ended waits for the end of the process and returns how it ended.
func (s *server) ended() error {
	<-s.exited
	return fmt.Errorf("the MCP server has ended: %s; its log ends with: %s", s.cmd.ProcessState, s.last)
}

// stop asks the server to stop, and kills it if it does not.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil { // it has ended, or the system does not have the signal
		_ = s.cmd.Process.Kill()
	}
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		_ = s.cmd.Process.Kill()
	}
	<-s.exited
	if !s.cmd.ProcessState.Success() {
		return s.ended()
	}
	return nil
}
