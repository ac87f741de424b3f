package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

const (
	// pollInterval is the interval between health checks of Perses and Prometheus.
	pollInterval = time.Second
	// settle is how long watch waits before it reports that a process has ended. Ctrl-C reaches every process in the terminal,
	// and the end of the others can be noticed before the signal is.
	settle = 500 * time.Millisecond

	// minData is how many seconds of data the pictures need; progress is printed every dataStep seconds.
	minData, dataStep = 25, 5
)

// stack is the processes that the demo has started.
type stack struct {
	perses     *persestest.Perses
	prometheus *persestest.Prometheus
	server     *server
	parent     int // id of the process that started the demo
}

// start starts Perses, the MCP server and Prometheus, and fills Perses. ctx bounds only the start.
func start(ctx context.Context, o options, out *screen) (*stack, error) {
	s := &stack{parent: os.Getppid()}
	out.line("Starting Perses %s ...", persestest.Version)
	var err error
	if s.perses, err = persestest.Start(ctx, persestest.Options{}); err != nil {
		return nil, err
	}
	if err := s.fill(ctx, o, out); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// targets returns what Prometheus scrapes in addition to itself.
func (s *stack) targets() []persestest.Target {
	address := func(url string) string { return strings.TrimPrefix(strings.TrimSuffix(url, "/mcp"), "http://") }
	return []persestest.Target{{Job: "perses", Address: address(s.perses.URL)}, {Job: "mcp-server", Address: address(s.server.url)}}
}

// fill starts the MCP server and Prometheus, and creates the documents in Perses.
func (s *stack) fill(ctx context.Context, o options, out *screen) error {
	port := o.port
	if err := available(port); err != nil {
		out.line("Port %d is not available, using any free one: %s", port, err)
		port = 0
	}
	out.line("Starting the MCP server ...")
	var err error
	if s.server, err = startServer(ctx, o.server, port, s.perses.URL); err != nil {
		return err
	}
	out.line("Starting Prometheus ...")
	if s.prometheus, err = persestest.StartPrometheus(ctx, persestest.PrometheusOptions{Targets: s.targets()}); err != nil {
		return err
	}
	if err := fillPerses(ctx, s.perses.URL, s.prometheus); err != nil {
		return fmt.Errorf("fill Perses: %w", err)
	}
	return nil
}

// available returns an error if a port cannot be listened on.
func available(port int) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return listener.Close()
}

// waitForData waits until Prometheus has enough data for the pictures, and prints its progress.
func (s *stack) waitForData(ctx context.Context, out *screen) error {
	out.line("Waiting for %d seconds of data in Prometheus ...", minData)
	for have := dataStep; have <= minData; have += dataStep {
		for _, target := range s.targets() {
			enough := fmt.Sprintf("count_over_time(up{job=%q}[1m]) >= %d", target.Job, have) // there is a sample every second
			if err := s.prometheus.WaitFor(ctx, enough); err != nil {
				return fmt.Errorf("wait for data: %w", err)
			}
		}
		out.line("  %d of %d", have, minData)
	}
	return nil
}

// watch waits until a process of the stack ends, and returns why. It returns nil if ctx ends first.
func (s *stack) watch(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		var died error
		select {
		case <-ctx.Done():
			return nil
		case <-s.server.exited:
			died = s.server.ended()
		case <-tick.C:
			if err := get(ctx, s.perses.URL+"/api/v1/health"); err != nil {
				died = fmt.Errorf("no answer from Perses: %w", err)
			}
			if err := get(ctx, s.prometheus.URL+"/-/healthy"); err != nil && died == nil {
				died = fmt.Errorf("no answer from Prometheus: %w", err)
			}
			// Some signals end only make, not the processes it started.
			if os.Getppid() != s.parent {
				died = errors.New("the command that started the demo has ended")
			}
		}
		if died == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(settle):
			return died
		}
	}
}

// stop stops all processes and returns the errors of those that did not stop cleanly.
func (s *stack) stop() error {
	var err error
	if s.server != nil {
		err = s.server.stop()
	}
	err = errors.Join(err, s.perses.Stop())
	if s.prometheus != nil {
		err = errors.Join(err, s.prometheus.Stop())
	}
	return err
}
