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
	// pulse is how often it is looked whether Perses and Prometheus still live.
	pulse = time.Second
	// settle is how long the cause of a failure may take to be known: a Ctrl-C reaches every process in the terminal,
	// and what it does to the others can be seen before it is noticed here.
	settle = 500 * time.Millisecond

	// maxData is how many seconds of data the demo waits for, and dataStep after how many it says how far that is.
	maxData, dataStep = 25, 5
)

// stack is what the demo has started.
type stack struct {
	perses     *persestest.Perses
	prometheus *persestest.Prometheus
	server     *server
	starter    int // the process that has started the demo
}

// start starts a Perses with something in it, a Prometheus for its data, and the server in front of it. ctx bounds the start
// alone.
func start(ctx context.Context, o options, out *screen) (*stack, error) {
	s := &stack{starter: os.Getppid()}
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

// targets are what Prometheus scrapes beside itself.
func (s *stack) targets() []persestest.Target {
	address := func(url string) string { return strings.TrimPrefix(strings.TrimSuffix(url, "/mcp"), "http://") }
	return []persestest.Target{{Job: "perses", Address: address(s.perses.URL)}, {Job: "mcp-server", Address: address(s.server.url)}}
}

// fill puts the server in front of Perses, data of both behind it, and something into it.
func (s *stack) fill(ctx context.Context, o options, out *screen) error {
	port := o.port
	if err := available(port); err != nil {
		out.line("Port %d cannot be had, so any free one is taken: %s", port, err)
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

// available tells why a port cannot be listened on.
func available(port int) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return listener.Close()
}

// gather waits until Prometheus has enough data for the pictures of a dashboard, and shows that it goes on.
func (s *stack) gather(ctx context.Context, out *screen) error {
	out.line("Waiting until Prometheus has %d seconds of data, which begins in five ...", maxData)
	for have := dataStep; have <= maxData; have += dataStep {
		for _, target := range s.targets() {
			enough := fmt.Sprintf("count_over_time(up{job=%q}[1m]) >= %d", target.Job, have) // of a sample every second
			if err := s.prometheus.WaitFor(ctx, enough); err != nil {
				return fmt.Errorf("wait for data: %w", err)
			}
		}
		out.line("  %d of %d", have, maxData)
	}
	return nil
}

// watch returns why the demo cannot go on, or nil when ctx ends first.
func (s *stack) watch(ctx context.Context) error {
	tick := time.NewTicker(pulse)
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
				died = fmt.Errorf("there is no Perses any more: %w", err)
			}
			if err := get(ctx, s.prometheus.URL+"/-/healthy"); err != nil && died == nil {
				died = fmt.Errorf("there is no Prometheus any more: %w", err)
			}
			// Some signals end make alone, and not what it has started.
			if os.Getppid() != s.starter {
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

// stop ends what has been started, and returns what of it did not end as it should.
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
