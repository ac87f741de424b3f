package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// program is a server to measure: how to start it in front of a Perses.
type program struct {
	name   string
	binary string
	stdio  func(perses string) []string
	http   func(perses string) []string
}

var (
	forwarder = program{
		name:  "forwarder",
		stdio: func(perses string) []string { return []string{"-perses", perses} },
		http:  func(perses string) []string { return []string{"-perses", perses, "-http", "127.0.0.1:0"} },
	}
	ours = program{
		name:  "ours",
		stdio: func(perses string) []string { return []string{"--perses-server-url", perses} },
		http: func(perses string) []string {
			return []string{"--perses-server-url", perses, "--transport", "streamable-http", "--port", "0"}
		},
	}
)

// build builds the program in a folder, from the package with an import path.
func (p *program) build(ctx context.Context, folder, path string) error {
	p.binary = filepath.Join(folder, p.name)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.binary, path)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // like make build
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	log    string // its log file; reading a pipe would cost time
	in     io.WriteCloser
	out    io.ReadCloser
	serves bool // whether it serves HTTP
}

// run starts the program with a log file in the folder.
func (p *program) run(folder string, args []string) (*process, error) {
	log, err := os.CreateTemp(folder, p.name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	r := &process{cmd: exec.Command(p.binary, args...), log: log.Name()}
	r.cmd.Stderr = log
	// The user's variables would change the settings.
	r.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PERMCP_") || strings.HasPrefix(v, "PERSES_")
	})
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if r.out, err = r.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	return r, r.cmd.Start()
}

// served matches the address in the log.
var served = regexp.MustCompile(`\burl=(\S+)`)

// url waits until the process serves MCP, and returns its address.
func (r *process) url(ctx context.Context) (string, error) {
	for {
		log, err := os.ReadFile(r.log)
		if err != nil {
			return "", err
		}
		if m := served.FindSubmatch(log); m != nil {
			r.serves = true
			return string(m[1]), nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the server does not listen: %w: %s", context.Cause(ctx), log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop stops the process: with a signal if it serves HTTP, or else by closing its input.
func (r *process) stop() error {
	if r.serves {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
	}
	_ = r.in.Close()
	kill := time.AfterFunc(10*time.Second, func() { _ = r.cmd.Process.Kill() })
	defer kill.Stop()
	err := r.cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGTERM {
		return nil
	}
	return err
}
