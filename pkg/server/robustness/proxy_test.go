package robustness_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between the server and a Perses, which may change, and does what networks do: of each answer it
// lets so many bytes pass, and then goes wrong.
type proxy struct {
	url string

	mu     sync.Mutex
	target string
	fault  *fault
	open   map[net.Conn]bool
	asked  chan struct{} // receives for each answer that goes wrong
}

// fault is what goes wrong with the answers on a connection.
type fault struct {
	passes int             // bytes, before it goes wrong
	wrong  func(net.Conn)  // what then happens to the connection
	delay  <-chan struct{} // if set, the answer waits for it
}

func hang(net.Conn)    {}
func cut(c net.Conn)   { _ = c.Close() }
func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() }

// badGateway answers in the place of Perses.
func badGateway(c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	_ = c.Close()
}

// newProxy makes a proxy that has no target yet: it closes connections at once.
func newProxy(t testing.TB) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "http://" + listener.Addr().String(), open: map[net.Conn]bool{}, asked: make(chan struct{}, 1000)}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.disconnect()
		wg.Wait()
	})
	return p
}

// lead sends what comes from now on to the Perses at a URL, "" for none, with a fault or nil. Connections that
// are open come to their end.
func (p *proxy) lead(url string, f *fault) {
	p.mu.Lock()
	p.target, p.fault = strings.TrimPrefix(url, "http://"), f
	p.mu.Unlock()
	p.disconnect()
}

func (p *proxy) disconnect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

func (p *proxy) track(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
}

func (p *proxy) untrack(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
	_ = c.Close()
}

func (p *proxy) serve(c net.Conn) {
	p.track(c)
	defer p.untrack(c)
	p.mu.Lock()
	target, f := p.target, p.fault
	p.mu.Unlock()
	if target == "" {
		return
	}
	perses, err := net.DialTimeout("tcp", target, time.Second)
	if err != nil {
		return
	}
	p.track(perses)
	defer p.untrack(perses)
	go func() {
		_, _ = io.Copy(perses, c)
		_ = perses.Close()
	}()
	if f == nil {
		_, _ = io.Copy(c, perses)
		return
	}
	if _, err := io.CopyN(c, perses, int64(f.passes)); err != nil {
		return
	}
	if f.delay != nil {
		<-f.delay
		_, _ = io.Copy(c, perses)
		return
	}
	// That Perses has something to say tells that it has done what it was asked for.
	if _, err := perses.Read(make([]byte, 1)); err != nil && !errors.Is(err, io.EOF) {
		return
	}
	p.asked <- struct{}{}
	f.wrong(c)
	_, _ = io.Copy(io.Discard, perses) // until one of the two gives up
}
