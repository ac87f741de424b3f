package persestest

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// startTimeout is the maximum time for a start, which takes a few seconds.
const startTimeout = 2 * time.Minute

// persesListens matches the log line in which Perses says where it listens. It ends after the address, so that no part of one
// matches.
var persesListens = regexp.MustCompile(`http server started on .*(127\.0\.0\.1:\d+)\D`)

// Options configure a Perses. Ephemeral dashboards are always enabled.
type Options struct {
	// Auth enables authentication with passwords, and authorization with roles. There is one user, the administrator AdminName
	// with the password AdminPassword.
	Auth bool
	// AccessTokenTTL is the lifetime of access tokens, in milliseconds precision. 0 means 15 minutes. It needs Auth.
	AccessTokenTTL time.Duration
	// Dir is the folder of the file database. It is created if necessary, and not removed. "" means a temporary one.
	Dir string
	// Log receives the log of Perses, if not nil. Errors show its end in any case.
	Log io.Writer
}

// Perses is a running Perses that listens on loopback.
type Perses struct {
	URL string // such as http://127.0.0.1:34567

	auth bool
	*process
}

// Start starts a Perses and returns when its plugins are loaded and, with Auth, the administrator can log in. It builds Perses
// first if necessary, with progress on os.Stderr (see Build). ctx bounds only the start. Errors include the end of the log.
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
		// The log has the port.
		err = p.run(files.Binary, "--config", config, "--web.listen-address", "127.0.0.1:0")
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("start Perses: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.waitUntilReady(ctx); err != nil {
		_ = p.Stop() // its error would repeat err
		return nil, fmt.Errorf("start Perses: %w\nIts log ends with:\n%s", err, p.log)
	}
	return p, nil
}
