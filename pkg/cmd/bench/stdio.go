package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
)

// overStdio is a client for a server over pipes. It supports concurrent calls.
type overStdio struct {
	last atomic.Int64 // the last id

	writing sync.Mutex // separate, because answers must be read while a write blocks
	in      io.Writer

	mu      sync.Mutex
	waiting map[int64]chan []byte
	ended   bool
}

func newOverStdio(p *process) *overStdio {
	c := &overStdio{in: p.in, waiting: map[int64]chan []byte{}}
	go c.read(bufio.NewReaderSize(p.out, 64<<10))
	return c
}

// read passes each answer to the call that waits for it, until the server ends.
func (c *overStdio) read(out *bufio.Reader) {
	for {
		line, err := out.ReadBytes('\n')
		c.mu.Lock()
		if err != nil {
			c.ended = true
			for _, answer := range c.waiting {
				close(answer)
			}
			c.mu.Unlock()
			return
		}
		id := idOf(line)
		answer := c.waiting[id]
		delete(c.waiting, id)
		c.mu.Unlock()
		if answer != nil {
			answer <- line
		}
	}
}

// idOf returns the id of an answer. mcp-go writes it before the result.
func idOf(line []byte) int64 {
	_, after, _ := bytes.Cut(line, []byte(`"id":`))
	digits := bytes.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
	id, _ := strconv.ParseInt(string(after[:max(digits, 0)]), 10, 64)
	return id
}

var errEnded = errors.New("the server has ended")

func (c *overStdio) prepare(m message) (call, error) {
	if _, err := m.encode(0); err != nil {
		return nil, err
	}
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		id := c.last.Add(1)
		line, err := m.encode(id)
		if err != nil {
			return err
		}
		answer := make(chan []byte, 1)
		if err := c.send(id, append(line, '\n'), answer); err != nil {
			return err
		}
		select {
		case line, ok := <-answer:
			if !ok {
				return errEnded
			}
			buffer.Reset()
			buffer.Write(line)
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}, nil
}

func (c *overStdio) send(id int64, line []byte, answer chan []byte) error {
	c.mu.Lock()
	ended := c.ended
	c.waiting[id] = answer
	c.mu.Unlock()
	if ended {
		return errEnded
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err := c.in.Write(line)
	return err
}
