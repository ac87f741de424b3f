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

// stage is all that is measured, running side by side in front of one Perses.
type stage struct {
	folder     string // of what the run makes, to be removed after it
	perses     *persestest.Perses
	transports []transport
	started    []*process
}

// transport is a pair of clients, connected in the same way.
type transport struct {
	name            string
	forwarder, ours caller
}

// build builds both servers into a folder, ours unless a binary is given.
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

// setUp starts a Perses with what the plan asks for in it, and both servers over both transports.
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

// overStdio starts a server and connects to it by its pipes.
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

// greet is what a host says first: it introduces itself and asks for the tools.
func greet(ctx context.Context, c caller) error {
	for _, m := range []message{initialize, listTools} {
		if _, err := ask(ctx, c, m); err != nil {
			return fmt.Errorf("%s: %w", m.Method, err)
		}
	}
	return nil
}

// ask sends one request and returns the whole answer.
func ask(ctx context.Context, c caller, m message) ([]byte, error) {
	do, err := c.prepare(m)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	err = do(ctx, &buffer)
	return buffer.Bytes(), err
}

// tearDown ends all that has been started.
func (s *stage) tearDown() error {
	var errs []error
	for _, r := range s.started {
		errs = append(errs, r.stop())
	}
	pooled.CloseIdleConnections()
	return errors.Join(append(errs, s.perses.Stop())...)
}
