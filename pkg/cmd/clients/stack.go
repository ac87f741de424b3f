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

// stopTimeout is the maximum time for a process to stop.
const stopTimeout = 10 * time.Second

// stack is a Perses with the server over HTTP in front of it. Over stdio, each client starts the server itself.
type stack struct {
	perses  *persestest.Perses
	binary  string            // path of the server
	env     map[string]string // variables with the address of Perses and a token
	url     string            // of the MCP endpoint
	stopWeb func() error
}

func start(ctx context.Context) (*stack, error) {
	binary, err := filepath.Abs("bin/mcp-server")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("%w (build it with: make build)", err)
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

// serve starts the server over HTTP on a free port, which is in the first line of its log.
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
		if web.ProcessState.Success() { // although Wait returns the context's error
			return nil
		}
		return fmt.Errorf("stop the server over HTTP: %w", err)
	}
	lines := bufio.NewReader(log)
	line, _ := lines.ReadString('\n')
	match := serving.FindStringSubmatch(line)
	if match == nil {
		return errors.Join(fmt.Errorf("the server did not start: %s", strings.TrimSpace(line)), s.stopWeb())
	}
	s.url = match[1]
	go func() { _, _ = io.Copy(io.Discard, lines) }() // otherwise the server blocks when the pipe is full
	return nil
}

// command returns a command that is asked to stop when ctx ends, and killed if it does not.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	return cmd
}
