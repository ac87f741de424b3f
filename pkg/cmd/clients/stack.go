package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// stopTimeout is how long a process may take to end when asked to.
const stopTimeout = 10 * time.Second

// stack is a Perses and, in front of it, the server over HTTP. Over stdio each client starts a server itself.
type stack struct {
	perses  *persestest.Perses
	binary  string            // of the server
	env     map[string]string // with which the server finds Perses, and its identity there
	url     string            // of the MCP endpoint
	stopWeb func() error
}

func start(ctx context.Context) (*stack, error) {
	binary, err := filepath.Abs("bin/mcp-server")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("%w (make build makes it)", err)
	}
	perses, err := persestest.Start(ctx, persestest.Options{Auth: true})
	if err != nil {
		return nil, err
	}
	s := &stack{perses: perses, binary: binary}
	token, err := perses.Login(ctx, persestest.AdminName, persestest.AdminPassword)
	if err == nil {
		s.env = map[string]string{"PERMCP_PERSES_SERVER_URL": perses.URL, "PERSES_TOKEN": token}
		err = s.serve(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, perses.Stop())
	}
	return s, nil
}

func (s *stack) stop() error { return errors.Join(s.stopWeb(), s.perses.Stop()) }

var serving = regexp.MustCompile(`msg="serving MCP" url=(http://\S+)`)

// serve starts the server over HTTP on a free port, which the first line of its log tells.
func (s *stack) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	web := command(ctx, s.binary, "--transport", "streamable-http", "--port", "0")
	web.Env = web.Environ()
	for name, value := range s.env {
		web.Env = append(web.Env, name+"="+value)
	}
	log, err := web.StderrPipe()
	if err == nil {
		err = web.Start()
	}
	if err != nil {
		cancel()
		return err
	}
	s.stopWeb = func() error {
		cancel()
		err := web.Wait()
		if web.ProcessState.Success() { // it ended as asked; Wait would say that it was asked
			return nil
		}
		return fmt.Errorf("the server over HTTP did not end well: %w", err)
	}
	lines := bufio.NewReader(log)
	line, _ := lines.ReadString('\n')
	match := serving.FindStringSubmatch(line)
	if match == nil {
		return errors.Join(fmt.Errorf("the server did not start: %s", strings.TrimSpace(line)), s.stopWeb())
	}
	s.url = match[1]
	go func() { _, _ = io.Copy(io.Discard, lines) }() // or else it would block once the pipe is full
	return nil
}

// command is a process that is asked to end when ctx does, and killed if it does not.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	return cmd
}
