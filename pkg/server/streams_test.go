package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// streams is a server on a pair of streams, as a host has with a process that it has started.
type streams struct {
	in    *io.PipeWriter
	lines chan string // written by the server
	stop  func()      // cancels the context, as a signal does
	ended chan error  // the result of RunStdio
}

// serveStdio runs a server until the test ends. The test fails if the server returns an error or writes anything but lines of JSON-RPC.
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
		persestest.Receive(t, "the end of the server", done)
		stop()
		for range p.lines { // until the end, because the goroutine above checks the lines
		}
		select {
		case err := <-p.ended: // unless the test has received it
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		default:
		}
	})
	return p
}

// write writes text to the server's input.
func (p *streams) write(t testing.TB, text string) {
	t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		t.Fatal(err)
	}
}

// next returns the next line of the server's output.
func (p *streams) next(t testing.TB) string {
	t.Helper()
	line := persestest.Receive(t, "a line of the server", p.lines)
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
	return persestest.Receive(t, "the end of the server", p.ended)
}
