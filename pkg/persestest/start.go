package persestest

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// startTimeout bounds a start, which takes a few seconds, of which most go into compiling the plugins' schemas.
const startTimeout = 2 * time.Minute

// persesListens matches the line in which Perses says where it listens. What follows the address is matched so as not to
// take a part of it for all.
var persesListens = regexp.MustCompile(`http server started on .*(127\.0\.0\.1:\d+)\D`)

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

	auth bool
	*process
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
	p := &Perses{auth: o.Auth, process: newProcess("Perses", dir, persesListens, o.Log)}
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
