package persestest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// startTimeout bounds a start, which takes a few seconds, of which most go into compiling the plugins' schemas.
	startTimeout = 2 * time.Minute
	// stopTimeout is how long Perses may take to end when asked to. It takes milliseconds.
	stopTimeout = 10 * time.Second
)

// Options are how a Perses differs from the one that most tests want. Ephemeral dashboards are always enabled.
type Options struct {
	// Auth demands of everybody to log in with a password, and grants by roles. There is one user: the administrator
	// AdminName, with the password AdminPassword.
	Auth bool
	// AccessTokenTTL is how long an access token lasts, to the millisecond; 0 stands for 15 minutes. It is of use with Auth only.
	AccessTokenTTL time.Duration
	// Dir is the folder of the file database, made if it isn't there and left behind by Stop. The empty string stands for a
	// temporary one.
	Dir string
	// Log receives Perses' own log, if not nil. Its end is shown in errors in any case.
	Log io.Writer
}

// Perses is a running Perses. It listens on the loopback interface only.
type Perses struct {
	URL string // such as http://127.0.0.1:34567

	auth   bool
	dir    string // all that it has of its own
	log    *serverLog
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended; then exit says how
	exit   error
	stop   func() error
}

// Start starts a Perses, which it builds first if need be (see Build; progress is shown on os.Stderr), and returns when that
// can be used: its plugins are loaded, and with Auth the administrator can log in. ctx bounds the start alone. The error of
// a Perses that didn't start has the end of its log.
func Start(ctx context.Context, o Options) (*Perses, error) {
	files, err := Build(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "perses-")
	if err != nil {
		return nil, err
	}
	p := &Perses{auth: o.Auth, dir: dir, log: newServerLog(o.Log), exited: make(chan struct{})}
	p.stop = sync.OnceValue(p.end)
	config, err := writeConfig(dir, files, o)
	if err == nil {
		// Perses says in its log which port it got for 0, so no other process can take that first.
		err = p.run(files.Binary, "--config", config, "--web.listen-address", "127.0.0.1:0")
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("start Perses: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.waitUntilReady(ctx); err != nil {
		_ = p.Stop() // its error would say again what err does
		return nil, fmt.Errorf("start Perses: %w\nIts log ends with:\n%s", err, p.log)
	}
	return p, nil
}

// run starts the process and sees to it that exited tells of its end.
func (p *Perses) run(binary string, args ...string) error {
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

// Stop ends Perses and removes what Start made. It returns an error if Perses didn't end as it should: if it had to be
// killed, or had ended before. Calls after the first return what the first did.
func (p *Perses) Stop() error { return p.stop() }

// Kill ends Perses at once, as a crash would, and removes what Start made. There is nothing left to Stop then.
func (p *Perses) Kill() error {
	_ = p.cmd.Process.Kill() // unless it has ended
	<-p.exited
	client.CloseIdleConnections()
	return os.RemoveAll(p.dir)
}

func (p *Perses) end() error {
	client.CloseIdleConnections()
	defer os.RemoveAll(p.dir)
	select {
	case <-p.exited:
		return fmt.Errorf("Perses had ended before it was stopped: %s\nIts log ends with:\n%s", p.cmd.ProcessState, p.log)
	default:
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil { // such as on Windows, which can't ask a process to end
		_ = p.cmd.Process.Kill()
		<-p.exited
		return nil
	}
	select {
	case <-p.exited:
		return p.exit
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("Perses didn't end within %s and was killed\nIts log ends with:\n%s", stopTimeout, p.log)
	}
}
