package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// stage is a Perses with all measured servers in front of it.
type stage struct {
	folder     string // for files of the run; the caller removes it
	perses     *persestest.Perses
	transports []transport
	started    []*process
}

// ours returns the client of our server over HTTP.
func (s *stage) ours() caller { return s.transports[len(s.transports)-1].ours }

// transport is a pair of clients that are connected in the same way.
type transport struct {
	name            string
	forwarder, ours caller
}

// build builds both servers in a folder, or only the forwarder if the binary of ours is given.
func build(ctx context.Context, folder string) error {
	const module = "github.com/perses/mcp-server"
	if err := forwarder.build(ctx, folder, module+"/pkg/cmd/forwarder"); err != nil {
		return err
	}
	if ours.binary != "" {
		return nil
	}
	return ours.build(ctx, folder, module)
}

// setUp starts a Perses with the documents of the plan, and both servers over both transports.
func setUp(ctx context.Context, folder string, p plan) (*stage, error) {
	if err := build(ctx, folder); err != nil {
		return nil, err
	}
	database := filepath.Join(folder, "database")
	if err := fill(ctx, database, p.lists()); err != nil {
		return nil, fmt.Errorf("fill Perses: %w", err)
	}
	s := &stage{folder: folder}
	var err error
	if s.perses, err = persestest.Start(ctx, persestest.Options{Dir: database}); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.tearDown())
	}
	return s, nil
}

func (s *stage) connect(ctx context.Context) error {
	var callers []caller
	for _, p := range []program{forwarder, ours} {
		c, _, err := s.overStdio(ctx, p)
		if err != nil {
			return err
		}
		callers = append(callers, c)
	}
	for _, p := range []program{forwarder, ours} {
		c, _, err := s.overHTTP(ctx, p, s.perses.URL)
		if err != nil {
			return err
		}
		callers = append(callers, c)
	}
	s.transports = []transport{{"stdio", callers[0], callers[1]}, {"HTTP", callers[2], callers[3]}}
	return nil
}

// overStdio starts a server and connects to its standard input and output.
func (s *stage) overStdio(ctx context.Context, p program) (caller, *process, error) {
	r, err := p.run(s.folder, p.stdio(s.perses.URL))
	if err != nil {
		return nil, nil, err
	}
	s.started = append(s.started, r)
	c := newOverStdio(r)
	return c, r, greet(ctx, c)
}

// overHTTP starts a server in front of the Perses at an address and connects to it.
func (s *stage) overHTTP(ctx context.Context, p program, perses string) (caller, *process, error) {
	r, err := p.run(s.folder, p.http(perses))
	if err != nil {
		return nil, nil, err
	}
	s.started = append(s.started, r)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	url, err := r.url(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return overHTTP(url), r, greet(ctx, overHTTP(url))
}

// greet initializes a connection and lists the tools, as a host does.
func greet(ctx context.Context, c caller) error {
	for _, m := range []message{initialize, listTools} {
		if _, err := ask(ctx, c, m); err != nil {
			return fmt.Errorf("%s: %w", m.Method, err)
		}
	}
	return nil
}

// ask sends one request and returns the response.
func ask(ctx context.Context, c caller, m message) ([]byte, error) {
	do, err := c.prepare(m)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	err = do(ctx, &buffer)
	return buffer.Bytes(), err
}

// tearDown stops all processes.
func (s *stage) tearDown() error {
	var errs []error
	for _, r := range s.started {
		errs = append(errs, r.stop())
	}
	pooled.CloseIdleConnections()
	return errors.Join(append(errs, s.perses.Stop())...)
}
