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

// program is a server to be measured: how it is started in front of a Perses.
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

// build builds the program into a folder, from the package at a path of this module.
func (p *program) build(ctx context.Context, folder, path string) error {
	p.binary = filepath.Join(folder, p.name)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.binary, path)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does it
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// process is a server that runs.
type process struct {
	cmd    *exec.Cmd
	log    string // the file of what it logs: nobody's time goes into reading it
	in     io.WriteCloser
	out    io.ReadCloser
	serves bool // over HTTP
}

// run starts the program. Its log goes to a file in the folder.
func (p *program) run(folder string, args []string) (*process, error) {
	log, err := os.CreateTemp(folder, p.name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	r := &process{cmd: exec.Command(p.binary, args...), log: log.Name()}
	r.cmd.Stderr = log
	// The server takes settings from variables, too, and those of the user are not meant for this one.
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

// served matches what a server logs of where it serves.
var served = regexp.MustCompile(`\burl=(\S+)`)

// url returns where the process serves MCP, as soon as it does.
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
			return "", fmt.Errorf("it does not serve: %w: %s", context.Cause(ctx), log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop ends the process: a server over HTTP by a signal, one over stdio by the end of its input.
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
