package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"testing"

	"github.com/perses/mcp-server/pkg/server"
)

// streams is a server on a pair of streams, such as a host has with a process that it started.
type streams struct {
	in    *io.PipeWriter
	lines chan string // what the server wrote
	stop  func()      // ends the context, as a signal does
	ended chan error  // what RunStdio returned
}

// serveStdio runs a server until the test ends. That it ends without an error is part of every test, and
// that it writes lines of JSON-RPC and nothing else.
func serveStdio(t testing.TB, s *server.Server) *streams {
	t.Helper()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	p := &streams{inWrite, make(chan string, 1000), stop, make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- s.RunStdio(ctx, inRead, outWrite)
		_ = outWrite.Close()
	}()
	go func() {
		defer close(p.lines)
		for out := bufio.NewReader(outRead); ; {
			line, err := out.ReadString('\n')
			if line == "" && err != nil {
				return
			}
			var m struct{ JSONRPC string }
			if err := json.Unmarshal([]byte(line), &m); err != nil || m.JSONRPC != "2.0" {
				t.Errorf("the server wrote %q", line)
			}
			p.lines <- line
		}
	}()
	t.Cleanup(func() {
		_ = inWrite.Close()
		receive(t, "the end of the server", done)
		stop()
		for range p.lines { // until the end: what it says above counts
		}
		select {
		case err := <-p.ended: // unless the test has looked at it
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		default:
		}
	})
	return p
}

// write sends text as it is.
func (p *streams) write(t testing.TB, text string) {
	t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		t.Fatal(err)
	}
}

// next returns the next line that the server writes.
func (p *streams) next(t testing.TB) string {
	t.Helper()
	line := receive(t, "a line of the server", p.lines)
	if line == "" {
		t.Fatal("the server has ended")
	}
	return line
}

// end ends the input and waits for the server to end.
func (p *streams) end(t testing.TB) error {
	t.Helper()
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	return receive(t, "the end of the server", p.ended)
}
