package server

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// maxIdle is the maximum number of connections without a call in progress: idle ones, and those on which a request is arriving.
// Such a connection takes up to 60 KB of memory.
const maxIdle = 500

// connections is a listener that limits the number of connections without a call in progress. Beyond the limit it closes one from the
// address with the most connections: the one on which nothing has arrived for longest. Silent or slow connections therefore keep
// nobody else out.
type connections struct {
	net.Listener

	mu    sync.Mutex
	open  map[*connection]struct{}
	count map[string]int // of open connections, by network
}

type connection struct {
	net.Conn
	listener *connections
	network  string
	calls    atomic.Int32 // in progress
	lastRead atomic.Int64 // time of the last bytes that arrived, in Unix nanoseconds
}

func newConnections(listener net.Listener) *connections {
	return &connections{Listener: listener, open: map[*connection]struct{}{}, count: map[string]int{}}
}

func (l *connections) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: accepted, listener: l, network: networkOf(accepted.RemoteAddr().String())}
	c.lastRead.Store(time.Now().UnixNano())
	l.mu.Lock()
	l.open[c] = struct{}{}
	l.count[c.network]++
	surplus := l.surplus()
	l.mu.Unlock()
	if surplus != nil {
		_ = surplus.Close()
	}
	return c, nil
}

// surplus returns the connection to close, or nil if the limit is not exceeded. The caller holds the lock.
func (l *connections) surplus() *connection {
	if len(l.open) <= maxIdle {
		return nil
	}
	idle := 0
	var surplus *connection
	var maxCount int
	var oldest int64
	for c := range l.open {
		if c.calls.Load() > 0 {
			continue
		}
		idle++
		count, lastRead := l.count[c.network], c.lastRead.Load()
		if surplus == nil || count > maxCount || count == maxCount && lastRead < oldest {
			surplus, maxCount, oldest = c, count, lastRead
		}
	}
	if idle <= maxIdle {
		return nil
	}
	return surplus
}

func (l *connections) remove(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, open := l.open[c]; !open {
		return
	}
	delete(l.open, c)
	if l.count[c.network]--; l.count[c.network] == 0 {
		delete(l.count, c.network)
	}
}

func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.lastRead.Store(time.Now().UnixNano())
	}
	return n, err
}

func (c *connection) Close() error {
	c.listener.remove(c)
	return c.Conn.Close()
}

// CloseWrite is for net/http, which calls it after answering a request that it has not read completely.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

type connectionKey struct{}

// withConnection is the ConnContext of the http.Server. markBusy finds the connection in the context.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	return context.WithValue(ctx, connectionKey{}, c)
}

// markBusy keeps the connection of a request from being closed until idle is called.
func markBusy(ctx context.Context) (idle func()) {
	c, ok := ctx.Value(connectionKey{}).(*connection)
	if !ok {
		return func() {}
	}
	c.calls.Add(1)
	return func() { c.calls.Add(-1) }
}
