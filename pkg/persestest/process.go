package persestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopTimeout is the maximum time for a server to stop, which normally takes milliseconds.
const stopTimeout = 10 * time.Second

// process is the process of a server that listens on loopback.
type process struct {
	name   string // for errors
	dir    string // its files
	log    *serverLog
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended; then exit is set
	exit   error
	stop   func() error
}

// newProcess returns a process that is not running yet. listening matches the log line with its address.
func newProcess(name, dir string, listening *regexp.Regexp, copyLogTo io.Writer) *process {
	p := &process{name: name, dir: dir, log: newServerLog(listening, copyLogTo), exited: make(chan struct{})}
	p.stop = sync.OnceValue(p.end)
	return p
}

// run starts the process and closes exited when it ends.
func (p *process) run(binary string, args ...string) error {
	p.cmd = exec.Command(binary, args...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = EndWithParent()
	// The user's variables would override the configuration of Perses.
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PERSES_") })

	started := make(chan error)
	go func() {
		// See EndWithParent.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.exit = p.cmd.Wait()
			close(p.exited)
		}
	}()
	return <-started
}

// waitUntilListening returns the address of the process once its log contains it.
func (p *process) waitUntilListening(ctx context.Context) (url string, err error) {
	select {
	case address := <-p.log.address:
		return "http://" + address, nil
	case <-p.exited:
		return "", p.exitError()
	case <-ctx.Done():
		return "", fmt.Errorf("it does not listen: %w", context.Cause(ctx))
	}
}

// waitFor repeats a check until it passes, the process ends or ctx is done.
func (p *process) waitFor(ctx context.Context, check func(context.Context) error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.exited:
			return p.exitError()
		case <-ctx.Done():
			return fmt.Errorf("it is not ready: %w (%w)", err, context.Cause(ctx))
		}
	}
}

func (p *process) exitError() error { return fmt.Errorf("it ended at once: %s", p.cmd.ProcessState) }

// Stop stops the server and removes its files. It returns an error if the server had to be killed or had already ended. Later
// calls return the result of the first.
func (p *process) Stop() error { return p.stop() }

// Kill kills the server, as a crash would, and removes its files. Do not call Stop afterwards.
func (p *process) Kill() error {
	_ = p.cmd.Process.Kill() // unless it has ended
	<-p.exited
	client.CloseIdleConnections()
	return os.RemoveAll(p.dir)
}

func (p *process) end() error {
	client.CloseIdleConnections()
	defer os.RemoveAll(p.dir)
	select {
	case <-p.exited:
		return fmt.Errorf("%s had ended before it was stopped: %s\nIts log ends with:\n%s", p.name, p.cmd.ProcessState, p.log)
	default:
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil { // Windows does not have the signal
		_ = p.cmd.Process.Kill()
		<-p.exited
		return nil
	}
	select {
	case <-p.exited:
		// Perses handles signals only some time after it listens. Before that, the signal itself ends it.
		if exit := (*exec.ExitError)(nil); errors.As(p.exit, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGTERM {
			return nil
		}
		return p.exit
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("%s did not stop within %s and was killed\nIts log ends with:\n%s", p.name, stopTimeout, p.log)
	}
}
