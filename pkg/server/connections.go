package server

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// maxIdle is how many connections there may be on which no call is worked on: idle ones, and those on which a request
// arrives. Such a connection takes up to 60 KB.
const maxIdle = 500

// connections is a listener that bounds the connections on which no call is worked on. When there is one too many, it closes
// one of the address that has most of them: the one on which nothing has arrived for longest. So connections that send
// little, or nothing, keep nobody else out.
type connections struct {
	net.Listener

	mu    sync.Mutex
	open  map[*connection]struct{}
	count map[string]int // of the open ones, by network
}

type connection struct {
	net.Conn
	of      *connections
	network string
	calls   atomic.Int32 // being worked on
	arrived atomic.Int64 // when the last bytes arrived, in Unix nanoseconds
}

func newConnections(listener net.Listener) *connections {
	return &connections{Listener: listener, open: map[*connection]struct{}{}, count: map[string]int{}}
}

func (c *connections) Accept() (net.Conn, error) {
	accepted, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	connection := &connection{Conn: accepted, of: c, network: network(accepted.RemoteAddr().String())}
	connection.arrived.Store(time.Now().UnixNano())
	c.mu.Lock()
	c.open[connection] = struct{}{}
	c.count[connection.network]++
	surplus := c.surplus()
	c.mu.Unlock()
	if surplus != nil {
		_ = surplus.Close()
	}
	return connection, nil
}

// surplus returns the connection to close, nil if there are not too many. The caller holds the lock.
func (c *connections) surplus() *connection {
	if len(c.open) <= maxIdle {
		return nil
	}
	idle := 0
	var surplus *connection
	var most int
	var oldest int64
	for o := range c.open {
		if o.calls.Load() > 0 {
			continue
		}
		idle++
		count, arrived := c.count[o.network], o.arrived.Load()
		if surplus == nil || count > most || count == most && arrived < oldest {
			surplus, most, oldest = o, count, arrived
		}
	}
	if idle <= maxIdle {
		return nil
	}
	return surplus
}

func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.arrived.Store(time.Now().UnixNano())
	}
	return n, err
}

func (c *connections) remove(closed *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, open := c.open[closed]; !open {
		return
	}
	delete(c.open, closed)
	if c.count[closed.network]--; c.count[closed.network] == 0 {
		delete(c.count, closed.network)
	}
}

func (c *connection) Close() error {
	c.of.remove(c)
	return c.Conn.Close()
}

// CloseWrite is for net/http, which ends the answer to a request that it has not read to its end with it.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

type connectionKey struct{}

// withConnection is a ConnContext of http.Server.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	return context.WithValue(ctx, connectionKey{}, c)
}

// working keeps the connection of a request open until done is called.
func working(ctx context.Context) (done func()) {
	c, ok := ctx.Value(connectionKey{}).(*connection)
	if !ok {
		return func() {}
	}
	c.calls.Add(1)
	return func() { c.calls.Add(-1) }
}
