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
)

// stopTimeout is how long the server may take to end. It lets calls in flight finish.
const stopTimeout = 10 * time.Second

// server is the MCP server, a process of its own.
type server struct {
	url    string // of MCP
	cmd    *exec.Cmd
	ready  chan string   // receives the url
	exited chan struct{} // closed when the process has ended; what follows may be read then
	last   string        // line of its log
	shown  atomic.Bool   // from then on the log is shown, too
}

// serving matches the line of the log in which the server says where it serves.
var serving = regexp.MustCompile(`msg="serving MCP" url=(\S+)`)

// startServer starts the server at binary in front of Perses, and returns when it can be called.
func startServer(ctx context.Context, binary string, port int, persesURL string) (*server, error) {
	s := &server{ready: make(chan string, 1), exited: make(chan struct{})}
	s.cmd = exec.Command(binary, "--transport", "streamable-http", "--port", strconv.Itoa(port), "--perses-server-url", persesURL)
	s.cmd.SysProcAttr = endWithParent()
	// The server takes its settings from variables, too, and those of the user lead to a Perses that is not this one.
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

// run is the life of the process: it starts, writes its log, and ends.
func (s *server) run(started chan<- error) {
	runtime.LockOSThread() // see endWithParent
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
	_ = s.cmd.Wait() // how it ended is in its state
}

// ended says how the process ended.
func (s *server) ended() error {
	<-s.exited
	return fmt.Errorf("the MCP server has ended: %s; its last words: %s", s.cmd.ProcessState, s.last)
}

// stop asks the server to end, and makes it end if it doesn't.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil { // it has ended, or the system has no such signal
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
