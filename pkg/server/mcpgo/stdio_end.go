package mcpgo

// Fault: the end of the input cancels the calls in flight.
//
// StdioServer.Listen in server/stdio.go cancels the context of all requests as soon as its input ends, so a host that pipes in
// its requests and closes the pipe gets no answers.

import (
	"context"
	"io"
	"sync"
	"time"
)

// Stdio is the pair of streams between a host and an mcp-go StdioServer, which reads from it and writes to it. It delays the end
// of the input until every request has been answered.
type Stdio struct {
	StdioOptions
	ctx     context.Context
	lines   <-chan []byte
	rest    []byte // of the current line
	out     io.Writer
	tracker tracker

	mu      sync.Mutex
	pending map[string][]func() // by ID of the request, one function for each request with this ID
	done    sync.WaitGroup      // counts the pending requests
}

// StdioOptions configure a Stdio.
type StdioOptions struct {
	// MaxLine is the maximum length of a message, in bytes. Longer ones are answered with a parse error.
	MaxLine int
	// Accept reports whether a message may be processed. Others are answered with a parse error.
	Accept func(message []byte) bool
	// Begin is called before a request is passed on to mcp-go, and the function that it returns after the answer is written.
	Begin func(request []byte) (end func())
	// MaxWait is the maximum time to wait for answers at the end.
	MaxWait time.Duration
}

// NewStdio returns the streams for a server that stops when in ends or ctx is done.
func NewStdio(ctx context.Context, in io.Reader, out io.Writer, o StdioOptions) *Stdio {
	lines := make(chan []byte)
	go readLines(in, lines, o.MaxLine, o.Accept)
	return &Stdio{StdioOptions: o, ctx: ctx, lines: lines, out: out, pending: map[string][]func(){}}
}

// Context returns the context for StdioServer.Listen. It outlasts the one given to NewStdio, whose end must not cancel calls.
func (s *Stdio) Context() context.Context {
	return withTracker(context.WithoutCancel(s.ctx), &s.tracker)
}

// Read returns the next line, in several pieces if p is short.
func (s *Stdio) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		select {
		case line, ok := <-s.lines:
			if !ok {
				return 0, s.end()
			}
			s.begin(line)
			s.rest = line
		case <-s.ctx.Done():
			return 0, s.end()
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// end waits at most MaxWait until no request is pending, and returns io.EOF.
func (s *Stdio) end() error {
	answered := make(chan struct{})
	go func() {
		s.done.Wait()
		close(answered)
	}()
	timer := time.NewTimer(s.MaxWait)
	defer timer.Stop()
	select {
	case <-answered:
	case <-timer.C:
	}
	return io.EOF
}

// Write writes one message; mcp-go never splits one.
func (s *Stdio) Write(message []byte) (int, error) {
	n, err := s.out.Write(message)
	s.tracker.written(message)
	s.answered(idOfAnswer(message))
	return n, err
}

func (s *Stdio) begin(line []byte) {
	id := idOfRequest(line)
	if id == "" {
		return
	}
	end := s.Begin(line)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[id] = append(s.pending[id], end)
	s.done.Add(1)
}

func (s *Stdio) answered(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ends := s.pending[id]
	if len(ends) == 0 {
		return
	}
	if ends[0](); len(ends) > 1 {
		s.pending[id] = ends[1:]
	} else {
		delete(s.pending, id)
	}
	s.done.Done()
}
