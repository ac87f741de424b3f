package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/quota"
)

// gate stands between the streams of stdio and mcp-go, which takes the end of the input for the end of
// everything: it would cancel the calls in flight, forget a last line that no newline ends, and read a line
// of any length. The gate hands on whole lines of a bounded length, large ones when there is room for them,
// and holds the end back until every request that went in has its answer out.
type gate struct {
	ctx   context.Context // its end counts as the end of the input
	lines <-chan []byte
	rest  []byte // of the line being read
	out   io.Writer
	lasts time.Duration // what a call takes, at the most
	wait  time.Duration // for the last answers, at the most
	room  *quota.Pool
	wire  wire

	mu      sync.Mutex
	pending map[string]unanswered // by id
	settled chan struct{}         // closed when the end is waited for and nothing is pending
}

// unanswered are the requests of one id, of which there should be one.
type unanswered struct {
	count int
	work  []*quota.Claim // the memory that they take
}

func newGate(ctx context.Context, in io.Reader, out io.Writer, lasts, wait time.Duration, room *quota.Pool) *gate {
	lines := make(chan []byte)
	go readLines(in, lines)
	return &gate{ctx: ctx, lines: lines, out: out, lasts: lasts, wait: wait, room: room, pending: map[string]unanswered{}}
}

// notJSON is what a line that takes too much is replaced by: mcp-go answers it as it does any garbage.
var notJSON = []byte("!\n")

// readLines sends every line of in, with its newline, and closes the channel at the end. The last line may
// lack its newline; a line longer than maxMessage is not kept, nor one of too many values. It ends with the
// input, or with the process: a read cannot be interrupted.
func readLines(in io.Reader, lines chan<- []byte) {
	defer close(lines)
	reader := bufio.NewReaderSize(in, 64<<10)
	for {
		var line []byte
		tooLong := false
		for {
			part, err := reader.ReadSlice('\n')
			if tooLong = tooLong || len(line)+len(part) > maxMessage; !tooLong {
				line = append(line, part...)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if tooLong || countValues(line) > maxValues {
				line = notJSON
			}
			if err != nil {
				if len(line) > 0 {
					lines <- append(bytes.TrimSuffix(line, []byte("\n")), '\n')
				}
				return
			}
			break
		}
		lines <- line
	}
}

// Read hands on the next line, in pieces if p is short.
func (g *gate) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		select {
		case line, ok := <-g.lines:
			if !ok {
				return 0, g.end()
			}
			g.entered(line)
			g.rest = line
		case <-g.ctx.Done():
			return 0, g.end()
		}
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// end waits until nothing is pending any more and returns io.EOF. It does not wait longer than it was told to.
func (g *gate) end() error {
	settled := make(chan struct{})
	g.mu.Lock()
	g.settled = settled
	g.settle()
	g.mu.Unlock()
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case <-settled:
	case <-timer.C:
	}
	return io.EOF
}

// settle tells end that nothing is pending. The caller holds the lock.
func (g *gate) settle() {
	if g.settled != nil && len(g.pending) == 0 {
		close(g.settled)
		g.settled = nil
	}
}

// Write hands on an answer; mcp-go writes each whole message at once.
func (g *gate) Write(message []byte) (int, error) {
	n, err := g.out.Write(message)
	g.wire.passed(message)
	g.left(message)
	return n, err
}

// entered notes a request. One that listens for notifications never gets an answer, so it is not waited for.
func (g *gate) entered(line []byte) {
	id, method := request(line)
	if id == "" || method == mcp.MethodSubscriptionsListen {
		return
	}
	wait, cancel := context.WithTimeout(context.Background(), g.lasts)
	defer cancel()
	work := g.room.Claim(quota.Owner{}, nil)
	// If there is no memory in time, a call has outlasted its deadline: the line goes in without.
	_ = work.Take(wait, weight(len(line), countValues(line)))
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.pending[id]
	u.count++
	u.work = append(u.work, work)
	g.pending[id] = u
}

// left strikes off the request that a message answers.
func (g *gate) left(line []byte) {
	id := answered(line)
	if id == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.pending[id]
	if u.count--; u.count > 0 {
		g.pending[id] = u
		return
	}
	for _, work := range u.work {
		work.Done()
	}
	delete(g.pending, id)
	g.settle()
}
