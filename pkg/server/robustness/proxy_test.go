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

// proxy is a TCP proxy between the server and a Perses that can be exchanged. It simulates network failures: after a number of bytes of
// each answer, the connection fails.
type proxy struct {
	url string

	mu     sync.Mutex
	target string
	fault  *fault
	open   map[net.Conn]bool
	asked  chan struct{} // receives a value for each failure
}

// fault is a network failure.
type fault struct {
	passes int             // number of bytes before the failure
	wrong  func(net.Conn)  // makes the connection fail
	delay  <-chan struct{} // if set, the answer waits for it
}

func hang(net.Conn)    {}
func cut(c net.Conn)   { _ = c.Close() }
func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() }

// badGateway answers in place of Perses.
func badGateway(c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	_ = c.Close()
}

// newProxy returns a proxy without a target, which closes connections at once.
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

// lead sends new connections to the Perses at a URL, or to none if it is "". f may be nil. It closes open connections.
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
	// Perses has processed the request once it starts to answer.
	if _, err := perses.Read(make([]byte, 1)); err != nil && !errors.Is(err, io.EOF) {
		return
	}
	p.asked <- struct{}{}
	f.wrong(c)
	_, _ = io.Copy(io.Discard, perses) // until one side closes the connection
}
