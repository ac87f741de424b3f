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

// stopTimeout is how long a server may take to end when asked to. It takes milliseconds.
const stopTimeout = 10 * time.Second

// process is a server that runs as a process of its own and listens on the loopback interface only.
type process struct {
	name   string // for errors
	dir    string // all that it has of its own
	log    *serverLog
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended; then exit says how
	exit   error
	stop   func() error
}

// newProcess is a process that is not yet running. Its log has the address that it listens on where listening matches.
func newProcess(name, dir string, listening *regexp.Regexp, copyLogTo io.Writer) *process {
	p := &process{name: name, dir: dir, log: newServerLog(listening, copyLogTo), exited: make(chan struct{})}
	p.stop = sync.OnceValue(p.end)
	return p
}

// run starts the process and sees to it that exited tells of its end.
func (p *process) run(binary string, args ...string) error {
	p.cmd = exec.Command(binary, args...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = endWithParent()
	// Perses takes configuration from variables too, and those of the user are not meant for this one.
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PERSES_") })

	started := make(chan error)
	go func() {
		// endWithParent is about this thread, so it has to last as long as the process.
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

// waitUntilListening returns the address of the process as soon as its log has that.
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

// Stop ends the server and removes what its start made. It returns an error if the server didn't end as it should: if it
// had to be killed, or had ended before. Calls after the first return what the first did.
func (p *process) Stop() error { return p.stop() }

// Kill ends the server at once, as a crash would, and removes what its start made. There is nothing left to Stop then.
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
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil { // such as on Windows, which can't ask a process to end
		_ = p.cmd.Process.Kill()
		<-p.exited
		return nil
	}
	select {
	case <-p.exited:
		// Perses listens for requests before it does for signals: one that is stopped at once ends by the signal itself.
		if exit := (*exec.ExitError)(nil); errors.As(p.exit, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGTERM {
			return nil
		}
		return p.exit
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("%s didn't end within %s and was killed\nIts log ends with:\n%s", p.name, stopTimeout, p.log)
	}
}
