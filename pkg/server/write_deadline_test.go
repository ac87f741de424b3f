package server_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// pipes is a listener without a network, for tests with synctest. Its connections have no buffers.
type pipes struct {
	connections chan net.Conn
	closed      context.Context
	close       context.CancelFunc
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.connections:
		return c, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	p.close()
	return nil
}

func (pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000} }

// overPipes runs a server until the test ends, and returns a function that connects to it.
func overPipes(t *testing.T, s *server.Server) (dial func() net.Conn) {
	t.Helper()
	closed, end := context.WithCancel(context.Background())
	p := pipes{make(chan net.Conn), closed, end}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.RunHTTP(ctx, p) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return func() net.Conn {
		mine, theirs := net.Pipe()
		p.connections <- theirs
		t.Cleanup(func() { _ = mine.Close() }) // before the server ends
		return mine
	}
}

// post writes a message to a connection.
func post(t *testing.T, c net.Conn, m message) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1"+server.Endpoint, strings.NewReader(m.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = m.headers.Clone()
	r.Host = cmp.Or(r.Header.Get("Host"), r.Host)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if err := r.Write(c); err != nil {
		t.Fatal(err)
	}
}

// readAnswer reads an answer from a connection.
func readAnswer(t *testing.T, from *bufio.Reader) answer {
	t.Helper()
	response, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// A caller who does not read its answer holds no call slot, and loses its connection after half a minute.
func TestAnswersMustBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		dial := overPipes(t, newServer(t, never, []tools.Tool{echo()}, maxCalls(1, 1), logTo(&l)))
		call := eras[0].call("1", "echo", fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 10_000)))
		unread := dial()
		post(t, unread, call)
		synctest.Wait()
		c := dial()
		post(t, c, call)
		if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
			t.Errorf("another call: got %d %.100s", got.status, got.body)
		}
		time.Sleep(31 * time.Second)
		if _, err := io.ReadAll(unread); err != nil {
			t.Errorf("the connection is still open: %v", err)
		}
		// This is not an error of the server.
		if logged := l.String(); strings.Contains(logged, "level=ERROR") || !regexp.MustCompile(`level=DEBUG msg="the answer was not read" .*request_id=\w+\n`).MatchString(logged) {
			t.Error(logged)
		}
	})
}

// Large answers that nobody reads do not block others.
func TestUnreadAnswersGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := tools.Tool{Name: "large", Run: func(*tools.Call) (any, error) { return strings.Repeat("x", 1<<20), nil }}
		dial := overPipes(t, newServer(t, never, []tools.Tool{large}, maxCalls(4, 4), func(o *server.Options) { o.ResultLimit = 2 << 20 }))
		for range 50 {
			c := dial()
			post(t, c, eras[0].call("1", "large", "{}"))
			synctest.Wait()
		}
		time.Sleep(5 * time.Second)
		began := time.Now()
		c := dial()
		post(t, c, eras[0].call("1", "large", "{}"))
		if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
			t.Errorf("got %d %.100s", got.status, got.body)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("waited %s", took)
		}
	})
}

// The write deadline does not limit calls or later requests on the same connection.
func TestAnswersMayComeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := tools.Tool{Name: "slow", Run: func(*tools.Call) (any, error) {
			time.Sleep(2 * time.Minute)
			return strings.Repeat("x", 10_000), nil
		}}
		dial := overPipes(t, newServer(t, never, []tools.Tool{slow}, timeout(5*time.Minute)))
		c := dial()
		from := bufio.NewReader(c)
		for range 2 {
			post(t, c, eras[0].call("1", "slow", "{}"))
			if got := readAnswer(t, from); got.status != http.StatusOK || len(got.body) < 10_000 {
				t.Errorf("got %d and %d bytes", got.status, len(got.body))
			}
			time.Sleep(time.Minute)
		}
		if _, err := io.WriteString(c, "GET "+server.LivePath+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if got := readAnswer(t, from); got.status != http.StatusOK {
			t.Errorf("after a minute: got %d", got.status)
		}
	})
}
